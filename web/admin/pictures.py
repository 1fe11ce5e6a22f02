"""The pictures of a course: put there from an admin's own disk, and how a text names them."""

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response as AnyResponse

from course.editions import draft_lessons
from course.errors import Refused
from course.folder.parsing import parse_course
from course.folder.source import LessonSource
from course.models import Edition, Media
from course.pictures import add_picture, remove_picture
from web.admin.drafts import head_of, opened, shown
from web.admin.gate import SEE_OTHER, edits
from web.database import now, reading, writing

KIB = 1024


@dataclass(frozen=True)
class Picture:
    """One picture on the page; `used_in` are the lessons that show it, `is_logo` says that the look does."""

    path: str
    digest: str
    size: int
    used_in: tuple[LessonSource, ...]
    is_logo: bool

    @property
    def in_words(self) -> str:
        return f"{self.size / KIB:.0f} KiB" if self.size >= KIB else f"{self.size} bytes"


def register(desk: Blueprint) -> None:
    """Put a course's pictures at their addresses."""
    place = "/courses/<slug:slug>/pictures"
    desk.add_url_rule(place, "pictures", pictures)
    desk.add_url_rule(place, "add_pictures", edits(add), methods=["POST"])
    desk.add_url_rule(f"{place}/removal", "remove_picture", edits(remove), methods=["POST"])


def pictures(slug: str) -> str:
    """What there is."""
    return _page(slug, {})


def add(slug: str) -> AnyResponse | tuple[str, int]:
    """Every picture that was chosen, or none of them."""
    at = now()
    chosen = [each for each in request.files.getlist("pictures") if each.filename]
    if not chosen:
        return _page(slug, {"pictures": "Choose one or more pictures first."}), 422
    try:
        with writing() as session:
            draft = opened(session, slug, at)
            paths = [_add(session, draft, each) for each in chosen]
    except Refused as refused:
        return _page(slug, {"pictures": str(refused)}), 422
    flash(f"In the draft: {', '.join(paths)}.", "done")
    return redirect(url_for("admin.pictures", slug=slug), SEE_OTHER)


def remove(slug: str) -> AnyResponse:
    """Take one out of the draft."""
    at = now()
    path = request.form.get("path", "")
    with writing() as session:
        gone = remove_picture(session, opened(session, slug, at), path)
    flash(f"{path} is out of the draft. Letters that are out keep it." if gone else "It was gone already.", "done")
    return redirect(url_for("admin.pictures", slug=slug), SEE_OTHER)


def _add(session: Session, draft: Edition, upload: FileStorage) -> str:
    try:
        return add_picture(session, draft, upload.filename or "", upload.read())
    except Refused as refused:
        raise Refused({"pictures": f"{upload.filename}: {refused}"}) from None


def _page(slug: str, reasons: dict[str, str]) -> str:
    with reading() as session:
        edition = shown(session, slug)
        return render_template(
            "admin/pictures.html",
            head=head_of(session, slug, now()),
            pictures=_pictures(session, edition),
            reasons=reasons,
        )


def _pictures(session: Session, edition: Edition) -> list[Picture]:
    lessons = [each.source for each in draft_lessons(edition)]
    logo = parse_course(edition.source).theme_settings.get("logo")
    digests = [each.digest for each in edition.media]
    # Only how long they are: the bytes themselves stay in the database.
    rows = session.execute(select(Media.digest, func.length(Media.data).label("size")).where(Media.digest.in_(digests)))
    sizes = {row.digest: int(row.size) for row in rows}
    return [
        Picture(
            path=each.path,
            digest=each.digest,
            size=sizes[each.digest],
            used_in=tuple(lesson for lesson in lessons if each.path in lesson.body),
            is_logo=each.path == logo,
        )
        for each in sorted(edition.media, key=lambda media: media.path)
    ]
