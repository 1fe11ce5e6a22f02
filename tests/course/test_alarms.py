"""Alarms: how long a relay rests, who may try it, when it is an alarm at all, and whom it is told."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from course import admins, alarms
from course.clock import lease_now
from course.database import Database
from course.models import Alarm, Compilation, Delivery, House, Kind
from tests.course.plans import explained, reads_everything
from tests.factories import MONDAY

RELAY = "mail.example.org:587"


def stop(database: Database, *, on_trial: bool = False) -> timedelta:
    """How long it rests from now on, to the minute."""
    with database.writing() as session:
        alarm = alarms.stop(session, RELAY, alarms.POLICY, "550 5.7.1 No", on_trial=on_trial)
        assert alarm.rests_until is not None
        return timedelta(minutes=round((alarm.rests_until - lease_now(session)).total_seconds() / 60))


def let_pass(database: Database, time: timedelta) -> None:
    """As if that time had passed for every alarm."""
    with database.writing() as session:
        for alarm in session.scalars(select(Alarm)):
            alarm.began_at -= time
            alarm.seen_at -= time
            alarm.rests_until = alarm.rests_until - time if alarm.rests_until else None
            alarm.mailed_at = alarm.mailed_at - time if alarm.mailed_at else None


def test_each_failed_trial_doubles_the_rest_up_to_two_hours(database: Database):
    rests = [stop(database)]
    for _ in range(5):
        let_pass(database, timedelta(hours=2))
        with database.writing() as session:
            assert alarms.try_again(session, RELAY)
        rests.append(stop(database, on_trial=True))
    assert [rest // timedelta(minutes=1) for rest in rests] == [10, 20, 40, 80, 120, 120]


def test_two_processes_that_meet_the_same_trouble_stop_it_once(database: Database):
    assert [stop(database), stop(database)] == [timedelta(minutes=10)] * 2
    with database.reading() as session:
        assert [alarm.rests for alarm in alarms.unfinished(session)] == [1]


def test_one_may_try_and_only_after_the_rest(database: Database):
    stop(database)
    with database.writing() as session:
        assert not alarms.try_again(session, RELAY)
    let_pass(database, timedelta(minutes=11))
    with database.writing() as session:
        assert [alarms.try_again(session, RELAY), alarms.try_again(session, RELAY)] == [True, False]
    let_pass(database, alarms.TRIAL)
    with database.writing() as session:
        assert alarms.try_again(session, RELAY)


def test_an_accepted_mail_ends_it_and_the_next_one_begins_anew(database: Database):
    stop(database)
    with database.writing() as session:
        assert alarms.end(session, RELAY) and not alarms.end(session, RELAY)
        assert alarms.unfinished(session) == []
    assert stop(database) == timedelta(minutes=10)


def test_an_admins_word_makes_the_next_mail_the_trial(database: Database):
    stop(database)
    with database.writing() as session:
        (alarm,) = alarms.unfinished(session)
        assert alarms.go_on(session, alarm.id)
        assert alarms.try_again(session, RELAY)
        alarms.end(session, RELAY)
        assert not alarms.go_on(session, alarm.id)


def test_a_relay_out_of_reach_is_an_alarm_after_five_minutes(database: Database):
    for passed, is_raised in ((0, False), (4, False), (2, True)):
        let_pass(database, timedelta(minutes=passed))
        with database.writing() as session:
            # What passes is what passed since: the last sight stays where it was.
            alarm = alarms.note_trouble(session, RELAY, "Connection refused")
            assert bool(alarms.raised(session)) is is_raised, passed
            assert alarm.rests_until is None


def test_trouble_after_a_long_silence_is_another_trouble(database: Database):
    with database.writing() as session:
        alarms.note_trouble(session, RELAY, "Connection refused")
    let_pass(database, timedelta(days=3))
    with database.writing() as session:
        alarms.note_trouble(session, RELAY, "Connection refused")
        assert alarms.raised(session) == []


def mails(database: Database) -> list[Delivery]:
    with database.reading() as session:
        return list(session.scalars(select(Delivery).where(Delivery.kind == Kind.ALARM)))


@pytest.fixture
def house(database: Database) -> Database:
    """A house with an owner and an editor, whose letter is compiled (a number is enough to plan it)."""
    with database.writing() as session:
        for email, role in (("ana@example.org", "owner"), ("bo@example.org", "editor")):
            admins.add(session, email, MONDAY, role)
        letter = Compilation(digest="x", subject="s", html="h", text="t", links=[], compiler="c", created_at=MONDAY)
        session.add(letter)
        session.flush()
        session.execute(update(House).values(alarm_id=letter.id))
    return database


def tell(database: Database) -> int:
    with database.writing() as session:
        return alarms.tell_owners(session, MONDAY)


def test_owners_are_told_once_an_hour_and_not_while_the_last_letter_waits(house: Database):
    assert tell(house) == 0
    stop(house)
    assert [tell(house), tell(house)] == [1, 0]
    (mail,) = mails(house)
    assert (mail.priority, mail.due_at) == (0, MONDAY)
    assert mail.values == {"fields": {"relay": RELAY, "words": "550 5.7.1 No", "since": mail.values["fields"]["since"]}}
    let_pass(house, timedelta(minutes=61))
    assert tell(house) == 0
    with house.writing() as session:
        session.execute(update(Delivery).values(state="sent", due_at=None, sent_at=MONDAY))
    assert tell(house) == 1
    with house.writing() as session:
        session.execute(update(Delivery).values(state="sent", due_at=None, sent_at=MONDAY))
    assert tell(house) == 0


def test_what_is_over_is_told_nobody(house: Database):
    stop(house)
    with house.writing() as session:
        alarms.end(session, RELAY)
    assert tell(house) == 0


@pytest.mark.parametrize(
    ("state", "is_due", "is_leased"),
    [
        ("planned", True, False),
        ("claimed", False, True),
        ("sending", False, True),
        ("uncertain", False, True),
        ("uncertain", True, False),
        ("uncertain", False, False),
    ],
)
def test_a_letter_waits_until_it_is_over(house: Database, state: str, is_due: bool, is_leased: bool):
    stop(house)
    assert tell(house) == 1
    let_pass(house, timedelta(minutes=61))
    with house.writing() as session:
        times = {"due_at": MONDAY if is_due else None, "lease_until": MONDAY if is_leased else None}
        session.execute(update(Delivery).values(state=state, **times))
    assert tell(house) == 0


@pytest.mark.parametrize("state", ["sent", "failed", "cancelled", "skipped"])
def test_a_letter_that_is_over_makes_room_for_another(house: Database, state: str):
    stop(house)
    assert tell(house) == 1
    let_pass(house, timedelta(minutes=61))
    with house.writing() as session:
        session.execute(update(Delivery).values(state=state, due_at=None))
    assert tell(house) == 1


def test_looking_for_a_letter_that_waits_leaves_the_table_alone(house: Database):
    stop(house)
    with house.writing() as session, explained(session) as plans:
        assert alarms.tell_owners(session, MONDAY) == 1
    assert [reads_everything(each) for each in plans] == [False]
