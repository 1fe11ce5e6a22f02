"""Work that is still going on behind a course: plans that follow a publication, readers who are brought back."""

from flask import Blueprint, render_template

from course.editions import find_course
from web.admin.drafts import work_of
from web.database import reading


def register(desk: Blueprint) -> None:
    """Put it at its address."""
    desk.add_url_rule("/courses/<slug:slug>/work", "work", work)


def work(slug: str) -> str:
    """The piece of a course's page that desk.js fetches again until all is done."""
    with reading() as session:
        found = work_of(session, find_course(session, slug))
    return render_template("admin/work.html", work=found, over=not found)
