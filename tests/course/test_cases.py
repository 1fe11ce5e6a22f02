"""Readers in the same case are judged once, and that is the same as judging each of them by what really happened.

More crowds: `CROWDS=500 pytest tests/course/test_cases.py`.
"""

import os
from collections import Counter

import pytest

from course.cases import Cases
from course.consequences import consequences
from course.editions import Author, replace_draft
from course.sequence import published_sequence
from course.standings import slices
from tests.course.crowds import NOW, Crowd
from tests.course.one_by_one import UNDO, previews, replans
from tests.course.twins import FAMILIES, Twins
from tests.factories import publish_draft


@pytest.fixture(params=range(int(os.environ.get("CROWDS", "4"))))
def crowd(session, request):
    return Crowd(session, request.param)


def test_a_preview_says_of_each_reader_what_the_ordinary_way_says(session, crowd):
    draft = replace_draft(session, crowd.course, crowd.draft(), Author("Robin", NOW))
    by_cases, alone = previews(session, crowd.course, draft, NOW)
    assert by_cases == alone
    effects = Counter(each.effect for each in alone.values())
    assert consequences(session, draft, NOW, undo=UNDO).effects == effects


def test_a_replan_writes_for_each_reader_what_the_ordinary_way_writes(session, crowd):
    publish_draft(session, replace_draft(session, crowd.course, crowd.draft(), Author("Robin", NOW)), NOW)
    by_cases, alone = replans(session, crowd.course, NOW)
    assert by_cases == alone


def test_readers_who_differ_in_one_thing_alone_are_told_apart(session):
    twins = Twins(session)
    draft = replace_draft(session, twins.course, twins.draft(), Author("Robin", NOW))
    by_cases, alone = (named(twins, found) for found in previews(session, twins.course, draft, NOW))
    assert by_cases == alone
    families = {name: {alone[name, place] for place in range(len(family))} for name, family in FAMILIES.items()}
    assert [name for name, verdicts in families.items() if len(verdicts) < 2] == []
    publish_draft(session, draft, NOW)
    by_cases, alone = replans(session, twins.course, NOW)
    assert by_cases == alone


def named(twins, found):
    return {twins.names[each]: verdict for each, verdict in found.items()}


def test_crowds_hold_many_readers_in_the_same_case(session):
    crowd = Crowd(session, 0)
    sequence = published_sequence(session, crowd.course.id)
    judged = []
    cases = Cases(session, NOW, judged.append)
    people = [person for slice_ in slices(session, sequence) for person, _ in cases.of(slice_)]
    assert len(judged) < 0.8 * len(people)
