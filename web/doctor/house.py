"""Our own parts: database, disk, broker, timetable, outbox, backups, clock, zone data."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.metadata import version

from sqlalchemy import update

from course import alarms, desk, generation, heartbeat
from course.clock import Clock, lease_now
from course.migrations import standing
from course.models import House
from emails.doctor.findings import Finding, Remark, Subject, Verdict
from emails.doctor.ntp import offset
from web.doctor.patient import Patient
from web.health import LATE
from worker.broker import answers, url_of

GIB = 1 << 30
LITTLE_DISK, NO_DISK = GIB, GIB // 10
OFF, FAR_OFF = 5.0, 60.0  # seconds by which a clock may be wrong
MISSED_BEATS = timedelta(minutes=5)  # the timetable rings a worker every minute
OLD_BACKUP = timedelta(days=2)
OLD_ZONES = timedelta(days=180)  # after the end of the year of their release


def database(patient: Patient) -> Finding:
    """It answers, it is at this version's schema, and it can be written."""
    subject = Subject("database", patient.database.engine.dialect.name)
    patient.must_have_a_database()
    now, newest = standing(patient.database)
    if now != newest:
        return subject.fails(f"Its schema is at {now or 'nothing'}, this version's is {newest}: run `meantime init`.")
    with patient.database.writing() as session:
        session.execute(update(House).values(heartbeat_at=House.heartbeat_at))
        session.rollback()
    return subject.passes(f"It answers, can be written, and is at schema {now}.")


def disk(patient: Patient) -> Finding:
    """There is room where we keep things. Of a database on another host we know nothing."""
    folder = patient.settings.state_dir.resolve()
    subject = Subject("disk", str(folder))
    if not folder.exists():
        return subject.fails("There is no such folder yet: run `meantime init`.")
    free = shutil.disk_usage(folder).free
    words = f"{free / GIB:.1f} GiB free"
    if free < NO_DISK:
        return subject.fails(f"{words}: sending stops when it is full. Make room now.")
    return subject.warns(f"{words}: make room.") if free < LITTLE_DISK else subject.passes(f"{words}.")


def broker(patient: Patient) -> Finding:
    """It answers. Mail is safe without it, and late."""
    subject = Subject("broker", "your own" if patient.settings.redis_url else "embedded")
    if answers(url_of(patient.settings)):
        return subject.passes("It answers.")
    if patient.settings.redis_url:
        return subject.fails("It does not answer, so no worker is woken: look at MEANTIME_REDIS_URL, or start it.")
    return _not_running(patient, subject, "It is not running")


def timetable(patient: Patient) -> Finding:
    """Beat rings and a worker hears it."""
    subject = Subject("heartbeat")
    with patient.reading() as session:
        age = heartbeat.last_beat(session)
    if age is None:
        return _not_running(patient, subject, "No worker has heard of the timetable yet, which rings every minute")
    if age > MISSED_BEATS:
        return _not_running(patient, subject, f"No worker has heard of the timetable for {in_words(age)}")
    return subject.passes(f"The timetable rang a worker {in_words(age)} ago.")


def _not_running(patient: Patient, subject: Subject, what: str) -> Finding:
    """In development nothing need run while nobody tries anything."""
    line = f"{what}: start `meantime up`, or the worker and beat."
    return subject.warns(line) if patient.settings.development else subject.fails(line)


def outbox(patient: Patient) -> Finding:
    """Nothing that is due lies about."""
    subject = Subject("outbox")
    with patient.reading() as session:
        oldest = desk.oldest_due(session, patient.clock.now())
    if oldest is None:
        return subject.passes("Nothing is due.")
    words = f"The oldest mail that is due has waited for {in_words(oldest)}"
    if oldest > LATE:
        return subject.fails(f"{words}: look at the broker, the workers and the relay.")
    return subject.passes(f"{words}.")


def relays(patient: Patient) -> Finding:
    """No relay is stopped, or has been out of reach for some minutes."""
    subject = Subject("alarms")
    with patient.reading() as session:
        remarks = [(Verdict.FAIL, f"No mail gets through {each.key}: {each.words}") for each in alarms.raised(session)]
    return subject.sums_up(remarks, "Every relay takes our mail, as far as it was tried.")


def backup(patient: Patient) -> Finding:
    """Somebody keeps a copy, and lately."""
    subject = Subject("backup")
    with patient.reading() as session:
        age = generation.backup_age(session)
    if age is not None:
        words = f"The last good one is {in_words(age)} old"
        return (
            subject.warns(f"{words}: `meantime backup`, every night.")
            if age > OLD_BACKUP
            else subject.passes(f"{words}.")
        )
    if patient.settings.development:
        return subject.passes("A house to try things in needs none.")
    return subject.warns("None is known: run `meantime backup` every night, and keep a copy elsewhere.")


def clock(patient: Patient) -> Finding:
    """This machine's clock against a time server's and the database's; all dates in mails come from it."""
    subject = Subject("clock")
    remarks = [*_against_the_database(patient), *_against_a_server(patient)]
    asked = [] if patient.database.is_sqlite else ["the database's"]
    asked += [f"that of {patient.wishes.time_server[0]}"] if patient.wishes.time_server else []
    if not asked and not patient.settings.development:
        remarks = [(Verdict.WARN, "It was compared with nobody's: `meantime doctor --time-server NAME` does that.")]
    good = f"It agrees with {' and '.join(asked)}." if asked else "It is taken as it is; development asks nobody."
    shift = patient.clock.shift()
    return subject.sums_up(remarks, f"{good} The course's time is {in_words(shift)} ahead." if shift else good)


def _against_the_database(patient: Patient) -> Iterator[Remark]:
    if patient.database.is_sqlite:
        return
    with patient.database.reading() as session:
        ahead = (lease_now(session) - Clock().now()).total_seconds()
    yield from _difference("the database's", ahead)


def _against_a_server(patient: Patient) -> Iterator[Remark]:
    if patient.wishes.time_server is None:
        return
    host, port = patient.wishes.time_server
    try:
        yield from _difference(f"that of {host}", offset(host, port))
    except OSError as error:
        words = error.strerror or str(error) or "no answer"
        yield Verdict.WARN, f"It could not be compared with {host} ({words}): `--time-server` asks another."


def _difference(whose: str, seconds: float) -> Iterator[Remark]:
    if abs(seconds) >= OFF:
        verdict = Verdict.FAIL if abs(seconds) >= FAR_OFF else Verdict.WARN
        how = "behind" if seconds > 0 else "ahead of"
        yield verdict, f"This machine's clock is {abs(seconds):.0f} s {how} {whose}: let it be set by NTP."


def zones(_patient: Patient) -> Finding:
    """The pinned zone data, by which every reader's hour is computed."""
    subject, release = Subject("zones"), version("tzdata")
    ended = datetime(int(release.split(".", maxsplit=1)[0]) + 1, 1, 1, tzinfo=UTC)
    if Clock().now() - ended > OLD_ZONES:
        return subject.warns(f"Zone data {release} is old, and some countries have moved since: update Meantime.")
    return subject.passes(f"Zone data {release}, pinned.")


def in_words(span: timedelta) -> str:
    """A span as a person says it, in its largest unit."""
    seconds = span.total_seconds()
    for unit, length in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= length:
            count = int(seconds // length)
            return f"{count} {unit}{'s' if count > 1 else ''}"
    return f"{max(seconds, 0):.0f} seconds"
