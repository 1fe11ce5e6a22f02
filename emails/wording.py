"""What a letter says of its reader and its course: from the domain's values to plain ones that templates may use."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from course.folder.source import READER_RIGHTS
from course.models import Delivery, Kind
from course.schedule import Slot
from course.sequence import Sequence, SequenceLesson
from course.settings import Settings
from emails.dates import in_words
from emails.links import Links
from emails.render import render_subject
from emails.sandbox import sample_values

Values = dict[str, dict[str, str | int]]
Coming = tuple[SequenceLesson, Slot] | None

# The groups of values that hold an author's subject.
SUBJECTS = ("lesson", "next_lesson")
# Which right of a reader each of these links is about.
RIGHTS = {"next_now": "next_now", "pause": "pause", "slower": "pace", "faster": "pace"}


@dataclass(frozen=True)
class Errand:
    """What one mail is about, as plain values: to whom, in which enrollment, with which lesson.

    `when` tells mails of one kind apart: a request's key or an instant. `token` is a sign-in link's."""

    kind: Kind
    name: str
    email: str
    handle: str | None = None
    lesson_key: str | None = None
    when: str = ""
    expires: datetime | None = None
    token: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)

    @property
    def identity(self) -> tuple[str, ...]:
        """What makes this mail itself: never a row's number, which a restored backup could give twice."""
        return (str(self.kind), self.handle or f"admin {self.email}", self.lesson_key or "", self.when)


def errand_of(delivery: Delivery) -> Errand:
    """The errand of a delivery's row."""
    recipient = delivery.reader or delivery.admin
    assert recipient is not None, "a check constraint keeps one recipient"
    # Lessons are once per run. Everything else may come again, at another moment.
    when = delivery.request_key or ("" if delivery.kind is Kind.LESSON else delivery.created_at.isoformat())
    return Errand(
        kind=delivery.kind,
        name="" if delivery.kind is Kind.CONFIRMATION else recipient.name,
        email=recipient.email,
        handle=delivery.enrollment.handle if delivery.enrollment else None,
        lesson_key=delivery.lesson.key if delivery.lesson else None,
        when=when,
        expires=delivery.useless_after,
        token=(delivery.secrets or {}).get("token", ""),
        # Anybody may have typed this address into the form.
        fields={} if delivery.kind is Kind.CONFIRMATION or delivery.reader is None else delivery.reader.fields,
    )


@dataclass(frozen=True)
class Wording:
    """Makes the values of one installation's letters."""

    settings: Settings
    links: Links

    def values(self, errand: Errand, sequence: Sequence, lesson: SequenceLesson | None, coming: Coming) -> Values:
        """What a letter to a reader may say, but the links: they are made anew from the handles."""
        return self.greeting(self.shared(sequence, lesson, coming), errand)

    def shared(self, sequence: Sequence, lesson: SequenceLesson | None, coming: Coming) -> Values:
        """What all readers of a letter have in common; subjects may hold tags."""
        course = sequence.course
        return {
            "course": {"title": course.title, "slug": course.slug, "url": self.links.course(course.slug)},
            "lesson": {
                "number": sequence.number_of(lesson.lesson_id) if lesson else 0,
                "count": len(sequence.lessons),
                "subject": lesson.source.subject if lesson else "",
            },
            "next_lesson": _in_letters(sequence, coming),
            "sender": self._sender(course.sender.name),
            "house": {"name": self.settings.house_name},
        }

    def greeting(self, shared: Values, errand: Errand, subjects: Collection[str] = SUBJECTS) -> Values:
        """The same with one reader's own; these `subjects` are filled in, as they are authors' text."""
        values: Values = {"reader": {"name": errand.name}, "fields": dict(errand.fields), **shared}
        for group in subjects:
            subject = str(values[group]["subject"])
            if "{" in subject:
                links = self.links_of(errand, ()) if "links" in subject else {}
                subject = render_subject(subject, {**values, "links": links})
                values[group] = {**values[group], "subject": subject}
        return values

    def awaited(self, values: Values, errand: Errand, sequence: Sequence, coming: Coming) -> Values:
        """The same for who is in the course already: what comes next to them."""
        return self.greeting({**values, "next_lesson": _in_letters(sequence, coming)}, errand)

    def for_admin(self, errand: Errand, own: Mapping[str, Mapping[str, Any]]) -> Values:
        """A sign-in link, an alarm, or a test of a lesson, with sample values in place of a reader's."""
        values = {group: dict(fields) for group, fields in sample_values().items() if group != "links"}
        values |= {"sender": self._sender(self.settings.house_name), "house": {"name": self.settings.house_name}}
        if errand.kind in {Kind.TEST, Kind.ALARM}:
            values |= {group: dict(fields) for group, fields in own.items()}
        return values

    def letterhead(self, errand: Errand, sequence: Sequence | None) -> dict[str, Any]:
        """Who sends, and what the headers say of the course; for admins the house does."""
        if sequence is None:
            head = {"name": self.settings.house_name, "email": self.settings.sender_address, "reply_to": ""}
            rights: Collection[str] = READER_RIGHTS
            return head | {"to": errand.name, "may": " ".join(rights), "list_id": "", "feedback_id": ""}
        sender, slug = sequence.course.sender, sequence.course.slug
        return {
            "name": sender.name,
            "email": sender.email or self.settings.sender_address,
            "reply_to": sender.reply_to or "",
            "list_id": f"{slug}.{self.settings.mail_domain}",
            "feedback_id": f"{errand.lesson_key or errand.kind}:{slug}:{errand.kind}:meantime",
            "to": errand.name,
            "may": " ".join(sorted(sequence.course.reader_may)),
        }

    def links_of(self, errand: Errand, rights: Collection[str], used: Collection[str] | None = None) -> dict[str, str]:
        """The links of one letter, or those of them that are used; what the course does not allow is left empty."""
        if errand.handle is None:
            samples = {name: str(value) for name, value in sample_values()["links"].items()}
            page = {"reader_page": self.links.desk} if errand.kind is Kind.ALARM else {}
            return {**samples, "sign_in": self.links.sign_in(errand.token), **page}
        links = self.links.for_reader(errand.handle, errand.lesson_key, errand.expires, used)
        return {**links, **{name: "" for name, right in RIGHTS.items() if right not in rights}}

    def _sender(self, name: str) -> dict[str, str | int]:
        return {"name": name, "postal_address": self.settings.postal_address}


def _in_letters(sequence: Sequence, coming: Coming) -> dict[str, str | int]:
    if coming is None:
        return {"date": "", "subject": ""}
    lesson, slot = coming
    date = _in_words(slot.local.replace(tzinfo=None), sequence.course.language)
    return {"date": date, "subject": lesson.source.subject}


@lru_cache(maxsize=4096)
def _in_words(wall_time: datetime, language: str) -> str:
    """Thousands of readers hear of the same day. Two instants are equal whatever their zone, wall times are not."""
    return in_words(wall_time, language)
