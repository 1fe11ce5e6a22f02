"""All courses, a new one, and one course: its lessons in order, and resting."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from course import desk as reads
from course.editions import create_course, draft_lessons, find_course
from course.errors import Refused
from course.models import EditionState
from course.publishing import pause_course, resume_course
from course.schedule.pauses import Resume
from web.admin.drafts import head_of, order_mark, shown
from web.admin.gate import SEE_OTHER, author, edits
from web.admin.names import free_slug
from web.admin.new_course import new_course_source
from web.database import now, reading, ring, writing


def register(desk: Blueprint) -> None:
    """Put the courses at their addresses."""
    desk.add_url_rule("/", "desk", lambda: redirect(url_for("admin.courses"), SEE_OTHER))
    desk.add_url_rule("/courses", "courses", courses)
    desk.add_url_rule("/courses", "create", edits(create), methods=["POST"])
    desk.add_url_rule("/new-course", "new_course", edits(new_course))
    desk.add_url_rule("/courses/<slug:slug>", "course", course)
    desk.add_url_rule("/courses/<slug:slug>/pause", "pause", edits(pause), methods=["POST"])
    desk.add_url_rule("/courses/<slug:slug>/resumption", "resumption", edits(resumption), methods=["POST"])


def courses() -> str:
    """Every course with its readers."""
    with reading() as session:
        rows = reads.courses(session)
    return render_template("admin/courses.html", courses=rows)


def new_course() -> str:
    """The form for a new course."""
    return render_template("admin/new_course.html", entered={}, reasons={})


def create() -> AnyResponse | tuple[str, int]:
    """A new course with a course.yaml of ours; nobody sees it before it is published."""
    at = now()
    try:
        with writing() as session:
            slug = free_slug(session, request.form.get("title", ""))
            source = new_course_source(slug, request.form)
            create_course(session, source, author(at))
    except Refused as refused:
        return render_template("admin/new_course.html", entered=request.form, reasons=refused.reasons), 422
    flash("The course is here. Nobody sees it before you publish it.", "done")
    return redirect(url_for("admin.course", slug=slug), SEE_OTHER)


def course(slug: str) -> str:
    """One course: its lessons in order."""
    at = now()
    with reading() as session:
        edition = shown(session, slug)
        return render_template(
            "admin/course.html",
            head=head_of(session, slug, at),
            lessons=draft_lessons(edition),
            saves=order_mark(edition),
            is_draft=edition.state is EditionState.DRAFT,
            modes=Resume,
            entered={},
            reasons={},
        )


def pause(slug: str) -> AnyResponse:
    """Nothing of this course goes out until it is resumed."""
    with writing() as session:
        pause_course(session, find_course(session, slug), now())
    flash("The course rests. Nothing goes out until you resume it.", "waiting")
    return redirect(url_for("admin.course", slug=slug), SEE_OTHER)


def resumption(slug: str) -> AnyResponse:
    """Go on; the form says how the time of the pause counts."""
    wanted = request.form.get("mode", "")
    mode = wanted if wanted in list(Resume) else Resume.ACTIVE
    with writing() as session:
        resume_course(session, find_course(session, slug), mode, now())
    ring()
    flash("The course goes on. No reader gets more than one lesson at once.", "done")
    return redirect(url_for("admin.course", slug=slug), SEE_OTHER)
