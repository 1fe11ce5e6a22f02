"""The dates of a course: for somebody imagined, and for a real reader, each with its reason."""

from datetime import datetime, time

from flask import Blueprint, render_template, request

from course.editions import find_course, find_draft, find_published
from course.enrollment import find as find_enrollment
from course.errors import NotFound
from course.schedule import Wishes, known_zone, local_zone
from course.schedule.walltime import on_the_wall
from course.sequence import read_sequence
from course.standing import standing_of
from course.timeline import imagined, planned_row, timeline
from web.admin.drafts import head_of
from web.database import now, reading


def register(desk: Blueprint) -> None:
    """Put the dates at their addresses."""
    desk.add_url_rule("/courses/<slug:slug>/dates", "dates", dates)
    desk.add_url_rule("/enrollments/<slug:handle>", "enrollment", enrollment)


def dates(slug: str) -> str:
    """When every lesson of the course, draft included, would come to somebody who confirms then."""
    at = now()
    with reading() as session:
        course = find_course(session, slug)
        edition = find_draft(session, course) or find_published(session, course)
        if edition is None:
            raise NotFound("There is nothing in this course yet.")
        sequence = read_sequence(session, edition.id)
        rules = sequence.course.rules
        zone = request.args.get("zone", "")
        wishes = Wishes(zone if known_zone(zone) else rules.timezone, _hour(request.args.get("hour", "")))
        wall = local_zone(rules, wishes)
        confirmed = _wall_time(request.args.get("confirmed", ""), at.astimezone(wall))
        instant = on_the_wall(confirmed.date(), confirmed.time(), wall)
        return render_template(
            "admin/dates.html",
            head=head_of(session, slug, at),
            stops=list(timeline(imagined(sequence, instant, wishes, {}))),
            zone=wishes.timezone,
            hour=request.args.get("hour", "") if wishes.hour else "",
            course_hour=rules.hour,
            confirmed=confirmed,
        )


def enrollment(handle: str) -> str:
    """One reader in one course: what came, what comes, and why then."""
    at = now()
    with reading() as session:
        mine = find_enrollment(session, handle)
        stops = list(timeline(standing_of(session, mine), at, planned_row(session, mine.id)))
        return render_template(
            "admin/enrollment.html", mine=mine, stops=stops, head=head_of(session, mine.course.slug, at)
        )


def _hour(text: str) -> time | None:
    try:
        return time.fromisoformat(text) if text else None
    except ValueError:
        return None


def _wall_time(text: str, otherwise: datetime) -> datetime:
    """What a datetime-local field sends; the present minute where it says nothing that can be read."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=None, second=0, microsecond=0)
    except ValueError:
        return otherwise.replace(tzinfo=None, second=0, microsecond=0)
