"""Alarms: trouble with a relay, what is done about it, and whom it is told.

    stop ──► the relay rests: 10 minutes, 20, 40 … 2 hours ─ try_again ─► one mail goes over it ─► accepted: end
      ▲                                                                         └── refused again ──┐
      └──────────────────────────────────────────────────────────────────────────────────────────────┘
    note_trouble ──► it cannot be reached: an alarm once that has lasted five minutes ──► a mail is accepted: end

One row tells all processes. Every instant is by the database's clock, which nobody moves.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, Select, Update, and_, func, select, text, union_all, update
from sqlalchemy.orm import Session

from course import outbox
from course.cleaning import one_line, without_addresses
from course.clock import lease_now
from course.database import one_at_a_time
from course.models import Admin, Alarm, Delivery, DeliveryState, House, Kind
from course.models.progress import IN_TROUBLE

FIRST_REST, LONGEST_REST = timedelta(minutes=10), timedelta(hours=2)
# Whoever tries a relay has so long for its one mail; then another may.
TRIAL = timedelta(seconds=60)
LASTS = timedelta(minutes=5)
# Trouble after so long a silence is another trouble.
FORGOTTEN = timedelta(minutes=15)
BETWEEN_MAILS = timedelta(hours=1)
MOST_WORDS = 300
POLICY, DEFERRALS, TROUBLE = "policy", "deferrals", "trouble"


def unfinished(session: Session) -> list[Alarm]:
    """All that are not over, the oldest first, those included that may be nothing yet."""
    return list(session.scalars(_unfinished().order_by(Alarm.id)))


def raised(session: Session) -> list[Alarm]:
    """Those that somebody should look at."""
    return [each for each in unfinished(session) if is_raised(each)]


def is_raised(alarm: Alarm) -> bool:
    """A relay that could not be reached once or twice is no alarm yet."""
    return alarm.cause != TROUBLE or alarm.seen_at - alarm.began_at >= LASTS


def stop(session: Session, relay: str, cause: str, words: str, *, on_trial: bool = False) -> Alarm:
    """Let the relay rest, twice as long as the last time. Where it rests already, only a trial's failure counts."""
    alarm = _of(session, relay) or _begin(session, relay, cause, words)
    at = lease_now(session)
    alarm.cause, alarm.words, alarm.seen_at = cause, _short(words), at
    if on_trial or not rests(alarm, at):
        alarm.rests += 1
        alarm.rests_until = at + min(FIRST_REST * 2 ** min(alarm.rests - 1, 8), LONGEST_REST)
    session.flush()
    return alarm


def note_trouble(session: Session, relay: str, words: str) -> Alarm:
    """It could not be reached, or would not let us in. A relay that was stopped keeps that alarm."""
    alarm = _of(session, relay) or _begin(session, relay, TROUBLE, words)
    at = lease_now(session)
    if alarm.cause == TROUBLE:
        alarm.began_at = at if at - alarm.seen_at > FORGOTTEN else alarm.began_at
        alarm.words, alarm.seen_at = _short(words), at
    session.flush()
    return alarm


def rests(alarm: Alarm, at: datetime) -> bool:
    """Whether nobody may use this relay at that instant of the database's clock."""
    return alarm.rests_until is not None and alarm.rests_until > at


def try_again(session: Session, relay: str) -> bool:
    """Whether we are the one who may try that relay with one mail, now that its rest is over."""
    at = lease_now(session)
    over = update(Alarm).where(Alarm.key == relay, Alarm.over_at.is_(None), Alarm.rests_until <= at)
    return _changed(session, over.values(rests_until=at + TRIAL)) == 1


def end(session: Session, relay: str) -> bool:
    """It took a mail: the alarm is over. False where there was none."""
    mine = update(Alarm).where(Alarm.key == relay, Alarm.over_at.is_(None))
    return _changed(session, mine.values(over_at=lease_now(session), rests_until=None)) == 1


def go_on(session: Session, alarm_id: int) -> bool:
    """An admin's word that it is mended: the next mail is the trial. False where that was over already."""
    resting = update(Alarm).where(Alarm.id == alarm_id, Alarm.over_at.is_(None), Alarm.rests_until.is_not(None))
    return _changed(session, resting.values(rests_until=lease_now(session), rests=0)) == 1


def tell_owners(session: Session, now: datetime) -> int:
    """Plan a mail about what is raised to each owner: once an hour at the most, and none while the last one waits."""
    at, letter = lease_now(session), session.scalar(select(House.alarm_id))
    told = session.scalar(select(func.max(Alarm.mailed_at)))
    news = raised(session)
    if not news or letter is None or (told is not None and at - told < BETWEEN_MAILS) or _still_waits(session):
        return 0
    owners = session.scalars(select(Admin).where(Admin.role == "owner").order_by(Admin.id)).all()
    for owner in owners:
        row = Delivery(
            kind=Kind.ALARM,
            admin_id=owner.id,
            compilation_id=letter,
            values={"fields": _in_words(news)},
            slot_at=now,
            created_at=now,
        )
        outbox.plan_urgent(session, row)
    for alarm in news:
        alarm.mailed_at = at
    session.flush()
    return len(owners)


def _of(session: Session, relay: str) -> Alarm | None:
    one_at_a_time(session, f"alarm {relay}")
    return session.scalars(_unfinished().where(Alarm.key == relay)).one_or_none()


def _begin(session: Session, relay: str, cause: str, words: str) -> Alarm:
    at = lease_now(session)
    alarm = Alarm(key=relay, cause=cause, words=_short(words), began_at=at, seen_at=at, rests=0)
    session.add(alarm)
    return alarm


def _unfinished() -> Select[Alarm]:
    return select(Alarm).where(Alarm.over_at.is_(None)).execution_options(populate_existing=True)


def _still_waits(session: Session) -> bool:
    """Whether a letter is not over: due, in somebody's hands, or uncertain. Each look is into an index of few rows."""
    due = and_(Delivery.priority == outbox.URGENT, Delivery.due_at.is_not(None))
    # In the words of the index: a parameter in them would hide from the database that it fits.
    uncertain = and_(text(IN_TROUBLE), Delivery.state == DeliveryState.UNCERTAIN)
    looks = (due, Delivery.lease_until.is_not(None), uncertain)
    letters = (select(Delivery.id).where(Delivery.kind == Kind.ALARM, look) for look in looks)
    return session.scalars(union_all(*letters).limit(1)).first() is not None


def _in_words(news: list[Alarm]) -> dict[str, str]:
    first = min(news, key=lambda each: each.began_at)
    return {
        "relay": ", ".join(each.key for each in news),
        "words": first.words,
        "since": f"{first.began_at:%Y-%m-%d %H:%M} UTC",
    }


def _short(words: str) -> str:
    """These words are told to everybody who looks, and logged: whom a refused mail was for is not in them."""
    return without_addresses(one_line(words))[:MOST_WORDS]


def _changed(session: Session, statement: Update) -> int:
    result: Any = session.execute(statement.execution_options(synchronize_session=False))
    assert isinstance(result, CursorResult)
    return result.rowcount
