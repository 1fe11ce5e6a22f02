"""What anybody may see of the courses: titles, summaries, lessons' subjects; only what is published."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from course.errors import NotFound
from course.models import Course, Edition, EditionMedia, EditionState, Media
from course.schedule import Rules
from course.sequence import Sequence, published_sequence


@dataclass(frozen=True)
class LessonView:
    """A published lesson as its course page lists it; `wait` is canonical text ("2 days")."""

    id: int
    key: str
    number: int
    subject: str
    preview: str
    wait: str


@dataclass(frozen=True)
class CourseView:
    """A published course as its page shows it."""

    id: int
    slug: str
    title: str
    summary: str
    language: str
    sender_name: str
    paused: bool
    lessons: tuple[LessonView, ...]
    rules: Rules
    reader_may: frozenset[str]
    theme_settings: Mapping[str, str]


def list_courses(session: Session) -> list[CourseView]:
    """All published courses, the oldest first."""
    published = select(Course).join(Edition, Edition.course_id == Course.id)
    statement = published.where(Edition.state == EditionState.PUBLISHED).order_by(Course.id)
    return [view_of(course, published_sequence(session, course.id)) for course in session.scalars(statement)]


def find_course(session: Session, slug: str) -> CourseView:
    """One published course; raises NotFound."""
    course = session.scalars(select(Course).where(Course.slug == slug)).one_or_none()
    if course is None:
        raise NotFound("There is no such course.")
    return view_of(course, published_sequence(session, course.id))


def view_of(course: Course, sequence: Sequence) -> CourseView:
    """A course as anybody may see it."""
    said = sequence.course
    lessons = tuple(
        LessonView(
            id=lesson.lesson_id,
            key=lesson.key,
            number=number,
            subject=lesson.source.subject,
            preview=lesson.source.preview,
            wait=str(lesson.source.wait),
        )
        for number, lesson in enumerate(sequence.lessons, 1)
    )
    return CourseView(
        id=course.id,
        slug=course.slug,
        title=said.title,
        summary=said.summary,
        language=said.language,
        sender_name=said.sender.name,
        paused=course.paused_at is not None,
        lessons=lessons,
        rules=said.rules,
        reader_may=said.reader_may,
        theme_settings=said.theme_settings,
    )


def find_media(session: Session, digest: str) -> tuple[str, bytes]:
    """An image that some edition holds: media type and bytes; raises NotFound."""
    media = session.get(Media, digest)
    if media is None or session.scalars(select(EditionMedia.id).where(EditionMedia.digest == digest)).first() is None:
        raise NotFound("There is no such image.")
    return media.media_type, media.data
