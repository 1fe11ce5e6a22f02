"""Editions: a course's numbered states, how they are made, copied, filled from a folder and read back as one."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from course.errors import NotFound, Refused
from course.folder.parsing import parse_course, parse_lesson
from course.folder.source import CourseSource, LessonSource
from course.folder.source import Media as Picture
from course.models import Course, Edition, EditionLesson, EditionMedia, EditionState, Lesson, Media, Revision


@dataclass(frozen=True)
class DraftLesson:
    """A lesson's place in an edition and what its text means."""

    place: EditionLesson
    source: LessonSource


@dataclass(frozen=True)
class Author:
    """Who changes something, and when."""

    name: str
    now: datetime


def find_course(session: Session, slug: str) -> Course:
    """The course, published or not; raises NotFound."""
    course = known_course(session, slug)
    if course is None:
        raise NotFound(f"There is no course {slug}.")
    return course


def known_course(session: Session, slug: str) -> Course | None:
    """The course of this slug, if there is one."""
    return session.scalars(select(Course).where(Course.slug == slug)).one_or_none()


def create_course(session: Session, source: CourseSource, author: Author) -> Course:
    """A new course with its first draft; nothing is published. Raises Refused when the slug is taken."""
    if session.scalars(select(Course).where(Course.slug == source.slug)).first() is not None:
        raise Refused({"slug": f"There is a course {source.slug} already."})
    course = Course(slug=source.slug, created_at=author.now)
    session.add(course)
    session.flush()
    draft = _new_edition(session, course, source.source, author.now)
    _fill(session, draft, source, author)
    return course


def open_draft(session: Session, course: Course, now: datetime) -> Edition:
    """The course's draft; where there is none, a copy of what is published."""
    draft = find_draft(session, course)
    if draft is None:
        published = session.scalars(_editions(course, EditionState.PUBLISHED)).one()
        draft = copy_edition(session, published, now)
    return draft


def find_draft(session: Session, course: Course) -> Edition | None:
    """The draft, if there is one."""
    return session.scalars(_editions(course, EditionState.DRAFT)).one_or_none()


def find_published(session: Session, course: Course) -> Edition | None:
    """What readers are on now, if anything."""
    return session.scalars(_editions(course, EditionState.PUBLISHED)).one_or_none()


def copy_edition(session: Session, original: Edition, now: datetime) -> Edition:
    """A new draft with everything that `original` has."""
    draft = _new_edition(session, original.course, original.source, now)
    for place in original.lessons:
        copied = EditionLesson(
            lesson_id=place.lesson_id,
            revision_id=place.revision_id,
            publication_id=place.publication_id,
            position=place.position,
            file_name=place.file_name,
        )
        draft.lessons.append(copied)
    draft.media.extend(EditionMedia(path=each.path, digest=each.digest) for each in original.media)
    session.flush()
    return draft


def discard_draft(session: Session, course: Course) -> None:
    """Throw the draft away; only where something is published to fall back to."""
    draft = find_draft(session, course)
    if draft is not None and session.scalars(_editions(course, EditionState.PUBLISHED)).first() is not None:
        session.delete(draft)
        session.flush()


def replace_draft(session: Session, course: Course, source: CourseSource, author: Author) -> Edition:
    """Make the draft say exactly what a folder says; lessons are matched by id."""
    draft = open_draft(session, course, author.now)
    _fill(session, draft, source, author)
    return draft


def edition_source(edition: Edition) -> CourseSource:
    """An edition as its folder: the same texts and bytes that went in."""
    course = parse_course(edition.source)
    lessons = tuple(each.source for each in draft_lessons(edition))
    pictures = tuple(Picture(each.path, each.media.data, each.media.media_type) for each in edition.media)
    return CourseSource(**{**vars(course), "lessons": lessons, "media": pictures})


def draft_lessons(edition: Edition) -> list[DraftLesson]:
    """The lessons of an edition, in order."""
    return [DraftLesson(place, parse_lesson(place.revision.source, place.file_name)) for place in edition.lessons]


def find_place(edition: Edition, key: str) -> EditionLesson:
    """A lesson's place by its id; raises NotFound."""
    for place in edition.lessons:
        if place.lesson.key == key:
            return place
    raise NotFound(f"There is no lesson {key} in this course.")


def _new_edition(session: Session, course: Course, source: str, now: datetime) -> Edition:
    last = session.scalar(select(func.max(Edition.number)).where(Edition.course_id == course.id)) or 0
    draft = Edition(course=course, number=last + 1, state=EditionState.DRAFT, source=source, saves=0, created_at=now)
    session.add(draft)
    session.flush()
    return draft


def _fill(session: Session, draft: Edition, source: CourseSource, author: Author) -> None:
    draft.source, draft.saves = source.source, draft.saves + 1
    before = {place.lesson.key: place for place in draft.lessons}
    places = [before.get(lesson.key) or place_lesson(session, draft, lesson, author) for lesson in source.lessons]
    for place, lesson in zip(places, source.lessons, strict=True):
        place.file_name = lesson.file_name
        revise(session, place, lesson.source, author)
    draft.lessons[:] = places
    reposition(session, draft, places)
    draft.media.clear()
    session.flush()  # a path's old row goes before its new one comes
    draft.media.extend(EditionMedia(path=each.path, digest=_keep(session, each)) for each in source.media)
    session.flush()


def place_lesson(session: Session, edition: Edition, source: LessonSource, author: Author) -> EditionLesson:
    """A new place for a lesson of this text, and the lesson itself where its id is new."""
    statement = select(Lesson).where(Lesson.course_id == edition.course_id, Lesson.key == source.key)
    lesson = session.scalars(statement).one_or_none()
    if lesson is None:
        lesson = Lesson(course_id=edition.course_id, key=source.key)
        session.add(lesson)
        session.flush()
    place = EditionLesson(lesson=lesson, file_name=source.file_name, position=0)
    revise(session, place, source.source, author)
    return place


def revise(session: Session, place: EditionLesson, text: str, author: Author) -> None:
    """Give the place a revision with this text: the one it has, or a new one."""
    if place.revision is not None and place.revision.source == text:
        return
    lesson_id = place.lesson.id
    last = session.scalar(select(func.max(Revision.number)).where(Revision.lesson_id == lesson_id)) or 0
    place.revision = Revision(
        lesson_id=lesson_id, number=last + 1, source=text, created_at=author.now, created_by=author.name
    )
    session.flush()


def _keep(session: Session, picture: Picture) -> str:
    digest = sha256(picture.data).hexdigest()
    if session.get(Media, digest) is None:
        session.add(Media(digest=digest, media_type=picture.media_type, data=picture.data))
        session.flush()
    return digest


def reposition(session: Session, edition: Edition, places: list[EditionLesson]) -> None:
    """Number the places as they stand in the list."""
    for position, place in enumerate(places, 1):
        place.position = position
    session.flush()
    session.expire(edition, ["lessons"])


def _editions(course: Course, state: EditionState) -> Select[Edition]:
    return select(Edition).where(Edition.course_id == course.id, Edition.state == state)
