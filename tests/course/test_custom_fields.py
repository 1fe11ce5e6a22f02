"""What a house knows of its readers besides: few, small, clean texts."""

import pytest
from sqlalchemy.orm import Session

from course.custom_fields import known_fields, set_fields
from course.errors import Refused
from course.models import Reader
from tests.factories import MONDAY


def reader(number: int = 1) -> Reader:
    email = f"reader{number}@example.org"
    return Reader(handle=f"r{number}", email=email, digest=email, name="", fields={}, created_at=MONDAY)


def test_a_field_is_set_changed_and_taken_away():
    ana = reader()
    set_fields(ana, {"city": "Porto", "level": "two"})
    set_fields(ana, {"city": " Lisbon\n", "level": ""})
    assert ana.fields == {"city": "Lisbon"}


def test_controls_and_line_ends_do_not_get_in():
    ana = reader()
    set_fields(ana, {"city": "Por\u202eto\r\nBcc: x@example.org"})
    assert ana.fields == {"city": "Porto Bcc: x@example.org"}


@pytest.mark.parametrize("name", ["City", "1st", "a b", "", "x" * 41, "__class__", "é"])
def test_what_is_no_name_is_refused_and_nothing_changes(name: str):
    ana = reader()
    with pytest.raises(Refused) as refused:
        set_fields(ana, {"city": "Porto", name: "x"})
    assert list(refused.value.reasons) == [name]
    assert ana.fields == {}


def test_a_long_value_and_too_many_fields_are_refused():
    with pytest.raises(Refused, match="201 characters; 200 are the most"):
        set_fields(reader(), {"city": "x" * 201})
    with pytest.raises(Refused, match="20 fields; this would be 21"):
        set_fields(reader(), {f"f{number}": "x" for number in range(21)})


def test_the_desk_knows_which_fields_there_are(database):
    with database.writing() as session:
        for number, fields in enumerate(({"city": "Porto"}, {"level": "1", "city": "Faro"}, {}), 1):
            session.add(each := reader(number))
            set_fields(each, fields)
    with database.reading() as session:
        assert known_fields(session) == ("city", "level")


def test_who_was_there_before_has_none(session_of_readers: Session):
    assert [each.fields for each in session_of_readers.query(Reader)] == [{}]


@pytest.fixture
def session_of_readers(database):
    with database.writing() as session:
        session.add(made := reader())
        del made.fields
        session.flush()
        yield session
