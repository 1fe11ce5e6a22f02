"""A mail comes back, and the reader it was for is not mailed any more."""

from base64 import b64encode
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text

from course import feedback, suppressions
from course.database import Database
from course.models import Delivery, Enrollment, Report
from course.tokens import Purpose
from tests.emails.returned import arf, dsn, plain
from tests.factories import MONDAY, join, publish_course, send_next
from tests.worker.test_runtime import _settings
from worker.runtime import Runtime, open_runtime

TOKEN = "0123456789abcdef0123456789abcdef"
HIDING = [("utf-7", b"a+2AA-b@x"), ("unicode_escape", rb"a\ud800b@x"), ("utf-8", b"a\0b@x"), ("utf-8", b"a\x1bb@x")]


@pytest.fixture
def runtime(database: Database, database_url: str, tmp_path: Path) -> Runtime:
    """A worker process with a Maildir, and one reader who was sent a lesson."""
    for name in ("new", "cur"):
        (tmp_path / "in" / name).mkdir(parents=True)
    opened = open_runtime(_settings(database_url, tmp_path, bounce_inbox=f"maildir://{tmp_path}/in", bounce_days=5))
    with database.writing() as session:
        enrollment = join(session, publish_course(session, "a", "b"))
        send_next(session, enrollment)
        row = session.scalars(select(Delivery).where(Delivery.lesson_id.is_not(None)).order_by(Delivery.id)).first()
        row.message_id = f"<{TOKEN}@{opened.settings.mail_domain}>"
    opened.clock.move_to(MONDAY + timedelta(days=2))
    return opened


def drop(runtime: Runtime, raw: bytes, name: str = "1") -> Path:
    file = Path(runtime.settings.bounce_inbox.removeprefix("maildir://")) / "new" / name
    file.write_bytes(raw)
    return file


def reasons(runtime: Runtime) -> frozenset[str]:
    with runtime.database.reading() as session:
        return suppressions.reasons(session, session.scalars(select(Enrollment)).one().reader.digest)


def test_a_bounce_to_our_return_path_suppresses_whomever_it_names(runtime: Runtime):
    raw = dsn(to=f"b+{TOKEN}@{runtime.settings.mail_domain.upper()}", recipient="other@forwarded.example", original="")
    file = drop(runtime, raw)
    assert not runtime.attend()
    assert not file.exists()
    assert reasons(runtime) == {"bounce"}


def test_a_mail_that_asks_to_leave_is_heard(runtime: Runtime):
    with runtime.database.reading() as session:
        handle = session.scalars(select(Enrollment)).one().handle
    token = runtime.courier.composer.tokens.sign(Purpose.LEAVE, handle)
    drop(runtime, plain("", subject=f"unsubscribe {token}", sender="ana@example.org"))
    runtime.attend()
    with runtime.database.reading() as session:
        assert session.scalars(select(Enrollment)).one().state == "ended"


def test_forged_reports_to_the_unsubscribe_address_stop_nobodys_mail(runtime: Runtime):
    door = (f"b+leave@{runtime.settings.mail_domain}",)
    with runtime.database.writing() as session:
        victim = session.scalars(select(Enrollment)).one().reader.email
        quoting = f"Message-ID: <{TOKEN}@{runtime.settings.mail_domain}>\n"
        forged = [
            dsn(recipient=victim, original=""),
            dsn(original=quoting),
            arf(recipient=f"Original-Rcpt-To: {victim}\n"),
        ]
        for each in forged:
            feedback.receive(session, each, "listener", door, runtime.clock.now())
    runtime.attend()
    assert reasons(runtime) == frozenset()


def test_nonsense_is_judged_once_and_forgotten_in_time(runtime: Runtime):
    drop(runtime, b"\x00\xff" * 100)
    runtime.attend()
    runtime.attend()
    runtime.clock.move_to(MONDAY + timedelta(days=8))
    runtime.attend()
    with runtime.database.reading() as session:
        (row,) = session.scalars(select(Report))
        assert (row.kind, row.action, row.raw) == ("other", "none", None)


def test_an_inbox_that_cannot_be_read_stops_nothing(runtime: Runtime, tmp_path: Path):
    (tmp_path / "in" / "cur").rmdir()
    with runtime.database.writing() as session:
        feedback.receive(session, dsn(to=f"b+{TOKEN}@{runtime.settings.mail_domain}"), "webhook", (), MONDAY)
    runtime.attend()
    assert reasons(runtime) == {"bounce"}


@pytest.mark.parametrize(("charset", "message_id"), HIDING)
def test_characters_that_no_database_takes_hold_nobody_up(runtime: Runtime, charset: str, message_id: bytes):
    body = b64encode(b"This mail could not be delivered: user unknown.\n\nMessage-ID: <" + message_id + b">\n")
    head = f"From: MAILER-DAEMON@x\nContent-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: base64\n\n"
    drop(runtime, head.encode() + body)
    drop(runtime, dsn(to=f"b+{TOKEN}@{runtime.settings.mail_domain}"), "2")
    assert not runtime.attend()
    with runtime.database.reading() as session:
        assert [row.kind for row in session.scalars(select(Report).order_by(Report.id))] == ["bounce", "bounce"]
    assert reasons(runtime) == {"bounce"}


def test_a_report_that_cannot_be_settled_holds_nobody_up(runtime: Runtime):
    with runtime.database.writing() as session:
        session.execute(text(_REFUSING[session.get_bind().dialect.name]))
    ours = f"b+{TOKEN}@{runtime.settings.mail_domain}"
    drop(runtime, dsn("5.1.3", to=ours))
    drop(runtime, dsn(to=ours), "2")
    assert not runtime.attend()
    with runtime.database.reading() as session:
        first, second = session.scalars(select(Report).order_by(Report.id))
        assert (first.kind, first.action, first.reader_id) == ("other", "none", None)
        assert (first.reply, second.action) == ("This report could not be acted upon: IntegrityError.", "suppress")


_REFUSING = {
    "sqlite": "CREATE TRIGGER refuse BEFORE UPDATE ON reports WHEN NEW.status = '5.1.3'"
    " BEGIN SELECT RAISE(ABORT, 'refused'); END",
    "postgresql": "ALTER TABLE reports ADD CONSTRAINT refuse CHECK (status <> '5.1.3')",
}
