"""What an undo cannot take back: the texts that have left, by lesson, with the readers who have them."""

import pytest

from course import outbox
from course.editions import Author
from course.errors import NotFound
from course.models import Delivery
from course.publishing import undo
from course.sent_texts import find_edition, sent_texts
from tests.factories import (
    MONDAY,
    at,
    begin,
    claim,
    course_source,
    do_chores,
    join,
    lesson,
    publish_change,
    publish_course,
    send_due,
    send_next,
)


def here(text: str):
    return at(text, "America/New_York")


def test_texts_that_left_under_an_edition_are_listed_after_its_undo(session):
    course = publish_course(session, "a", "b", "c")
    ana, ben, cem = (join(session, course, f"{name}@example.org", name=name) for name in ("Ana", "Ben", "Cem"))
    assert send_next(session, ana) == "a"
    now, texts = here("2027-01-06 08:59"), ("a", lesson("b", body="Anew."), lesson("c", body="Anew."))
    publish_change(session, course, *texts, at=now)
    assert sorted(send_due(session, here("2027-01-06 09:00"))) == ["a", "a", "b"]
    undone = undo(session, course, Author("Robin", here("2027-01-06 09:01")))
    (found,) = sent_texts(session, undone)
    assert (found.key, found.subject, found.readers) == ("b", "About b", 1)
    assert [(each.who, each.at) for each in found.examples] == [("Ana", here("2027-01-06 09:00"))]
    assert find_edition(session, course, undone.number) is undone
    assert ben.id != cem.id


def test_what_is_on_its_way_or_uncertain_has_left_and_what_came_back_has_not(session):
    course = publish_course(session, "a: 0 days")
    readers = [join(session, course, f"{name}@example.org") for name in ("ana", "ben", "cem")]
    publish_change(session, course, lesson("a", "0 days", body="Anew."), at=here("2027-01-04 08:59"))
    mine = claim(session, here("2027-01-04 09:00"))
    assert len(mine) == len(readers)
    session.expire_all()
    assert all(begin(session, each, here("2027-01-04 09:00")) for each in mine)
    outbox.record_uncertain(session, mine[1], "gone", outbox.Leases())
    outbox.put_back(session, session.get_one(Delivery, mine[2].delivery_id), "451", here("2027-01-04 09:00"))
    undone = undo(session, course, Author("Robin", here("2027-01-04 09:01")))
    assert [each.readers for each in sent_texts(session, undone)] == [2]


def test_nothing_is_listed_where_nothing_new_has_left(session):
    course = publish_course(session, "a: 0 days", "b")
    join(session, course)
    publish_change(session, course, "a: 0 days", "b: 3 days", "c", at=here("2027-01-04 08:59"))
    assert send_due(session, here("2027-01-04 09:00")) == ["a"]
    undone = undo(session, course, Author("Robin", here("2027-01-04 09:01")))
    assert sent_texts(session, undone) == ()
    do_chores(session, MONDAY)


def test_an_edition_that_never_was_is_not_found(session):
    course = publish_course(session, "a")
    with pytest.raises(NotFound, match="no edition 9"):
        find_edition(session, course, 9)
    assert course_source("a").slug == course.slug
