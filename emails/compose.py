"""From a delivery to a message: which compilation, which values, which headers.

What a mail is made of is written into its row when it begins: the compilation, plain values, the instant. `again`
makes the same bytes from those alone, and notices when it cannot.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from course.folder.source import READER_RIGHTS
from course.models import Compilation, Delivery, Enrollment, House, Kind
from course.outbox import Record
from course.schedule import Slot
from course.sequence import Sequence, SequenceLesson, published_sequence
from course.settings import Settings
from course.standing import following, forecast, standing_of
from course.tokens import Tokens
from emails.dates import in_words
from emails.errors import EmailsError
from emails.letter import Address, Compiled, Headers, Message
from emails.links import Links
from emails.mime import assemble
from emails.render import render, render_subject
from emails.sandbox import sample_values

Values = dict[str, dict[str, str | int]]

LETTERS = {
    Kind.CONFIRMATION: "confirmation",
    Kind.COMPLETION: "completion",
    Kind.SIGN_IN: "already_in",
}
BULK = frozenset({Kind.LESSON, Kind.REPEAT, Kind.COMPLETION})
REMEMBERED = 400
# Which right of a reader each of these links is about.
RIGHTS = {"next_now": "next_now", "pause": "pause", "slower": "pace", "faster": "pace"}


class Uncomposable(EmailsError):
    """A delivery of which no message can be made; it fails visibly and the others flow."""


class NotTheSame(Uncomposable):
    """An uncertain mail cannot be made again byte for byte; an admin decides."""


@dataclass(frozen=True)
class Made:
    """A message, and what begin writes down so that it can be made again."""

    message: Message
    record: Record


@dataclass(frozen=True)
class Composer:
    """Composes the mails of one installation."""

    settings: Settings
    tokens: Tokens

    @property
    def links(self) -> Links:
        """The installation's links."""
        return Links(self.settings.base_url, self.tokens)

    def compose(self, session: Session, delivery: Delivery, now: datetime) -> Made:
        """The message of a claimed delivery, made for the first time. Raises EmailsError."""
        compilation_id, values, head = self._ingredients(session, delivery, now)
        message_id = f"<{self.tokens.message_id_local_part(*_identity(delivery))}@{self.settings.mail_domain}>"
        stored = {**values, "head": head}
        message = self._make(session, delivery, Parts(compilation_id, stored, now, message_id))
        record = Record(
            compilation_id=compilation_id,
            revision_id=_revision(session, delivery),
            values=stored,
            digest=sha256(message.data).hexdigest(),
            message_id=message_id,
            size=len(message.data),
        )
        return Made(message, record)

    def again(self, session: Session, delivery: Delivery) -> Message:
        """The same bytes once more, for a mail that is uncertain. Raises NotTheSame."""
        assert delivery.compilation_id and delivery.begun_at and delivery.message_id and delivery.values
        parts = Parts(delivery.compilation_id, delivery.values, delivery.begun_at, delivery.message_id)
        message = self._make(session, delivery, parts)
        if sha256(message.data).hexdigest() != delivery.digest:
            raise NotTheSame("Settings or the reader's address have changed since this mail was made.")
        return message

    def _make(self, session: Session, delivery: Delivery, parts: "Parts") -> Message:
        values = {group: fields for group, fields in parts.values.items() if group != "head"}
        links = self._links(delivery, str(parts.values["head"]["may"]).split())
        rendered = render(compiled(session, parts.compilation_id), {**values, "links": links})
        return self._address(delivery, assemble(rendered, self._headers(delivery, parts)), parts)

    def _address(self, delivery: Delivery, data: bytes, parts: "Parts") -> Message:
        token = parts.message_id.strip("<>").partition("@")[0]
        return Message(f"b+{token}@{self.settings.mail_domain}", _recipient(delivery)[1], data)

    def _headers(self, delivery: Delivery, parts: "Parts") -> Headers:
        head, bulk = parts.values["head"], delivery.kind in BULK
        leave = self.links.leave(delivery.enrollment.handle) if bulk and delivery.enrollment else None
        return Headers(
            sender=Address(str(head["name"]), str(head["email"])),
            recipient=Address(str(head["to"]), _recipient(delivery)[1]),
            date=parts.at,
            message_id=parts.message_id,
            reply_to=str(head["reply_to"]) or None,
            unsubscribe_url=leave,
            unsubscribe_mailto=_mailto(self.settings.leave_address, leave) if leave else None,
            list_id=str(head["list_id"]) or None if bulk else None,
            feedback_id=str(head["feedback_id"]) or None if bulk else None,
            bulk=bulk,
        )

    def _links(self, delivery: Delivery, rights: Collection[str]) -> dict[str, str]:
        """The links of one letter; what the course does not allow its readers is left empty."""
        if delivery.enrollment is None:
            samples = {name: str(value) for name, value in sample_values()["links"].items()}
            return {**samples, "sign_in": self.links.sign_in((delivery.secrets or {}).get("token", ""))}
        key = delivery.lesson.key if delivery.lesson else None
        links = self.links.for_reader(delivery.enrollment.handle, key, delivery.useless_after)
        return {**links, **{name: "" for name, right in RIGHTS.items() if right not in rights}}

    def _ingredients(self, session: Session, delivery: Delivery, now: datetime) -> tuple[int, Values, dict[str, Any]]:
        if delivery.enrollment is None:
            return self._for_admin(session, delivery)
        sequence = published_sequence(session, delivery.enrollment.course_id)
        compilation_id = _compilation_of(sequence, delivery)
        values = self.values(session, delivery.enrollment, sequence, delivery.lesson_id, now)
        if delivery.kind is Kind.SIGN_IN:
            values["next_lesson"] = _awaited_lesson(session, delivery.enrollment, now)
            values = _personal(values, self._links(delivery, ()))
        if delivery.kind is Kind.CONFIRMATION:
            # Anybody may have typed this name and this address into the form.
            values |= {"reader": {"name": ""}, "fields": {}}
        return compilation_id, values, self._letterhead(sequence, delivery)

    def _for_admin(self, session: Session, delivery: Delivery) -> tuple[int, Values, dict[str, Any]]:
        """A sign-in link, or a test of a lesson with sample values."""
        compilation_id = delivery.compilation_id or session.get_one(House, 1).sign_in_id
        if compilation_id is None:
            raise Uncomposable("The house's letters are not compiled yet; run meantime init.")
        head = {"name": self.settings.house_name, "email": self.settings.sender_address, "reply_to": ""}
        head |= {"to": _recipient(delivery)[0], "may": " ".join(READER_RIGHTS)}
        values = {group: dict(fields) for group, fields in sample_values().items() if group != "links"}
        values["sender"] = self._sender(self.settings.house_name)
        values["house"] = {"name": self.settings.house_name}
        if delivery.kind is Kind.TEST:
            values |= {group: dict(fields) for group, fields in (delivery.values or {}).items()}
        return compilation_id, values, {**head, "list_id": "", "feedback_id": ""}

    def values(
        self, session: Session, enrollment: Enrollment, sequence: Sequence, lesson_id: int | None, now: datetime
    ) -> Values:
        """What a letter to this reader may say, but the links: they are made anew from the handles."""
        course = sequence.course
        lesson = sequence.find(lesson_id)
        values: Values = {
            "reader": {"name": enrollment.reader.name},
            "fields": dict(enrollment.reader.fields),
            "course": {"title": course.title, "slug": course.slug, "url": self.links.course(course.slug)},
            "lesson": {
                "number": sequence.number_of(lesson_id or 0),
                "count": len(sequence.lessons),
                "subject": lesson.source.subject if lesson else "",
            },
            "next_lesson": _next_lesson(session, enrollment, lesson_id, now),
            "sender": self._sender(course.sender.name),
            "house": {"name": self.settings.house_name},
        }
        return _personal(values, self.links.for_reader(enrollment.handle, None, None))

    def _sender(self, name: str) -> dict[str, str | int]:
        return {"name": name, "postal_address": self.settings.postal_address}

    def _letterhead(self, sequence: Sequence, delivery: Delivery) -> dict[str, Any]:
        sender, slug = sequence.course.sender, sequence.course.slug
        key = delivery.lesson.key if delivery.lesson else str(delivery.kind)
        return {
            "name": sender.name,
            "email": sender.email or self.settings.sender_address,
            "reply_to": sender.reply_to or "",
            "list_id": f"{slug}.{self.settings.mail_domain}",
            "feedback_id": f"{key}:{slug}:{delivery.kind}:meantime",
            "to": _recipient(delivery)[0],
            "may": " ".join(sorted(sequence.course.reader_may)),
        }


@dataclass(frozen=True)
class Parts:
    """What a message is made of: all of it is stored when the mail begins."""

    compilation_id: int
    values: Mapping[str, Mapping[str, Any]]
    at: datetime
    message_id: str


def compiled(session: Session, compilation_id: int) -> Compiled:
    """A compilation as the renderer takes it; immutable, so kept once read."""
    kept = _kept.setdefault(session.get_bind().engine, {})
    if compilation_id not in kept:
        if len(kept) >= REMEMBERED:
            kept.clear()
        row = session.get_one(Compilation, compilation_id)
        kept[compilation_id] = Compiled(row.subject, row.html, row.text, tuple(row.links), row.compiler)
    return kept[compilation_id]


_kept: WeakKeyDictionary[Engine, dict[int, Compiled]] = WeakKeyDictionary()


def _identity(delivery: Delivery) -> tuple[str, ...]:
    """What makes this mail itself: never a row's number, which a restored backup could give twice."""
    who = (
        delivery.enrollment.handle if delivery.enrollment else f"admin {delivery.admin.email if delivery.admin else ''}"
    )
    what = delivery.lesson.key if delivery.lesson else ""
    # Lessons are once per run. Everything else may come again, at another moment.
    when = delivery.request_key or ("" if delivery.kind is Kind.LESSON else delivery.created_at.isoformat())
    return (str(delivery.kind), who, what, when)


def _recipient(delivery: Delivery) -> tuple[str, str]:
    """Name and address."""
    if delivery.reader is not None:
        name = "" if delivery.kind is Kind.CONFIRMATION else delivery.reader.name
        return name, delivery.reader.email
    assert delivery.admin is not None, "a check constraint keeps one recipient"
    return delivery.admin.name, delivery.admin.email


def _compilation_of(sequence: Sequence, delivery: Delivery) -> int:
    """What a repeat was asked for with; anything else is what stands in the published edition now."""
    lesson = sequence.find(delivery.lesson_id)
    found = lesson.compilation_id if lesson else sequence.letters.get(LETTERS.get(delivery.kind, ""))
    if delivery.kind is Kind.REPEAT:
        found = delivery.compilation_id or found
    if found is None:
        raise Uncomposable("There is no compiled text for this mail; publish the course again.")
    return found


def _revision(session: Session, delivery: Delivery) -> int | None:
    if delivery.enrollment is None or delivery.lesson_id is None:
        return delivery.revision_id
    if delivery.kind is Kind.REPEAT and delivery.compilation_id:
        return delivery.revision_id
    lesson = published_sequence(session, delivery.enrollment.course_id).find(delivery.lesson_id)
    return lesson.revision_id if lesson else None


def _awaited_lesson(session: Session, enrollment: Enrollment, now: datetime) -> dict[str, str | int]:
    """The lesson that comes next to who is in the course already, if its hour is still to come."""
    standing = standing_of(session, enrollment)
    coming = None if standing.held else next(forecast(standing), None)
    return _in_letters(standing.sequence, coming, now)


def _next_lesson(
    session: Session, enrollment: Enrollment, lesson_id: int | None, now: datetime
) -> dict[str, str | int]:
    standing = standing_of(session, enrollment)
    lesson = standing.sequence.find(lesson_id)
    return _in_letters(standing.sequence, following(standing, lesson, now) if lesson else None, now)


def _in_letters(sequence: Sequence, coming: tuple[SequenceLesson, Slot] | None, now: datetime) -> dict[str, str | int]:
    if coming is None or coming[1].at <= now:
        return {"date": "", "subject": ""}
    lesson, slot = coming
    return {"date": in_words(slot.local, sequence.course.language), "subject": lesson.source.subject}


def _personal(values: Values, links: Mapping[str, str]) -> Values:
    """The same values, with subjects that greet the reader filled in: they are authors' text and may hold tags."""
    for group in ("lesson", "next_lesson"):
        subject = render_subject(str(values[group]["subject"]), {**values, "links": links})
        values[group] = {**values[group], "subject": subject}
    return values


def _mailto(address: str, leave: str) -> str:
    return f"mailto:{address}?subject=unsubscribe%20{leave.rpartition('/')[2]}"
