"""The course.yaml of a new course: sensible, complete, and easy to change by hand."""

from collections.abc import Mapping

from course.errors import Refused
from course.folder.parsing import COURSE_FILE, parse_course
from course.folder.source import CourseSource
from course.folder.splicing import Value
from course.schedule.zones import known_zone
from web.admin.forms import with_changes

TEMPLATE = """\
slug: course
title: Course
language: en
theme: letter
ends: yes

sender:
  name: Sender

schedule:
  hour: "09:00"
  timezone: UTC                # for readers whose zone we do not know; everybody else has their own
  weekdays: [mon, tue, wed, thu, fri, sat, sun]
  quiet: "21:00-08:00"
  gap: 18 hours

reader_may: [hour, timezone, pace, pause, next_now]
"""


def new_course_source(slug: str, form: Mapping[str, str]) -> CourseSource:
    """A course without lessons from a form: `title`, `sender`, `timezone`. Raises Refused by field."""
    if not form.get("title", "").strip():
        raise Refused({"title": "A course needs a title; it can be changed later."})
    zone = form.get("timezone", "")
    changes: dict[str, Value] = {
        "slug": slug,
        "title": form["title"].strip(),
        "sender.name": form.get("sender", "").strip() or form["title"].strip(),
        "schedule.timezone": zone if known_zone(zone) else "UTC",
    }
    try:
        return parse_course(with_changes(TEMPLATE, changes, COURSE_FILE, parse_course))
    except Refused as refused:
        raise Refused({name.removesuffix(".name"): reason for name, reason in refused.reasons.items()}) from None
