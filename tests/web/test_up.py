"""What `meantime up` runs, for each way to configure it."""

import subprocess
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import inspect

from course.database import Database
from course.errors import Misconfigured
from course.settings import PREFIX, Settings, load
from tests.broker import RunningBroker
from web.processes import Program, held
from web.up import programs, up

SECRET = "0123456789abcdefghijklmnopqrstuvwxyz"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(state_dir=tmp_path, secret_key=SECRET)


def named(settings: Settings) -> dict[str, Program]:
    return {program.name: program for program in programs(settings)}


def test_everything_is_there_in_development(settings: Settings):
    assert list(named(settings)) == ["broker", "mailbox", "migrate", "web", "worker", "beat"]


def test_a_broker_of_ones_own_is_not_started(settings: Settings, clean_broker: RunningBroker):
    told = settings.model_copy(update={"redis_url": clean_broker.url})
    assert "broker" not in named(told)
    assert named(told)["worker"].env["MEANTIME_REDIS_URL"] == clean_broker.url


def test_a_real_mail_server_needs_no_mailbox(settings: Settings):
    assert "mailbox" not in named(settings.model_copy(update={"smtp_url": "smtp://mail.example.com"}))


def test_production_has_no_mailbox(settings: Settings):
    assert "mailbox" not in named(settings.model_copy(update={"env": "production"}))


def test_every_program_reads_the_same_settings(settings: Settings, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MEANTIME_WEB_PORT", "1")
    told = settings.model_copy(update={"web_port": 9001, "old_secret_keys": (SECRET[::-1], SECRET)})
    for program in programs(told):
        ours = {name: value for name, value in program.env.items() if name.startswith(PREFIX)}
        read = load(told.state_dir, ours)
        assert read.redis_url.startswith(("unix:///", "redis://:"))
        assert read == told.model_copy(update={"redis_url": read.redis_url, "state_dir": told.state_dir.resolve()})


def test_secrets_stand_in_no_command_line(settings: Settings):
    told = settings.model_copy(update={"smtp_url": "smtp://me:hunter2@mail.example.com"})
    for program in programs(told):
        assert not any(secret in word for word in program.command for secret in (SECRET, "hunter2"))


def test_ports_are_known_before_the_start(settings: Settings):
    told = settings.model_copy(update={"web_port": 9001, "mailbox_port": 9002})
    assert {program.port.number: program.port.setting for program in programs(told) if program.port} == {
        9001: "MEANTIME_WEB_PORT",
        9002: "MEANTIME_MAILBOX_PORT",
    }


def test_the_web_listens_on_loopback_only(settings: Settings):
    command = named(settings)["web"].command
    assert command[command.index("--bind") + 1] == "127.0.0.1:8000"
    assert "--no-control-socket" in command


def test_migrate_makes_the_tables_and_is_done(settings: Settings):
    migrate = named(settings)["migrate"]
    assert migrate.once
    for _twice in range(2):
        subprocess.run(migrate.command, env=migrate.env, check=True, timeout=20)
    with closing(Database(settings.database)) as database, database.reading() as session:
        assert "deliveries" in inspect(session.connection()).get_table_names()


def test_nothing_of_a_running_installation_is_touched(settings: Settings):
    with held(settings.state_dir):
        before = sorted(settings.state_dir.iterdir())
        with pytest.raises(Misconfigured, match="already runs on the folder"):
            up(settings)
        assert sorted(settings.state_dir.iterdir()) == before


def test_a_listener_for_returned_mail_is_started_where_one_is_named(settings: Settings):
    told = settings.model_copy(update={"bounce_listen": "lmtp://127.0.0.1:8024"})
    listener = named(told)["listener"]
    assert (listener.port.number, listener.port.setting) == (8024, "MEANTIME_BOUNCE_LISTEN")
    assert listener.env["MEANTIME_BOUNCE_LISTEN"] == "lmtp://127.0.0.1:8024"
