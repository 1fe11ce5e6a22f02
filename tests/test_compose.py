"""docker-compose.yml: the real Compose reads it, and all that it names exists."""

import re
from pathlib import Path

import pytest

from tests.deployment import ROOT, Unreadable, objections, read

TEXT = (ROOT / "docker-compose.yml").read_text()


def test_compose_reads_it_and_all_that_it_names_exists(tmp_path: Path):
    assert objections(read(TEXT, tmp_path)) == []


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("[meantime, init]", "[meantime, initialise]", "there is no `meantime initialise`"),
        ("[meantime, init]", "[meentime, init]", "meentime is no program"),
        ("--app=worker.main, beat]", "--app=worker.main, beet]", "celery has no beet"),
        ("--app=worker.main, beat]", "--app=worker.mian, beat]", "there is no module worker.mian"),
        ("--without-gossip", "--without-gossips", "celery's worker has no --without-gossips"),
        ("inspect ping --timeout", "inspect ping --patience", "celery's inspect has no --patience"),
        ("web.wsgi:app", "web.wsgi:application", "web.wsgi has no application"),
        ("web.wsgi:app", "web.wzgi:app", "there is no module web.wzgi"),
        ("--threads=4", "--treads=4", "gunicorn cannot read"),
        ("--bind=0.0.0.0:8000", "--bind=0.0.0.0:8080", "nothing listens on 8000"),
        ("MEANTIME_STATE_DIR: ", "MEANTIME_STATE_DIRECTORY: ", "MEANTIME_STATE_DIRECTORY is not a setting"),
        ("@postgres:5432", "@postgresql:5432", "postgresql, which is no service"),
        ("valkey:6379/0", "valkey:6397/0", "valkey does not listen on 6397"),
        ("127.0.0.1:8000}", "8000}", "8000 is open to the world"),
    ],
)
def test_a_planted_error_is_found(right: str, wrong: str, said: str, tmp_path: Path):
    assert right in TEXT
    assert any(said in sentence for sentence in objections(read(TEXT.replace(right, wrong), tmp_path)))


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("service_healthy", "service_is_healthy"),
        ("    valkey: {condition", "    valkyrie: {condition"),
        ("    stop_grace_period: 3m", "    stop_grace_period: three minutes"),
        ("    - state:/var", "    - states:/var"),
        ("    command: [valkey-server", "    comand: [valkey-server"),
        ("*storage, *broker", "*storage, *brokers"),
    ],
)
def test_what_compose_itself_refuses_is_refused(right: str, wrong: str, tmp_path: Path):
    assert right in TEXT
    with pytest.raises(Unreadable):
        read(TEXT.replace(right, wrong), tmp_path)


def test_without_a_database_password_it_does_not_start(tmp_path: Path):
    with pytest.raises(Unreadable, match="set it in"):
        read(TEXT.replace("POSTGRES_PASSWORD:?", "POSTGRES_PASSWORT:?"), tmp_path)


def test_our_processes_wait_for_the_tables_and_can_change_nothing_but_their_state(tmp_path: Path):
    services = read(TEXT, tmp_path)["services"]
    ours = {name: service for name, service in services.items() if "build" in service}
    assert ours.keys() == {"migrate", "web", "worker", "beat", "listener"}
    for name, service in ours.items():
        assert service["read_only"], name
        assert [volume["target"] for volume in service["volumes"]] == ["/var/lib/meantime"], name
        if name != "migrate":
            assert service["depends_on"]["migrate"]["condition"] == "service_completed_successfully", name


def test_what_must_survive_is_on_volumes_and_the_mailbox_is_for_development(tmp_path: Path):
    services = read(TEXT, tmp_path)["services"]
    kept = {name: [volume["target"] for volume in services[name]["volumes"]] for name in ("postgres", "valkey")}
    assert kept == {"postgres": ["/var/lib/postgresql"], "valkey": ["/data"]}
    assert [name for name, service in services.items() if service.get("profiles") == ["development"]] == ["mailpit"]


def test_every_variable_that_it_asks_the_environment_for_is_in_the_example():
    example = (ROOT / ".env.example").read_text()
    asked = set(re.findall(r"\$\{(\w+)", TEXT))
    assert asked >= {"POSTGRES_PASSWORD", "PUBLISH_ON"}
    assert [name for name in sorted(asked) if f"\n#{name}=" not in example] == []
