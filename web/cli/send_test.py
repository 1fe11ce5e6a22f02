"""A lesson to one's own inbox, and the message linter's report on what a reader would get."""

import json
import re
from collections.abc import Iterator

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from course import admins
from course.editions import draft_lessons, find_course, find_draft, find_place, find_published
from course.errors import NotFound, Refused
from course.folder.parsing import parse_course
from course.folder.source import LessonSource
from course.models import Admin, Course, Edition
from course.trials import plan_test
from emails.compile import Compiler
from emails.proofs import report_on_lesson
from emails.publish import compile_lesson, dressed, pictures_of, sample_of
from emails.testing.report import Check, Report
from web.cli.installation import Installation, installation

COLORS = {"PASS": "green", "WARN": "yellow", "FAIL": "red"}
TICKS, QUOTED = re.compile(r"`([^`]*)`"), r"“\1”"


@click.command("send-test")
@click.argument("course", required=False)
@click.argument("lesson", required=False)
@click.option("--to", metavar="EMAIL", help="Which admin gets it; by default the first.")
@click.option("--published", is_flag=True, help="What readers are on, even if there is a draft.")
@click.option("--lint", is_flag=True, help="Say first what the message linter finds in the mail that a reader gets.")
@click.option("--dry-run", is_flag=True, help="Send nothing. With --lint: only the report.")
@click.option("--json", "as_json", is_flag=True, help="The report as JSON.")
def send_test(  # noqa: PLR0913, PLR0917
    course: str | None,
    lesson: str | None,
    to: str | None,
    published: bool,  # noqa: FBT001
    lint: bool,  # noqa: FBT001
    dry_run: bool,  # noqa: FBT001
    as_json: bool,  # noqa: FBT001
) -> None:
    """Send LESSON of COURSE to an admin, with sample values; by default the first lesson of the first course.

    It takes the way of every mail, through the outbox: workers must be running. Exit 1 if the linter finds a fault.
    """
    with installation() as here, Compiler(own_themes=here.settings.own_themes) as compiler:
        with here.database.reading() as session:
            edition = _edition(session, course, published=published)
            which, text = edition.course.slug, _lesson(edition, lesson)
            asked = lint or as_json
            report = report_on_lesson(compiler, edition, text, here.settings, here.clock.now()) if asked else None
        if report:
            _tell(report, as_json=as_json)
        if not dry_run:
            address = _send(here, compiler, (which, text.key), to, published=published)
            click.echo(f"“{text.subject}” is on its way to {address}.", err=as_json)
        if report and report.verdict == "FAIL":
            raise SystemExit(1)


def _edition(session: Session, slug: str | None, *, published: bool) -> Edition:
    course = find_course(session, slug) if slug else session.scalars(select(Course).order_by(Course.id)).first()
    if course is None:
        raise NotFound("There is no course yet.")
    edition = (None if published else find_draft(session, course)) or find_published(session, course)
    if edition is None:
        raise NotFound(f"{course.slug} is not published.")
    return edition


def _lesson(edition: Edition, key: str | None) -> LessonSource:
    lessons = [each.source for each in draft_lessons(edition) if key in {None, each.source.key}]
    if not lessons:
        raise NotFound(f"There is no lesson {key} in this course." if key else "This course has no lesson yet.")
    return lessons[0]


def _send(here: Installation, compiler: Compiler, which: tuple[str, str], to: str | None, *, published: bool) -> str:
    """Plan the test and ring; the address that it goes to."""
    with here.database.writing() as session:
        edition = _edition(session, which[0], published=published)
        lesson, images = _lesson(edition, which[1]), pictures_of(edition, here.settings)
        course = dressed(parse_course(edition.source), images)
        made = compile_lesson(compiler, lesson, course, images), sample_of(edition, lesson, here.settings)
        admin = _admin(session, to)
        plan_test(session, admin, find_place(edition, lesson.key), made, here.clock.now())
        address = admin.email
    bell = here.bell()
    bell.ring()
    bell.flush()
    return address


def _admin(session: Session, email: str | None) -> Admin:
    """Tests go to admins alone: nobody else asked for them."""
    found = admins.find(session, email) if email else session.scalars(select(Admin).order_by(Admin.id)).first()
    if found is None:
        who = f"{email} is no admin." if email else "There is no admin yet."
        raise Refused({"to": f"{who} Tests go to admins: meantime admin add {email or 'EMAIL'}"})
    return found


def _tell(report: Report, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(report.as_json(), ensure_ascii=False, indent=2))
        return
    click.echo(f"“{report.subject}”, {report.size / 1024:.0f} KiB as it is sent\n")
    for check in report.checks:
        for line in _lines(check):
            click.echo(line)
    click.echo(f"\n{click.style(report.verdict, fg=COLORS[report.verdict], bold=True)}")


def _lines(check: Check) -> Iterator[str]:
    verdict = click.style(check.verdict, fg=COLORS[check.verdict])
    yield f"{verdict}  {check.name}{'' if check.problems else f': {check.says}'}"
    for problem in check.problems:
        message = TICKS.sub(QUOTED, problem.message)
        yield f"      {message}"
        if problem.hint:
            yield f"      → {problem.hint}"
