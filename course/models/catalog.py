"""What is taught: courses, their editions, lessons, texts and compilations.

Course ─┬─ Lesson ── Revision (immutable text) ── Compilation (immutable HTML and text)
        └─ Edition (immutable once published) ── EditionLesson: place, wait, hour, revision, compilation
                                              └─ EditionLetter: the course's system letters, compiled
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, ForeignKey, LargeBinary, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from course.database import Base, Word, partial_index


class EditionState(StrEnum):
    """Where an edition stands in its life."""

    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


class Course(Base):
    """An ordered set of lessons taught by email. What it says lives in its editions."""

    __tablename__ = "courses"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(Text, unique=True)
    paused_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    published: Mapped["Edition | None"] = relationship(
        primaryjoin="and_(Edition.course_id == Course.id, Edition.state == 'published')", viewonly=True
    )
    draft: Mapped["Edition | None"] = relationship(
        primaryjoin="and_(Edition.course_id == Course.id, Edition.state == 'draft')", viewonly=True
    )


class Edition(Base):
    """A numbered state of a course's sequence and settings; `settings` and `source` are its course.yaml."""

    __tablename__ = "editions"
    __table_args__ = (
        UniqueConstraint("course_id", "number", name="one_edition_per_number"),
        partial_index("one_draft_per_course", "course_id", where="state = 'draft'", unique=True),
        partial_index("one_published_edition_per_course", "course_id", where="state = 'published'", unique=True),
        CheckConstraint("state IN ('draft', 'published', 'retired')", name="known_state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"))
    number: Mapped[int]
    # The edition that was published before this one: where an undo goes back to.
    previous_id: Mapped[int | None] = mapped_column(ForeignKey("editions.id"))
    state: Mapped[EditionState] = mapped_column(Word(EditionState))
    source: Mapped[str] = mapped_column(Text)
    # Counts the saves of a draft: an admin's form carries it back, so a second save is refused, never lost.
    saves: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    published_by: Mapped[str | None] = mapped_column(Text)
    # Until then the publication can be undone, and rows that it moved are not claimable.
    undo_until: Mapped[datetime | None]

    course: Mapped[Course] = relationship()
    lessons: Mapped[list["EditionLesson"]] = relationship(
        order_by="EditionLesson.position", back_populates="edition", cascade="all, delete-orphan"
    )
    letters: Mapped[list["EditionLetter"]] = relationship(cascade="all, delete-orphan")
    media: Mapped[list["EditionMedia"]] = relationship(order_by="EditionMedia.path", cascade="all, delete-orphan")


class Lesson(Base):
    """One step of a course, by a stable id (`key`, the `id` of its front matter)."""

    __tablename__ = "lessons"
    __table_args__ = (UniqueConstraint("course_id", "key", name="one_lesson_per_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(Text)


class Revision(Base):
    """An immutable text of a lesson: the whole file, front matter and body, as its author wrote it."""

    __tablename__ = "revisions"
    __table_args__ = (UniqueConstraint("lesson_id", "number", name="one_revision_per_number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lessons.id", ondelete="CASCADE"))
    number: Mapped[int]
    source: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    created_by: Mapped[str | None] = mapped_column(Text)

    lesson: Mapped[Lesson] = relationship()


class Compilation(Base):
    """What a revision (or a system letter) became: templates that still hold the reader's placeholders."""

    __tablename__ = "compilations"

    id: Mapped[int] = mapped_column(primary_key=True)
    # A digest of everything that went in: source, theme, settings, compiler. The same input is never made twice.
    digest: Mapped[str] = mapped_column(Text, unique=True)
    subject: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    links: Mapped[list[str]] = mapped_column(JSON)
    compiler: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]


class Publication(Base):
    """That a lesson became part of the published course, and which lessons followed it at that moment.

    It is behind every reader who had already received one of those; an unpublished lesson that comes back gets a
    new one. Editions point at it, so undoing an edition undoes it too.
    """

    __tablename__ = "publications"

    id: Mapped[int] = mapped_column(primary_key=True)
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lessons.id", ondelete="CASCADE"))
    followers: Mapped[list[int]] = mapped_column(JSON)
    published_at: Mapped[datetime]


class EditionLesson(Base):
    """A lesson's place in an edition: file name, order, and the revision with all that its front matter says."""

    __tablename__ = "edition_lessons"
    __table_args__ = (UniqueConstraint("edition_id", "lesson_id", name="one_place_per_lesson"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"))
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lessons.id", ondelete="CASCADE"))
    revision_id: Mapped[int] = mapped_column(ForeignKey("revisions.id"))
    compilation_id: Mapped[int | None] = mapped_column(ForeignKey("compilations.id"))
    publication_id: Mapped[int | None] = mapped_column(ForeignKey("publications.id"))
    position: Mapped[int]
    file_name: Mapped[str] = mapped_column(Text)

    edition: Mapped[Edition] = relationship(back_populates="lessons")
    lesson: Mapped[Lesson] = relationship()
    revision: Mapped[Revision] = relationship()
    publication: Mapped[Publication | None] = relationship()


class EditionLetter(Base):
    """The compiled system letters of an edition, by name: confirmation, completion, already_in."""

    __tablename__ = "edition_letters"
    __table_args__ = (UniqueConstraint("edition_id", "name", name="one_letter_per_name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(Text)
    compilation_id: Mapped[int] = mapped_column(ForeignKey("compilations.id"))


class Media(Base):
    """An image's bytes, once, by their digest (SHA-256, hexadecimal); served at /media/<digest>."""

    __tablename__ = "media"

    digest: Mapped[str] = mapped_column(Text, primary_key=True)
    media_type: Mapped[str] = mapped_column(Text)
    data: Mapped[bytes] = mapped_column(LargeBinary)


class EditionMedia(Base):
    """That an edition holds an image under a path of its folder."""

    __tablename__ = "edition_media"
    __table_args__ = (UniqueConstraint("edition_id", "path", name="one_image_per_path"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"))
    path: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(ForeignKey("media.digest"))

    media: Mapped[Media] = relationship()
