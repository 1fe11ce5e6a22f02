"""How far readers are: enrollments, the outbox's deliveries, pauses and chores."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from course.database import Base, Word, partial_index
from course.models.catalog import Course, Lesson
from course.models.people import Admin, Reader


class EnrollmentState(StrEnum):
    """Where one reader stands in one course."""

    PENDING = "pending"
    ACTIVE = "active"
    PAUSED = "paused"
    COMPLETED = "completed"
    ENDED = "ended"


class Kind(StrEnum):
    """What a delivery carries."""

    LESSON = "lesson"
    REPEAT = "repeat"
    CONFIRMATION = "confirmation"
    COMPLETION = "completion"
    SIGN_IN = "sign_in"
    TEST = "test"
    ALARM = "alarm"


class DeliveryState(StrEnum):
    """The life of a delivery; the arrows are in ARCHITECTURE.md, the verbs in course.outbox."""

    PLANNED = "planned"
    CLAIMED = "claimed"
    SENDING = "sending"
    UNCERTAIN = "uncertain"
    SENT = "sent"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"
    FAILED = "failed"


OPEN_STATES = ("planned", "claimed", "sending", "uncertain", "failed")
IN_TROUBLE = "state IN ('failed', 'uncertain')"
# A sign-up that nobody has answered, or that somebody left before answering.
UNANSWERED = "(enrollments.state = 'pending' OR enrollments.confirmed_at IS NULL)"
DUE_LESSON = "due_at IS NOT NULL AND priority = 1"
OPEN_LESSON = f"kind = 'lesson' AND state IN {OPEN_STATES}"
RECEIPT_STATES = ("sent", "skipped")
RECEIPT = f"kind = 'lesson' AND state IN {RECEIPT_STATES}"


class Enrollment(Base):
    """One reader taking one course, run n."""

    __tablename__ = "enrollments"
    __table_args__ = (
        UniqueConstraint("reader_id", "course_id", "run", name="one_enrollment_per_run"),
        Index("enrollments_of_a_course", "course_id", "id"),
        # What is forgotten after a week: few rows among very many.
        partial_index("enrollments_unanswered", "asked_at", where=UNANSWERED.replace("enrollments.", "")),
        CheckConstraint("state IN ('pending', 'active', 'paused', 'completed', 'ended')", name="known_state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    handle: Mapped[str] = mapped_column(Text, unique=True)
    reader_id: Mapped[int] = mapped_column(ForeignKey("readers.id", ondelete="CASCADE"))
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"))
    run: Mapped[int] = mapped_column(default=1)
    state: Mapped[EnrollmentState] = mapped_column(Word(EnrollmentState))
    # Name, zone and hour from the form: they become the reader's only when the address is confirmed.
    wishes: Mapped[dict[str, str | None]] = mapped_column(JSON, default=dict)
    created_at: Mapped[datetime]
    asked_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    # The instant from which the awaited lesson's wait counts, unless a lesson was sent after it.
    anchor_at: Mapped[datetime | None]
    # A wait that stands in for the awaited lesson's own until a lesson is sent: who comes back does not wait again.
    anchor_wait: Mapped[str | None] = mapped_column(Text)
    paused_until: Mapped[datetime | None]
    # It stays while a reader who had finished is on the way again for what was added.
    finished_at: Mapped[datetime | None]

    reader: Mapped[Reader] = relationship()
    course: Mapped[Course] = relationship()


class Delivery(Base):
    """The plan and the record of one email to one address. Changed by the verbs of course.outbox alone."""

    __tablename__ = "deliveries"
    __table_args__ = (
        # advance() may run twice for one event: the second finds its row.
        partial_index("one_delivery_per_lesson", "enrollment_id", "lesson_id", where="kind = 'lesson'", unique=True),
        # Order: a reader never has two lessons under way in one course.
        partial_index("one_open_lesson_per_enrollment", "enrollment_id", where=OPEN_LESSON, unique=True),
        # A repeat is asked for once per request, however often the button is pressed.
        UniqueConstraint("request_key", name="one_delivery_per_request"),
        # What a reader has had, told without looking at the rows: a preview asks it of everybody.
        partial_index(
            "receipts", "enrollment_id", "state", "lesson_id", "sent_at", "slot_at", "day_based", where=RECEIPT
        ),
        # What the tick counts and a claim takes: a row is claimable if and only if it has a due time.
        partial_index("deliveries_due", "priority", "due_at", where="due_at IS NOT NULL"),
        # What makes a claim fair: each course's oldest due lessons, without looking at the others'.
        partial_index("deliveries_due_by_course", "course_id", "due_at", where=DUE_LESSON),
        # What rescue looks through.
        partial_index("deliveries_leased", "lease_until", where="lease_until IS NOT NULL"),
        # A bounce comes back with nothing but this.
        partial_index("deliveries_by_message_id", "message_id", where="message_id IS NOT NULL"),
        # What waits for an admin: few rows among very many.
        partial_index("deliveries_in_trouble", "state", "id", where=IN_TROUBLE),
        Index("deliveries_of_an_enrollment", "enrollment_id"),
        Index("deliveries_of_a_reader", "reader_id"),
        CheckConstraint("due_at IS NULL OR state IN ('planned', 'uncertain')", name="due_means_claimable"),
        CheckConstraint("(reader_id IS NULL) <> (admin_id IS NULL)", name="one_recipient"),
        CheckConstraint(
            "kind <> 'lesson' OR (enrollment_id IS NOT NULL AND lesson_id IS NOT NULL)", name="lesson_has_its_place"
        ),
        CheckConstraint(
            "kind IN ('lesson', 'repeat', 'confirmation', 'completion', 'sign_in', 'test', 'alarm')", name="known_kind"
        ),
        CheckConstraint(
            "state IN ('planned', 'claimed', 'sending', 'uncertain', 'sent', 'skipped', 'cancelled', 'failed')",
            name="known_state",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[Kind] = mapped_column(Word(Kind))
    state: Mapped[DeliveryState] = mapped_column(Word(DeliveryState))
    # 0: somebody is waiting for it at the screen; 1: on schedule.
    priority: Mapped[int]
    enrollment_id: Mapped[int | None] = mapped_column(ForeignKey("enrollments.id", ondelete="CASCADE"))
    lesson_id: Mapped[int | None] = mapped_column(ForeignKey("lessons.id"))
    # The enrollment's course once more, for the index of what is due.
    course_id: Mapped[int | None]
    reader_id: Mapped[int | None] = mapped_column(ForeignKey("readers.id", ondelete="CASCADE"))
    admin_id: Mapped[int | None] = mapped_column(ForeignKey("admins.id", ondelete="CASCADE"))
    request_key: Mapped[str | None] = mapped_column(Text)

    # The plan: under which edition and wishes it was computed, and what it said.
    edition_id: Mapped[int | None] = mapped_column(ForeignKey("editions.id"))
    wishes_number: Mapped[int | None]
    slot_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    # A day-based lesson keeps the gap to the next one; what the reader asked for just now asks no schedule.
    day_based: Mapped[bool] = mapped_column(default=False)
    asked: Mapped[bool] = mapped_column(default=False)
    useless_after: Mapped[datetime | None]
    # Sign-in links and the like: values that no other row can give. Erased once sent.
    secrets: Mapped[dict[str, str] | None] = mapped_column(JSON)

    # The claim: who has it, until when; a worker whose claim id is gone begins nothing.
    claim_id: Mapped[str | None] = mapped_column(Text)
    lease_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    first_tried_at: Mapped[datetime | None]
    repeats: Mapped[int] = mapped_column(default=0)

    # The record: enough to make the same bytes again, without storing them.
    compilation_id: Mapped[int | None] = mapped_column(ForeignKey("compilations.id"))
    revision_id: Mapped[int | None] = mapped_column(ForeignKey("revisions.id"))
    values: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    begun_at: Mapped[datetime | None]
    digest: Mapped[str | None] = mapped_column(Text)
    message_id: Mapped[str | None] = mapped_column(Text)
    size: Mapped[int | None]
    # When it became a receipt: accepted by the mail server, or skipped.
    sent_at: Mapped[datetime | None]
    reply: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]

    enrollment: Mapped[Enrollment | None] = relationship()
    lesson: Mapped[Lesson | None] = relationship()
    reader: Mapped[Reader | None] = relationship()
    admin: Mapped[Admin | None] = relationship()


class Pause(Base):
    """A time in which nothing was sent: of a whole course, or (enrollment given) of one reader in it."""

    __tablename__ = "pauses"

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"), index=True)
    enrollment_id: Mapped[int | None] = mapped_column(ForeignKey("enrollments.id", ondelete="CASCADE"), index=True)
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    # How the time inside counts once it is over: original dates, restart, active time.
    mode: Mapped[str | None] = mapped_column(Text)


class Sign(Base):
    """A sign of life: the reader said that they have done what a lesson asked for."""

    __tablename__ = "signs"
    __table_args__ = (UniqueConstraint("enrollment_id", "lesson_id", name="one_sign_per_lesson"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    enrollment_id: Mapped[int] = mapped_column(ForeignKey("enrollments.id", ondelete="CASCADE"))
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lessons.id", ondelete="CASCADE"))
    said_at: Mapped[datetime]


class Chore(Base):
    """Long work as a row: the tick takes it in bounded steps, and a crash loses at most one step's progress."""

    __tablename__ = "chores"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'done', 'failed')", name="known_state"),
        partial_index("chores_open", "id", where="state = 'open'"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    course_id: Mapped[int | None] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"))
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    cursor: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(Text, default="open")
    claim_id: Mapped[str | None] = mapped_column(Text)
    lease_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
