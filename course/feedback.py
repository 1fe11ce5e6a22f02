"""What comes back about our mails, and what follows from it.

    receive ─► a row, whatever it is (fast, durable, once per mail) ─► the worker judges it ─► settle
    heard      a server's refusal while we were sending: the same rules, at once

hard        suppressed at once
soft        suppressed when three mails of different days over a week or more failed, and none between was accepted
complaint   suppressed until an owner lifts it, and the course is left
5.7.x, 5.6.x and their like are about us: they never suppress anybody

What names a mail of ours (the return path, the Message-ID: nobody can guess these) is believed. What names only an
address may be forged: a bounce counts only where that address was mailed of late, and never when it came by the
listener, to whom anybody may speak and where real ones name their mail; a complaint is shown, and nothing follows.
What comes to `b+leave@` can leave, with the token of its reader, and nothing else.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import exists, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from course import enrollment, suppressions
from course.errors import MeantimeError
from course.mentions import mentions
from course.models import Delivery, DeliveryState, Reader, Report, Suppression
from course.statuses import counts, is_hard
from course.tokens import Purpose, Tokens

MOST_OCTETS = 1 << 20
LEAVE_OCTETS = 16 << 10  # what asks to leave says so in its subject
SOFT_DAYS = 3
SOFT_SPAN = timedelta(days=7)
# For so long after a mail, a report that names nothing but the address is about it.
LATELY = timedelta(days=10)


@dataclass(frozen=True)
class Said:
    """What a report says: the plain values of emails.bounces.verdict.Verdict."""

    kind: str
    address: str | None = None
    status: str | None = None
    message_id: str | None = None
    diagnostic: str = ""
    leave_token: str | None = None


@dataclass(frozen=True)
class Waiting:
    """A report that nobody has judged yet."""

    id: int
    raw: bytes
    recipients: tuple[str, ...]


@dataclass(frozen=True)
class _About:
    """Whom a report is about; all None where nothing of ours is named. `guessed` from an address, maybe a forger's."""

    reader: Reader | None = None
    delivery: Delivery | None = None
    guessed: bool = False


def receive(session: Session, raw: bytes, source: str, recipients: tuple[str, ...], now: datetime) -> bool:
    """Keep a mail that came back, to be judged soon; False when this very mail is there already.

    `recipients` are the envelope's, where they are known. What is beyond a mebibyte is not kept, nor much of a mail
    to `b+leave@`: anybody may write there.
    """
    # On its way by SMTP a mail gets other line ends than in a mailbox, and is the same.
    digest = sha256(raw.replace(b"\r\n", b"\n").strip()).hexdigest()
    kept = raw[: LEAVE_OCTETS if _can_only_leave(recipients) else MOST_OCTETS]
    row = Report(source=source, digest=digest, raw=kept, recipients=list(recipients), received_at=now)
    return _added(session, row)


def knows(session: Session, message_id: str) -> bool:
    """Whether a mail of this Message-ID left us."""
    return session.scalar(select(exists().where(Delivery.message_id == message_id))) or False


def waiting(session: Session, most: int) -> list[Waiting]:
    """The oldest reports that nobody has judged."""
    found = session.scalars(select(Report).where(Report.judged_at.is_(None)).order_by(Report.id).limit(most))
    return [Waiting(each.id, each.raw or b"", tuple(each.recipients)) for each in found]


def settle(session: Session, report_id: int, said: Said, tokens: Tokens, now: datetime) -> str | None:
    """Write the verdict down and do what follows. Returns the action; None when somebody else was faster."""
    mine = select(Report).where(Report.id == report_id, Report.judged_at.is_(None))
    report = session.scalars(mine.with_for_update(skip_locked=True, of=Report)).one_or_none()
    if report is None:
        return None
    if _can_only_leave(report.recipients):
        said = Said("other", leave_token=said.leave_token)
    about = _about(session, said, tokens, now, public=report.source == "listener")
    report.judged_at, report.kind, report.status = now, said.kind, said.status
    report.reply = said.diagnostic or None
    _note(report, about, report.received_at)
    session.flush()
    if said.leave_token:
        report.action = _leave(session, said.leave_token, tokens, now)
    else:
        report.action = _consequence(session, report, about, now)
    return report.action


def heard(session: Session, delivery: Delivery, status: str | None, reply: str, now: datetime) -> bool:
    """A server refused this mail for good while we were sending it. True when the address is suppressed now.

    `status` is what counts (emails.bounces.statuses.settle makes it of a code and words), `reply` the server's words.
    Call it after the delivery was recorded, with its enrollment locked.
    """
    if delivery.reader_id is None:
        return False
    told = f"{delivery.id} {delivery.attempts} {delivery.begun_at} {reply}"
    report = Report(
        source="courier",
        digest=sha256(told.encode()).hexdigest(),
        received_at=now,
        judged_at=now,
        kind="bounce",
        status=status,
        reply=reply,
        action="none",
    )
    about = _About(session.get_one(Reader, delivery.reader_id), delivery)
    _note(report, about, now)
    if not _added(session, report):
        return False
    report.action = _consequence(session, report, about, now)
    return report.action == "suppress"


def forget(session: Session, before: datetime, most: int) -> int:
    """Erase the text of up to `most` reports received before then, and the words of those that named nobody."""
    old = select(Report.id).where(Report.raw.is_not(None), Report.received_at < before).limit(most)
    found = list(session.scalars(old.order_by(Report.received_at)))
    if not found:
        return 0
    gone = update(Report).where(Report.id.in_(found)).execution_options(synchronize_session=False)
    session.execute(gone.values(raw=None, recipients=[]))
    session.execute(gone.where(Report.reader_id.is_(None)).values(reply=None))
    return len(found)


def erase(session: Session, email: str) -> int:
    """Erase the texts that hold this address, for a reader who is erased: what is about them goes with the row."""
    texts = or_(Report.raw.is_not(None), Report.reply.is_not(None))
    columns = select(Report.id, Report.raw, Report.reply, Report.recipients)
    found = []
    for each in session.execute(columns.where(texts).execution_options(yield_per=50)):
        around = "\n".join((each.reply or "", *each.recipients))
        if mentions(around.encode() + b"\n" + (each.raw or b""), email):
            found.append(each.id)
    gone = update(Report).where(Report.id.in_(found)).execution_options(synchronize_session=False)
    session.execute(gone.values(raw=None, reply=None, recipients=[]))
    return len(found)


def _can_only_leave(recipients: Iterable[str]) -> bool:
    return any(each.lower().startswith("b+leave@") for each in recipients)


def _added(session: Session, row: Report) -> bool:
    try:
        with session.begin_nested():
            session.add(row)
            session.flush()
    except IntegrityError:
        return False
    return True


def _about(session: Session, said: Said, tokens: Tokens, now: datetime, *, public: bool) -> _About:
    if said.message_id:
        named = select(Delivery).where(Delivery.message_id == said.message_id)
        delivery = session.scalars(named).first()
        if delivery is not None:
            return _About(delivery.reader, delivery)
    if public or not said.address:
        return _About()
    reader = session.scalars(select(Reader).where(Reader.digest == tokens.address_digest(said.address))).one_or_none()
    latest = _latest(session, reader, now) if reader else None
    return _About(reader, latest, guessed=True) if latest else _About()


def _latest(session: Session, reader: Reader, now: datetime) -> Delivery | None:
    """The last mail to this reader, if it was of late."""
    lately = Delivery.reader_id == reader.id, Delivery.begun_at > now - LATELY
    return session.scalars(select(Delivery).where(*lately).order_by(Delivery.begun_at.desc()).limit(1)).first()


def _note(report: Report, about: _About, otherwise: datetime) -> None:
    delivery = about.delivery
    report.reader_id = about.reader.id if about.reader else None
    report.delivery_id = delivery.id if delivery else None
    report.mailed_at = (delivery.sent_at or delivery.begun_at if delivery else None) or otherwise


def _consequence(session: Session, report: Report, about: _About, now: datetime) -> str:
    """What is done about the reader: "suppress", "count" or "none"."""
    if about.reader is None:
        return "none"
    if report.kind == "complaint":
        return "none" if about.guessed else _complained(session, about, now)
    if report.kind != "bounce":
        return "none"
    if not is_hard(report.status):
        if not counts(report.status):
            return "none"
        report.action = "count"
        session.flush()
        if not _given_up(session, report, about.reader):
            return "count"
    suppressions.suppress(session, about.reader.digest, suppressions.BOUNCE, now)
    return "suppress"


def _complained(session: Session, about: _About, now: datetime) -> str:
    assert about.reader is not None, "a complaint about nobody ends before"
    if about.delivery is not None and about.delivery.enrollment is not None:
        enrollment.leave(session, about.delivery.enrollment.handle, now)
    suppressions.suppress(session, about.reader.digest, suppressions.COMPLAINT, now)
    return "suppress"


def _leave(session: Session, token: str, tokens: Tokens, now: datetime) -> str:
    try:
        (handle,) = tokens.read(Purpose.LEAVE, token, now)
        enrollment.leave(session, handle, now)
    except (MeantimeError, ValueError):
        return "none"
    return "unsubscribe"


def _given_up(session: Session, report: Report, reader: Reader) -> bool:
    """Whether enough mails failed around the one that failed now: on three days, over a week or more.

    Only those count between which none was accepted: reports may come in any order, and whichever of them is told last
    finds all."""
    lifted = select(func.max(Suppression.ended_at)).where(
        Suppression.digest == reader.digest, Suppression.reason == suppressions.BOUNCE
    )
    before, after = _accepted_around(session, report)
    since = max(filter(None, (before, session.scalar(lifted))), default=None)
    failed = select(Report.mailed_at).where(Report.reader_id == reader.id, Report.action == "count")
    told = [each for each in session.scalars(failed) if each]
    moments = [each for each in told if (since is None or each > since) and (after is None or each < after)]
    days = {each.date() for each in moments}
    return len(days) >= SOFT_DAYS and max(moments) - min(moments) >= SOFT_SPAN


def _accepted_around(session: Session, report: Report) -> tuple[datetime | None, datetime | None]:
    """When mails to this reader were accepted and stayed so: the last before the one that failed, the next after it."""
    came_back = exists().where(Report.delivery_id == Delivery.id, Report.kind == "bounce")
    accepted = Delivery.reader_id == report.reader_id, Delivery.state == DeliveryState.SENT, ~came_back
    sent_at, moment = Delivery.sent_at, report.mailed_at
    last, following = func.max(sent_at).filter(sent_at < moment), func.min(sent_at).filter(sent_at > moment)
    before, after = session.execute(select(last, following).where(*accepted)).one()
    return before, after
