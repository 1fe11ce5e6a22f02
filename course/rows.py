"""What the desk's pages show, as frozen values: lists in pages, and the rows in them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from course.models import DeliveryState, EnrollmentState

ROWS = 50

T = TypeVar("T")


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page of a long list; `number` counts from 1, `total` all rows."""

    rows: tuple[T, ...]
    number: int
    total: int

    @property
    def pages(self) -> int:
        """How many pages there are; one at least."""
        return max(1, -(-self.total // ROWS))


@dataclass(frozen=True)
class CourseRow:
    """A course in the list. `readers` counts enrollments by state; `next_due` is its next scheduled lesson."""

    slug: str
    title: str
    published: int | None
    published_at: datetime | None
    has_draft: bool
    paused: bool
    readers: Mapping[EnrollmentState, int]
    next_due: datetime | None


@dataclass(frozen=True)
class ReaderRow:
    """A reader in the list, with the courses they take."""

    handle: str
    email: str
    name: str
    created_at: datetime
    courses: tuple[tuple[str, EnrollmentState], ...]


@dataclass(frozen=True)
class EnrollmentRow:
    """One reader in one course."""

    handle: str
    slug: str
    run: int
    state: EnrollmentState
    created_at: datetime
    confirmed_at: datetime | None
    paused_until: datetime | None
    finished_at: datetime | None


@dataclass(frozen=True)
class DeliveryRow:
    """One delivery. `recipient` is an address; `reader` the handle of a reader's page, or None for an admin's mail."""

    id: int
    kind: str
    state: DeliveryState
    recipient: str
    reader: str | None
    course: str | None
    lesson: str | None
    slot_at: datetime
    due_at: datetime | None
    sent_at: datetime | None
    attempts: int
    reply: str | None
    message_id: str | None
    size: int | None

    @property
    def held(self) -> bool:
        """An uncertain mail that waits for an admin's word: no repeat is due any more."""
        return self.state is DeliveryState.UNCERTAIN and self.due_at is None


@dataclass(frozen=True)
class Listing:
    """Some deliveries; `older` is where the next ones begin, None at the end."""

    rows: tuple[DeliveryRow, ...]
    older: int | None


@dataclass(frozen=True)
class Barred:
    """A reason why a reader is not mailed, since when, and what a server said; `lifted_by` is a role, or nobody."""

    reason: str
    since: datetime
    words: str | None
    lifted_by: str | None


@dataclass(frozen=True)
class ReaderDetail:
    """Everything about one reader. `suppressed` are the reasons why they are not mailed."""

    handle: str
    email: str
    name: str
    timezone: str | None
    hour: str | None
    pace: float
    created_at: datetime
    suppressed: tuple[Barred, ...]
    enrollments: tuple[EnrollmentRow, ...]
    deliveries: tuple[DeliveryRow, ...]
