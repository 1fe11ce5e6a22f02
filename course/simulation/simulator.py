"""Imagined readers take one course: day by day, from the first sign-up to the last day asked for."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial

from sqlalchemy.orm import Session

from course.folder import CourseSource
from course.models import Kind
from course.schedule import Wishes, local_zone
from course.schedule.walltime import on_the_wall
from course.sequence import published_sequence
from course.simulation.crowd import everybody
from course.simulation.drain import Relay
from course.simulation.flow import Flow, Mail, Walker
from course.simulation.load import Load
from course.simulation.people import Person, people
from course.simulation.world import publish_course, settle, throwaway


@dataclass(frozen=True)
class Scenario:
    """What is asked: `per_second` None is a relay without a limit. Days are those of the course's zone."""

    course: CourseSource
    start: date
    days: int = 60
    readers: int = 10_000
    seed: int = 1
    per_second: float | None = 20.0


def simulate(scenario: Scenario, load: Load) -> Iterator[date]:
    """Fill `load`; gives each day when it is over, so that whoever waits can be told. Raises SourceError."""
    flow = Flow(Relay(scenario.per_second), load)
    zone = local_zone(scenario.course.rules, Wishes())
    with throwaway() as database, database.writing() as session:
        _expect_readers(session, scenario, flow, on_the_wall(scenario.start, time(0), zone))
    for number in range(scenario.days):
        day = scenario.start + timedelta(days=number)
        flow.run(on_the_wall(day + timedelta(days=1), time(0), zone))
        yield day


def _expect_readers(session: Session, scenario: Scenario, flow: Flow, midnight: datetime) -> None:
    """Sign-ups, confirmations and pauses, each at its moment."""
    course = publish_course(session, scenario.course, midnight)
    crowd = list(people(scenario.course, scenario.start, scenario.days, scenario.readers, scenario.seed))
    settle(session, course.id, crowd)
    sequence = published_sequence(session, course.id)
    for person, enrolled in zip(crowd, everybody(session, sequence), strict=True):
        walker = Walker(enrolled.reader_id, enrolled.standing, done_after=person.done_after)
        flow.line_up(Mail(Kind.CONFIRMATION, course.id, urgent=True), person.asked_at)
        flow.expect(person.confirmed_at, partial(flow.plan, walker))
        _expect_rest(flow, walker, person)


def _expect_rest(flow: Flow, walker: Walker, person: Person) -> None:
    if person.rests is not None:
        begins, until = person.rests
        flow.expect(begins, partial(flow.rest, walker, until))
