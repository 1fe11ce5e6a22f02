"""The mails of one departure share most of their making; each is byte for byte what it would be made alone."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from course.batch import read_batch
from course.custom_fields import set_fields
from course.models import Course, Delivery, Reader
from course.moments import Departure, Moment
from course.outbox import Claimed
from emails.compile import Compiler
from emails.compose import keep
from emails.letter import Compiled
from emails.uses import values_used
from emails.wording import errand_of
from tests.emails import posting
from tests.emails.posting import CRUST, FLOUR, NOW, composer, join, mail_to, source

SENT = NOW + timedelta(seconds=5)
GREETING = "subject: \"{{ reader.name | fallback('Friend') }}, a crust that sings\""
BODIES = {
    "no subject": "Dear {{ reader.name }}, from {{ fields.city }}.",
    "its own": "Dear {{ reader.name }}, on {{ lesson.subject }}.",
    "the next one's": "Dear {{ reader.name }}, soon: {{ next_lesson['subject'] }}.",
    "both": "{% if next_lesson.subject %}{{ lesson.subject }} and {{ next_lesson.subject | upper }}{% endif %}",
}
NEXT = {
    "plain": "subject: A crust that sings",
    "greets": GREETING,
    "mentions": 'subject: "{{ reader.name }}, after {{ lesson.subject }} [{{ links.reader_page }}]"',
}


def published(session: Session, compiler: Compiler, body: str, following: str) -> Course:
    flour = FLOUR[: FLOUR.index("Dear")] + body + "\n"
    return posting.publish(session, compiler, source(flour, CRUST.replace("subject: A crust that sings", following)))


def departures(session: Session, deliveries: list[Delivery]) -> Iterator[tuple[Delivery, Departure]]:
    session.flush()
    moment = Moment(SENT)
    ordinary = read_batch(session, [Claimed(each.id, each.enrollment_id, "mine") for each in deliveries])
    for each in deliveries:
        departure = moment.departure(ordinary[each.id])
        assert departure is not None
        yield each, departure


@pytest.mark.parametrize("following", NEXT.values(), ids=NEXT.keys())
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_what_is_made_together_is_what_is_made_alone(session: Session, compiler: Compiler, body: str, following: str):
    course = published(session, compiler, body, following)
    names = ("Ana", "", "Bé & Co <b>", "{{ 7 }}")
    deliveries = [
        mail_to(session, join(session, course, f"reader{number}@example.net", name))
        for number, name in enumerate(names)
    ]
    reader = session.get_one(Reader, deliveries[0].reader_id)
    set_fields(reader, {"city": "Lisbon = .dot"})
    making, commons = composer(session), {}
    for delivery, departure in departures(session, deliveries):
        kept = keep(session, departure.compilation_id)
        common = commons.setdefault(departure, making.common(departure, kept, SENT))
        made = making.compose_lesson(common, errand_of(delivery), SENT)
        alone = making.compose(session, delivery, SENT)
        assert made.message == alone.message
        assert made.record.digest == alone.record.digest
        assert "{{ reader" not in str(made.record.values), "no tag is kept"
    assert len(commons) == 1, "they had it in common"


def test_a_letter_is_known_by_the_values_that_it_uses():
    def uses(subject: str, html: str = "", text: str = "") -> frozenset[str] | None:
        return values_used(Compiled(subject, html, text, (), "test"))

    assert uses("Hello", "lesson.subject and links.pause in plain words") == frozenset()
    assert uses("{{ reader.name }}", "{% if links.pause %}x{% endif %}", "{{ lesson['subject'] | upper }}") == {
        "reader.name", "links.pause", "lesson.subject",
    }  # fmt: skip
    assert uses("{{ lesson }}") is None, "a group as a whole"
    assert uses("{{ lesson[reader.name] }}") is None, "any of them"
    assert uses("{{ lesson.") is None, "a broken text is for the renderer to judge"
