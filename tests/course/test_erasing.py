"""Who is erased is nowhere any more: no table holds the address, and of a suppression only a keyed digest stays."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import make_url, select, text

from course import alarms, enrollment, erasing, feedback, outbox, suppressions, wishes
from course.admins import add
from course.custom_fields import set_fields
from course.database import Base, Database
from course.errors import NotFound
from course.holdings import holdings
from course.models import Delivery, Enrollment, Kind, Reader, Sign
from tests.factories import LEASES, MONDAY, begin, claim, deliveries, join, newest, planned, publish_course, send_next
from tests.traces import everything

ANA, BEN = "ana@example.org", "ben@example.org"
LATER = MONDAY + timedelta(days=40)
WORDS = f"550 5.7.1 <{ANA}>: not from you"


@pytest.fixture
def session(database: Database):
    with database.writing() as opened:
        yield opened


@pytest.fixture
def lived(session) -> Enrollment:
    """Ana has done and said all that a reader can, and Ben is there too."""
    course = publish_course(session)
    join(session, course, BEN, name="Ben")
    mine = join(session, course, ANA, name="Ana Archer", timezone="Europe/Lisbon", hour="07:30")
    set_fields(mine.reader, {"city": "Anaville"})
    send_next(session, mine)
    wishes.pause(session, mine, None, LATER)
    wishes.resume(session, mine, LATER)
    session.add(Sign(enrollment_id=mine.id, lesson_id=planned(session, mine).lesson_id, said_at=LATER))
    said = feedback.Said("bounce", ANA, "4.2.2", deliveries(session, mine, Kind.LESSON)[0].message_id, WORDS)
    assert feedback.receive(session, f"To {ANA.upper()}".encode(), "webhook", (f"b+{ANA}",), LATER)
    settle(session, said)
    for number, odd in enumerate(("ana=example.org", "ana=40example.org", "ana@exam=\r\nple.org")):
        assert feedback.receive(session, f"{number} about {odd}".encode(), "maildir", (), LATER)
    # An alarm names nobody any more; older versions kept the words as they came.
    alarms.stop(session, "smtp.example.org:25", alarms.POLICY, WORDS).words = WORDS
    row = Delivery(kind=Kind.ALARM, admin_id=add(session, "owner@example.org", MONDAY).id, created_at=LATER)
    row.values, row.slot_at, row.reply, row.priority, row.state = {"fields": {"words": WORDS}}, LATER, WORDS, 0, "sent"
    session.add(row)
    session.flush()
    return mine


def settle(session, said) -> None:
    (waiting,) = feedback.waiting(session, 5)
    feedback.settle(session, waiting.id, said, None, LATER)


def mentions(session) -> list[str]:
    """What of Ana is still written somewhere."""
    found = everything(session)
    return [each for each in ("ana@", "ana=", "archer", "anaville", "7:30") if each in found]


def test_nothing_of_an_erased_reader_is_left_in_any_table(session, lived):
    assert mentions(session) == ["ana@", "ana=", "archer", "anaville", "7:30"]
    gone = erasing.erase(session, " Ana@Example.ORG ")
    assert mentions(session) == []
    assert (gone.courses, gone.suppressed) == (1, frozenset())
    assert gone.mails == 3
    assert gone.texts == 5, "three reports, an alarm, a letter about it"
    assert session.scalars(select(Reader.email)).all() == [BEN]


def test_the_others_keep_all_that_is_theirs(session, lived):
    ben = newest(session, BEN, lived.course)
    before = holdings(session, BEN)
    erasing.erase(session, ANA)
    assert holdings(session, BEN) == before
    assert send_next(session, ben) == "welcome"


@pytest.mark.parametrize("reason", [suppressions.LEFT_ALL, suppressions.BOUNCE, suppressions.COMPLAINT])
def test_of_a_suppressed_address_a_keyed_digest_stays_and_goes_on_barring(session, lived, reason):
    course, digest = lived.course, lived.reader.digest
    suppressions.suppress(session, digest, reason, LATER)
    assert erasing.erase(session, ANA).suppressed == {reason}
    assert mentions(session) == []
    assert suppressions.reasons(session, digest) == {reason}
    enrollment.enroll(session, course.slug, enrollment.Signup(ANA), LATER)
    comes_back = session.scalars(select(Reader).where(Reader.email == ANA)).one_or_none()
    assert (comes_back is not None) is (reason == suppressions.LEFT_ALL)


def test_who_was_erased_may_sign_up_again_and_begins_anew(session, lived):
    course, old = lived.course, lived.handle
    erasing.erase(session, ANA)
    again = join(session, course, ANA, LATER)
    assert (again.run, again.reader.name, again.handle != old) == (1, "", True)
    assert send_next(session, again) == "welcome"


def test_old_links_lead_nowhere(session, lived):
    handle = lived.handle
    erasing.erase(session, ANA)
    for verb in (enrollment.confirm, enrollment.leave, enrollment.leave_all):
        with pytest.raises(NotFound):
            verb(session, handle, LATER)


def test_who_is_unknown_cannot_be_erased(session):
    with pytest.raises(NotFound):
        erasing.erase(session, "nobody@example.org")


def test_an_address_that_only_stands_in_a_returned_mail_is_erased_there(session):
    assert feedback.receive(session, f"we do not know {ANA}".encode(), "webhook", (ANA,), MONDAY)
    assert erasing.erase(session, ANA).texts == 1
    assert mentions(session) == []


def test_a_mail_that_is_made_at_this_moment_begins_nothing_and_records_nothing(session):
    join(session, publish_course(session), ANA)
    made, begun = claim(session, MONDAY + timedelta(hours=1), most=1), None
    erasing.erase(session, ANA)
    for each in made:
        with pytest.raises(NotFound):
            begun = begin(session, each, MONDAY)
    assert made and begun is None


def test_what_was_begun_before_is_recorded_nowhere(session):
    join(session, publish_course(session), ANA)
    (mine,) = claim(session, MONDAY + timedelta(hours=1), most=1)
    assert begin(session, mine, MONDAY + timedelta(hours=1))
    erasing.erase(session, ANA)
    assert not outbox.record_sent(session, mine, "250 OK", LATER)
    assert not outbox.record_uncertain(session, mine, "", LEASES)
    assert outbox.hold_offered(session, mine) is None


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # SQLite has one writer, who is waited for
def test_while_somebody_has_one_of_the_courses_in_hand_it_is_to_be_tried_again(database: Database):
    with database.writing() as session:
        mine = join(session, publish_course(session), ANA).id
    with database.writing() as session:
        session.execute(select(Enrollment).where(Enrollment.id == mine).with_for_update(key_share=True)).all()
        with pytest.raises(erasing.InHand), database.writing() as other:
            erasing.erase(other, ANA)
    with database.writing() as session:
        assert erasing.erase(session, ANA).courses == 1


def test_sign_ups_and_erasures_at_once_end_in_one_of_both(database: Database):
    with database.writing() as session:
        courses = [publish_course(session, slug=f"course-{number}").slug for number in range(4)]

    def sign_up(slug: str) -> None:
        with database.writing() as session:
            enrollment.enroll(session, slug, enrollment.Signup(ANA), MONDAY)

    def erase(_: str) -> None:
        try:
            with database.writing() as session:
                erasing.erase(session, ANA)
        except (NotFound, erasing.InHand):
            pass

    with ThreadPoolExecutor(8) as threads:
        for _ in range(5):
            for result in [*(threads.submit(sign_up, each) for each in courses), threads.submit(erase, "")]:
                result.result()
            with database.reading() as session:
                assert len(session.scalars(select(Reader)).all()) <= 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_file_of_an_sqlite_database_holds_nothing_either(database: Database):
    with database.writing() as session:
        course = publish_course(session)
        for number in range(60):
            join(session, course, f"r{number}@example.org", name=f"Reader number {number}")
    with database.writing() as session:
        erasing.erase(session, "r50@example.org")
    database.empty_log()
    file = Path(make_url(database.url).database or "")
    written = file.read_bytes() + Path(f"{file}-wal").read_bytes()
    assert b"r49@example.org" in written
    assert b"r50@example.org" not in written
    assert b"Reader number 50" not in written


def test_what_is_held_can_be_told_whole_and_goes_into_json(session, lived):
    told = holdings(session, "ANA@example.org")
    assert json.loads(json.dumps(told)) == told
    assert (told["reader"]["email"], told["reader"]["fields"]) == (ANA, {"city": "Anaville"})
    (course,) = told["courses"]
    assert (course["course"], course["state"]) == ("small", "active")
    assert [each["lesson"] for each in course["mails"] if each["kind"] == "lesson"] == ["welcome", "trust"]
    assert len(course["pauses"]) == len(course["signs"]) == 1
    assert told["reports"][0]["raw"] == f"To {ANA.upper()}"


def test_every_table_that_names_a_reader_is_told_and_erased(session):
    """A new table that hangs on a reader belongs into course.holdings, and its foreign key has to say CASCADE."""
    theirs = {"readers", "enrollments", "deliveries", "pauses", "signs", "reports"}
    named = {
        table.name: key.ondelete
        for table in Base.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table.name in ("readers", "enrollments")
    }
    assert named == dict.fromkeys(theirs - {"readers"}, "CASCADE")
    if session.get_bind().dialect.name == "sqlite":
        assert session.execute(text("PRAGMA foreign_keys")).scalar() == 1
