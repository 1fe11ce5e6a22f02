"""The links in letters: from the base URL, signed, each for its own purpose."""

from datetime import UTC, datetime, timedelta

import pytest

from course.tokens import BadToken, ExpiredToken, Purpose, Tokens
from emails.links import Links
from emails.sandbox import sample_values

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
TOKENS = Tokens(b"identity", ("a secret",))
LINKS = Links("https://courses.example.org/school", TOKENS)
MINE = LINKS.for_reader("ana-handle", "flour", NOW)


def token(link: str) -> str:
    return link.partition("#")[0].rpartition("/")[2]


def test_every_link_that_a_letter_may_use_is_made():
    assert MINE.keys() == sample_values()["links"].keys()


def test_every_link_begins_with_the_base_url():
    assert all(link.startswith("https://courses.example.org/school/") for link in MINE.values())


@pytest.mark.parametrize(
    ("name", "path", "purpose", "parts"),
    [
        ("confirm", "/confirm/", Purpose.CONFIRM, ("ana-handle",)),
        ("unsubscribe", "/unsubscribe/", Purpose.LEAVE, ("ana-handle",)),
        ("reader_page", "/me/", Purpose.ME, ("ana-handle",)),
        ("read_online", "/read/", Purpose.READ, ("ana-handle", "flour")),
        ("pause", "/me/", Purpose.ME, ("ana-handle",)),
    ],
)
def test_a_link_opens_its_own_page_and_no_other(name: str, path: str, purpose: Purpose, parts: tuple[str, ...]):
    assert path in MINE[name]
    assert TOKENS.read(purpose, token(MINE[name]), NOW) == parts
    for other in set(Purpose) - {purpose}:
        with pytest.raises(BadToken):
            TOKENS.read(other, token(MINE[name]), NOW)


def test_only_the_confirmation_expires():
    later = NOW + timedelta(days=3650)
    with pytest.raises(ExpiredToken):
        TOKENS.read(Purpose.CONFIRM, token(MINE["confirm"]), NOW + timedelta(seconds=2))
    assert TOKENS.read(Purpose.LEAVE, token(MINE["unsubscribe"]), later) == ("ana-handle",)
    assert TOKENS.read(Purpose.ME, token(MINE["reader_page"]), later) == ("ana-handle",)


def test_leaving_outlives_every_rotation_of_the_secret_key():
    rotated = Tokens(b"identity", ("another secret",))
    assert rotated.read(Purpose.LEAVE, token(MINE["unsubscribe"]), NOW) == ("ana-handle",)
    with pytest.raises(BadToken):
        rotated.read(Purpose.ME, token(MINE["reader_page"]), NOW)


def test_a_letter_without_a_lesson_reads_online_on_the_readers_page():
    assert LINKS.for_reader("ana-handle", None, None)["read_online"] == MINE["reader_page"]


def test_pictures_and_courses_have_plain_addresses():
    assert LINKS.media("abc") == "https://courses.example.org/school/media/abc"
    assert LINKS.course("bread") == "https://courses.example.org/school/courses/bread"


def test_signing_in_carries_the_admins_one_time_token():
    assert LINKS.sign_in("once") == "https://courses.example.org/school/admin/sign-in/once"
