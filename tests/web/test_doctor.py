"""A check-up of a whole installation, on real parts: databases, a broker, a name server, a mail server."""

import socket
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text, update

from course.clock import Clock, lease_now
from course.database import Database
from course.dkim_keys import dns_record, new_key, read_keys
from course.models import House
from course.settings import Settings
from emails.doctor.findings import Finding, Verdict
from emails.testing import ScriptedServer, Setup
from emails.testing.nameserver import NameServer
from tests.broker import RunningBroker
from tests.course.mails import plan
from tests.emails.clocks import time_server
from tests.web.sample import publish_course
from web.doctor import CHECKS, Report, Wishes, examine, open_patient

PASS, WARN, FAIL = Verdict.PASS, Verdict.WARN, Verdict.FAIL
HOUSE = ("database", "disk", "broker", "heartbeat", "outbox", "alarms", "backup", "clock", "zones")
ED25519 = new_key("ed25519")
WORLD = (
    'a.org TXT "v=spf1 ip4:192.0.2.1 -all"', "a.org MX 5 mail.a.org.", "mail.a.org A 192.0.2.1",
    "1.2.0.192.in-addr.arpa PTR mail.a.org.", '_dmarc.a.org TXT "v=DMARC1; p=none; rua=mailto:r@a.org"',
    f's1._domainkey.a.org TXT "{dns_record(read_keys(ED25519, "s1")[0])}"',
)  # fmt: skip

Examine = Callable[..., Report]


@pytest.fixture
def examined(database: Database, settings: Settings) -> Examine:
    """examined("spf", ..., wishes=Wishes(...), env="production", ...): a report on those checks with these settings."""

    def report(*only: str, wishes: Wishes | None = None, at: timedelta = timedelta(), **changes: object) -> Report:
        changed = settings.model_copy(update=changes)
        clock = Clock(settings.state_dir / "clock")
        if at:
            clock.move_to(clock.now() + at)
        return examine(open_patient(changed, database, clock, wishes or Wishes(seconds=10)), only)

    return report


@pytest.fixture
def real(database: Database) -> dict[str, object]:
    """The settings of an installation that mails the world as a.org."""
    return {"env": "production", "mail_from": "c@a.org", "dkim_key": ED25519, "dkim_selector": "s1"}


def only(report: Report) -> Finding:
    assert len(report.findings) == 1, report
    return report.findings[0]


def verdicts(report: Report) -> dict[str, str]:
    return {f"{each.name} {each.about}".strip(): str(each.verdict) for each in report.findings}


def test_a_house_in_order_passes_everywhere(
    examined: Examine, real: dict[str, object], database: Database, shared_broker: RunningBroker
):
    with database.writing() as session:
        session.execute(update(House).values(heartbeat_at=lease_now(session)))
    with NameServer(*WORLD) as server, ScriptedServer(Setup()) as relay:
        wishes = Wishes((server.address,), sent_from=("192.0.2.1",), seconds=10)
        mailing = real | {"smtp_url": f"smtp://127.0.0.1:{relay.port}", "redis_url": shared_broker.url}
        report = examined(wishes=wishes, **mailing)
    # The scripted server calls itself "scripted", no copy was made, and no time server was asked.
    assert {each.name for each in report.findings if each.verdict is not PASS} - {"clock"} == {"backup", "ptr"}
    assert list(dict.fromkeys(each.name for each in report.findings)) == list(CHECKS)
    assert report.later == {}


def test_a_house_to_try_things_in_is_not_told_about_the_dns(examined: Examine):
    report = examined()
    assert [each.name for each in report.findings] == list(HOUSE)
    assert list(report.later) == ["relay", "spf", "dkim", "dmarc", "alignment", "mx", "ptr"]
    assert len(report.reasons) == 1 and "built-in mailbox" in report.later["spf"]
    assert report.verdict is WARN  # nothing runs


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"smtp_url": "maildir:///tmp/m", "mail_from": "c@a.org"}, "into a folder"),
        ({"smtp_url": "smtp://mail.a.org", "mail_from": "c@house.example"}, "house.example, which is no public domain"),
    ],
)
def test_why_the_dns_is_not_asked_is_said(examined: Examine, changes: dict[str, str], words: str):
    report = examined("spf", **changes)
    assert report.findings == ()
    assert list(report.later) == ["spf"] and words in report.later["spf"]


def test_who_insists_gets_the_dns_asked(examined: Examine):
    with NameServer(*WORLD) as server:
        report = examined("mx", wishes=Wishes((server.address,), insists=True), mail_from="c@a.org")
    assert verdicts(report) == {"mx a.org": "PASS"}


def test_every_domain_that_courses_send_from_is_looked_at(examined: Examine, real, database: Database):
    with database.writing() as session:
        publish_course(session)  # its sender is ana@example.org
    with NameServer(*WORLD, 'example.org TXT "x"') as server:
        wishes = Wishes((server.address,), seconds=10)
        report = examined("dkim", "dmarc", "alignment", "mx", wishes=wishes, smtp_url="smtp://mail.a.org", **real)
    assert verdicts(report) == {
        "dkim s1._domainkey.a.org": "PASS", "dkim s1._domainkey.example.org": "FAIL",
        "dmarc a.org": "PASS", "dmarc example.org": "FAIL",
        "alignment a.org": "PASS", "alignment example.org": "WARN",
        "mx a.org": "PASS", "mx example.org": "FAIL",
    }  # fmt: skip


def test_without_a_key_of_our_own_the_relay_may_sign(examined: Examine):
    with NameServer(*WORLD) as server:
        wishes = Wishes((server.address,), seconds=10)
        report = examined("dkim", "alignment", wishes=wishes, smtp_url="smtp://mail.a.org", mail_from="c@a.org")
    assert verdicts(report) == {"dkim": "WARN", "alignment a.org": "WARN"}


def test_the_relay_s_own_address_is_judged_where_no_other_is_known(examined: Examine, real):
    lines = [line for line in WORLD if "spf" not in line]
    with NameServer(*lines, 'a.org TXT "v=spf1 ip4:203.0.113.1 -all"', "mail.a.org A 8.8.8.8") as server:
        report = examined("spf", wishes=Wishes((server.address,), seconds=10), smtp_url="smtp://mail.a.org", **real)
    assert only(report).verdict is WARN and "8.8.8.8 (fail), an address of mail.a.org" in only(report).line


def test_every_relay_of_several_is_judged(examined: Examine, real):
    lines = ("mail.a.org A 8.8.8.8", "back.a.org A 9.9.9.9", 'a.org TXT "v=spf1 a:back.a.org -all"')
    with NameServer(*lines) as server:
        relays = {"smtp_url": "smtp://mail.a.org smtp://back.a.org maildir:///tmp/m"}
        report = examined("spf", "ptr", wishes=Wishes((server.address,), seconds=10), **relays, **real)
    assert verdicts(report) == {"spf a.org": "WARN", "ptr 8.8.8.8": "WARN", "ptr 9.9.9.9": "WARN"}
    assert report.findings[0].record is not None
    assert report.findings[0].record.value == "v=spf1 a:mail.a.org a:back.a.org -all"


def test_a_silent_name_server_costs_no_more_than_the_time_allowed_and_passes_nothing(examined: Examine, real):
    silent = [f"{name} SILENCE" for name in ("a.org", "_dmarc.a.org", "s1._domainkey.a.org", "mail.a.org")]
    begun = time.monotonic()
    with NameServer(*silent) as server:
        checks = ("spf", "dkim", "dmarc", "mx", "ptr")
        report = examined(*checks, wishes=Wishes((server.address,), seconds=1), smtp_url="smtp://mail.a.org", **real)
    assert time.monotonic() - begun < 3
    assert set(verdicts(report).values()) == {"WARN"} and len(report.findings) == 5


def test_a_relay_that_says_nothing_costs_no_more_than_the_time_allowed(examined: Examine, silent_port):
    begun = time.monotonic()
    report = examined(
        "relay", wishes=Wishes(seconds=1.5), smtp_url=f"smtp://127.0.0.1:{silent_port}", mail_from="c@a.org"
    )
    assert time.monotonic() - begun < 3
    assert only(report).verdict in {FAIL, WARN}


def test_a_database_that_says_nothing_costs_no_more_than_the_time_allowed(settings: Settings, silent_port: int):
    database = Database(f"postgresql+psycopg://nobody@127.0.0.1:{silent_port}/none")
    begun = time.monotonic()
    report = examine(open_patient(settings, database, Clock(), Wishes(seconds=0.5)), ("database", "outbox", "zones"))
    assert time.monotonic() - begun < 2
    assert verdicts(report) == {"database": "FAIL", "outbox": "WARN", "zones": "PASS"}
    assert "No answer within" in report.findings[0].line


@pytest.fixture
def silent_port():
    """A port that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


def test_an_old_schema_is_told(examined: Examine, database: Database):
    with database.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    finding = only(examined("database"))
    assert finding.verdict is FAIL and "run `meantime init`" in finding.line


def test_a_database_that_cannot_be_written_is_told(examined: Examine, database: Database):
    statement = "PRAGMA query_only = ON" if database.is_sqlite else "SET default_transaction_read_only = on"
    if database.is_sqlite:
        with database.engine.connect() as connection:
            connection.exec_driver_sql(statement)
    else:
        with database.engine.connect() as connection:
            connection.exec_driver_sql(statement)
            connection.commit()
    finding = only(examined("database"))
    assert finding.verdict is FAIL and "does not answer: " in finding.line


def test_no_database_is_told_and_none_is_made(settings: Settings, tmp_path: Path):
    missing = tmp_path / "none" / "meantime.db"
    database = Database(f"sqlite:///{missing}")
    report = examine(open_patient(settings, database, Clock(), Wishes()), ("database", "heartbeat", "outbox"))
    database.close()
    assert {each.line for each in report.findings} == {"There is no database yet: run `meantime init`."}
    assert report.verdict is FAIL and not missing.parent.exists()


def test_a_database_that_is_gone_is_told(settings: Settings):
    database = Database("postgresql+psycopg://nobody@127.0.0.1:1/none")
    report = examine(open_patient(settings, database, Clock(), Wishes()), ("database", "outbox", "dmarc"))
    database.close()
    assert verdicts(report) == {"database": "FAIL", "outbox": "FAIL"}
    assert "does not answer" in report.findings[0].line


@pytest.mark.parametrize(("env", "verdict"), [("production", FAIL), ("development", WARN)])
def test_workers_that_are_not_there_are_missed_in_production(examined: Examine, env: str, verdict: Verdict):
    report = examined("broker", "heartbeat", env=env)
    assert {each.verdict for each in report.findings} == {verdict}


def test_a_timetable_that_stopped_is_told(examined: Examine, database: Database):
    with database.writing() as session:
        session.execute(update(House).values(heartbeat_at=lease_now(session) - timedelta(hours=3)))
    finding = only(examined("heartbeat", env="production"))
    assert finding.verdict is FAIL and "for 3 hours" in finding.line


@pytest.mark.parametrize(
    ("waited", "verdict", "words"),
    [(None, PASS, "Nothing is due"), (3, PASS, "waited for 3 minutes"), (90, FAIL, "waited for 1 hour")],
)
def test_mail_that_lies_about_is_told(examined: Examine, database: Database, waited: int | None, verdict, words: str):
    if waited is not None:
        with database.writing() as session:
            plan(session, Clock().now() - timedelta(minutes=waited, seconds=5))
    finding = only(examined("outbox"))
    assert (finding.verdict, words in finding.line) == (verdict, True), finding.line


def test_a_clock_that_was_moved_is_said_and_one_that_cannot_be_compared_is_no_pass(examined: Examine):
    moved = only(examined("clock", at=timedelta(days=3, minutes=1)))
    assert moved.verdict is PASS and "3 days ahead" in moved.line
    alone = only(examined("clock", wishes=Wishes(time_server=("127.0.0.1", 1))))
    assert alone.verdict is WARN and "could not be compared" in alone.line


@pytest.mark.parametrize(
    ("ahead", "verdict", "words"),
    [(0.0, PASS, "It agrees with"), (30.0, WARN, "30 s behind"), (-7200.0, FAIL, "7200 s ahead of")],
)
def test_a_clock_that_is_off_is_told(examined: Examine, ahead: float, verdict: Verdict, words: str):
    with time_server(ahead) as port:
        finding = only(examined("clock", wishes=Wishes(time_server=("127.0.0.1", port))))
    assert (finding.verdict, words in finding.line) == (verdict, True), finding.line


def test_a_state_folder_that_is_not_there_is_told(examined: Examine, tmp_path: Path):
    finding = only(examined("disk", state_dir=tmp_path / "none"))
    assert finding.verdict is FAIL and "run `meantime init`" in finding.line


def test_a_check_that_breaks_spoils_no_other(examined: Examine, real, database: Database):
    with database.writing() as session:
        publish_course(session)
        session.execute(text("UPDATE editions SET source = 'no course: at all'"))
    with NameServer(*WORLD) as server:
        report = examined("dmarc", "outbox", wishes=Wishes((server.address,)), smtp_url="smtp://mail.a.org", **real)
    assert verdicts(report) == {"outbox": "PASS", "dmarc": "WARN"}
    assert "check itself broke" in report.findings[1].line
