"""From a delivery to a message: which compilation, which values, which headers.

What a mail is made of is written into its row when it begins: the compilation, plain values, the instant. `again`
makes the same bytes from those alone, and notices when it cannot.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from course.models import Compilation, Delivery, House, Kind
from course.moments import Departure
from course.outbox import Record
from course.sequence import Sequence, published_sequence
from course.settings import Settings
from course.standing import following, forecast, standing_of
from course.tokens import Tokens
from emails.dkim import Signer
from emails.errors import EmailsError
from emails.letter import Address, Compiled, Headers, Message
from emails.links import Links
from emails.press import print_message
from emails.uses import values_in, values_used
from emails.wording import SUBJECTS, Coming, Errand, Values, Wording, errand_of

LETTERS = {
    Kind.CONFIRMATION: "confirmation",
    Kind.COMPLETION: "completion",
    Kind.SIGN_IN: "already_in",
}
BULK = frozenset({Kind.LESSON, Kind.REPEAT, Kind.COMPLETION})
_SUBJECT_VALUES = frozenset(f"{group}.subject" for group in SUBJECTS)
REMEMBERED = 400
# An alarm that is so late had no other relay to go over.
ALARM_WAITED = timedelta(minutes=3)


class Uncomposable(EmailsError):
    """A delivery of which no message can be made; it fails visibly and the others flow."""


class NotTheSame(Uncomposable):
    """An uncertain mail cannot be made again byte for byte; an admin decides."""


@dataclass(frozen=True)
class Made:
    """A message, what begin writes down so that it can be made again, and which lesson it announced for when."""

    message: Message
    record: Record
    coming: Coming = None


@dataclass(frozen=True)
class Parts:
    """What a message is made of: all of it is stored when the mail begins."""

    compilation_id: int
    values: Mapping[str, Mapping[str, Any]]
    at: datetime
    message_id: str


@dataclass(frozen=True)
class Kept:
    """A compilation as it is kept in memory: immutable, with the names of the values that it uses (None: all)."""

    compilation_id: int
    compiled: Compiled
    uses: frozenset[str] | None

    @cached_property
    def links(self) -> frozenset[str] | None:
        """The links that it makes use of; None: perhaps all."""
        fields = (name.partition(".") for name in self.uses or ())
        return None if self.uses is None else frozenset(field for group, _, field in fields if group == "links")

    @cached_property
    def subjects(self) -> tuple[str, ...]:
        """The lessons whose subjects it mentions."""
        return tuple(group for group in SUBJECTS if self.uses is None or f"{group}.subject" in self.uses)


@dataclass(frozen=True)
class Common:
    """What the mails of one departure have in common: all but the reader. `subjects` are filled in for each of them."""

    kept: Kept
    revision_id: int
    values: Values
    head: Mapping[str, Any]
    coming: Coming
    subjects: Collection[str]


@dataclass(frozen=True)
class Composer:
    """Composes the mails of one installation."""

    settings: Settings
    tokens: Tokens

    @cached_property
    def links(self) -> Links:
        """The installation's links."""
        return Links(self.settings.base_url, self.tokens)

    @cached_property
    def wording(self) -> Wording:
        """What the installation's letters say."""
        return Wording(self.settings, self.links)

    @cached_property
    def signer(self) -> Signer | None:
        """What signs the mails; None without a key."""
        return Signer(self.settings.dkim_keys) if self.settings.dkim_keys else None

    def compose(self, session: Session, delivery: Delivery, now: datetime) -> Made:
        """The message of a claimed delivery, made for the first time. Raises EmailsError."""
        errand = errand_of(delivery)
        compilation_id, values = self._ingredients(session, delivery, errand, now)
        parts = Parts(compilation_id, values, now, self._message_id(errand))
        return self._made(keep(session, compilation_id), errand, parts, _revision(session, delivery))

    def common(self, departure: Departure, kept: Kept, now: datetime) -> Common:
        """What the mails of a departure have in common."""
        nobody = Errand(Kind.LESSON, name="", email="", lesson_key=departure.lesson.key)
        head = self.wording.letterhead(nobody, departure.sequence)
        values = self.wording.shared(departure.sequence, departure.lesson, _later(departure.coming, now))
        greeting = [group for group in SUBJECTS if "{" in str(values[group]["subject"])]
        mentioned = SUBJECTS if _mention_each_other(values, greeting) else kept.subjects
        read = [group for group in greeting if group in mentioned]
        values |= {group: {**values[group], "subject": ""} for group in greeting if group not in read}
        return Common(kept, departure.lesson.revision_id, values, head, departure.coming, read)

    def compose_lesson(self, common: Common, errand: Errand, now: datetime) -> Made:
        """The message of a lesson of which everything is known: no database is asked. Raises EmailsError."""
        values = self.wording.greeting(common.values, errand, common.subjects)
        values["head"] = {**common.head, "to": errand.name}
        parts = Parts(common.kept.compilation_id, values, now, self._message_id(errand))
        return replace(self._made(common.kept, errand, parts, common.revision_id), coming=common.coming)

    def again(self, session: Session, delivery: Delivery) -> Message:
        """The same bytes once more, for a mail that is uncertain. Raises NotTheSame."""
        assert delivery.compilation_id and delivery.begun_at and delivery.message_id and delivery.values
        parts = Parts(delivery.compilation_id, delivery.values, delivery.begun_at, delivery.message_id)
        message = self._make(keep(session, delivery.compilation_id), errand_of(delivery), parts)
        if message.digest != delivery.digest:
            raise NotTheSame("Settings or the reader's address have changed since this mail was made.")
        return message

    def _made(self, kept: Kept, errand: Errand, parts: Parts, revision_id: int | None) -> Made:
        message = self._make(kept, errand, parts)
        record = Record(
            compilation_id=parts.compilation_id,
            revision_id=revision_id,
            values={group: dict(fields) for group, fields in parts.values.items()},
            digest=message.digest,
            message_id=parts.message_id,
            size=len(message.data),
        )
        return Made(message, record)

    def _make(self, kept: Kept, errand: Errand, parts: Parts) -> Message:
        head = parts.values["head"]
        values = {group: fields for group, fields in parts.values.items() if group != "head"}
        links = self.wording.links_of(errand, str(head["may"]).split(), kept.links)
        values["links"] = links
        leave = links["unsubscribe"] if errand.kind in BULK and errand.handle else None
        printed = print_message(kept.compiled, values, self._headers(errand, parts, leave), self.signer)
        token = parts.message_id.strip("<>").partition("@")[0]
        sender = f"b+{token}@{self.settings.mail_domain}"
        return Message(sender, errand.email, printed.data, printed.digest, tidy=True)

    def _headers(self, errand: Errand, parts: Parts, leave: str | None) -> Headers:
        head, bulk = parts.values["head"], errand.kind in BULK
        return Headers(
            sender=Address(str(head["name"]), str(head["email"])),
            recipient=Address(str(head["to"]), errand.email),
            date=parts.at,
            message_id=parts.message_id,
            reply_to=str(head["reply_to"]) or None,
            unsubscribe_url=leave,
            unsubscribe_mailto=_mailto(self.settings.leave_address, leave) if leave else None,
            list_id=str(head["list_id"]) or None if bulk else None,
            feedback_id=str(head["feedback_id"]) or None if bulk else None,
            bulk=bulk,
        )

    def _message_id(self, errand: Errand) -> str:
        return f"<{self.tokens.message_id_local_part(*errand.identity)}@{self.settings.mail_domain}>"

    def _ingredients(
        self, session: Session, delivery: Delivery, errand: Errand, now: datetime
    ) -> tuple[int, Mapping[str, Mapping[str, Any]]]:
        """Which compilation, and the values with the letterhead."""
        if delivery.enrollment is None:
            found = delivery.compilation_id or session.get_one(House, 1).sign_in_id
            if found is None:
                raise Uncomposable("The house's letters are not compiled yet; run meantime init.")
            values = self.wording.for_admin(errand, delivery.values or {})
            if delivery.kind is Kind.ALARM:
                waited = "yes" if now - delivery.created_at > ALARM_WAITED else ""
                values["fields"] = {**values["fields"], "waited": waited}
            return found, {**values, "head": self.wording.letterhead(errand, None)}
        sequence = published_sequence(session, delivery.enrollment.course_id)
        standing = standing_of(session, delivery.enrollment)
        lesson = sequence.find(delivery.lesson_id)
        coming = _later(following(standing, lesson, now) if lesson else None, now)
        values = self.wording.values(errand, sequence, lesson, coming)
        if delivery.kind is Kind.SIGN_IN:
            awaited = None if standing.held else next(forecast(standing), None)
            values = self.wording.awaited(values, errand, sequence, _later(awaited, now))
        head = self.wording.letterhead(errand, sequence)
        return _compilation_of(sequence, delivery), {**values, "head": head}


def compiled(session: Session, compilation_id: int) -> Compiled:
    """A compilation as the renderer takes it."""
    return keep(session, compilation_id).compiled


def keep(session: Session, compilation_id: int) -> Kept:
    """A compilation, read once and kept."""
    kept = _kept.setdefault(session.get_bind().engine, {})
    if compilation_id not in kept:
        if len(kept) >= REMEMBERED:
            kept.clear()
        row = session.get_one(Compilation, compilation_id)
        whole = Compiled(row.subject, row.html, row.text, tuple(row.links), row.compiler)
        kept[compilation_id] = Kept(compilation_id, whole, values_used(whole))
    return kept[compilation_id]


_kept: WeakKeyDictionary[Engine, dict[int, Kept]] = WeakKeyDictionary()


def _compilation_of(sequence: Sequence, delivery: Delivery) -> int:
    """What a repeat was asked for with; anything else is what stands in the published edition now."""
    lesson = sequence.find(delivery.lesson_id)
    found = lesson.compilation_id if lesson else sequence.letters.get(LETTERS.get(delivery.kind, ""))
    if delivery.kind is Kind.REPEAT:
        found = delivery.compilation_id or found
    if found is None:
        raise Uncomposable("There is no compiled text for this mail; publish the course again.")
    return found


def _mention_each_other(values: Values, subjects: Collection[str]) -> bool:
    used = [values_in(str(values[group]["subject"])) for group in subjects]
    return any(names is None or not names.isdisjoint(_SUBJECT_VALUES) for names in used)


def _revision(session: Session, delivery: Delivery) -> int | None:
    if delivery.enrollment is None or delivery.lesson_id is None:
        return delivery.revision_id
    if delivery.kind is Kind.REPEAT and delivery.compilation_id:
        return delivery.revision_id
    lesson = published_sequence(session, delivery.enrollment.course_id).find(delivery.lesson_id)
    return lesson.revision_id if lesson else None


def _later(coming: Coming, now: datetime) -> Coming:
    """A date that is over is not announced."""
    return coming if coming is not None and coming[1].at > now else None


def _mailto(address: str, leave: str) -> str:
    return f"mailto:{address}?subject=unsubscribe%20{leave.rpartition('/')[2]}"
