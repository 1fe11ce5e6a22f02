"""Links that prove something."""

import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from course.models import House
from course.settings import Settings
from course.tokens import BadToken, ExpiredToken, Purpose, Tokens, identity_key, new_handle, open_tokens
from tests.factories import MONDAY, SOON

OLD, NEW = "an-old-secret-key-of-32-characters", "a new secret key of 32 characters"
TOKENS = Tokens(b"identity", (NEW,))
handles = st.from_regex(r"[A-Za-z0-9_-]{1,80}", fullmatch=True)


@given(purpose=st.sampled_from(Purpose), parts=st.lists(handles, min_size=1, max_size=3), seconds=st.integers(1, 10**9))
def test_what_is_signed_is_read_again_until_it_expires(purpose, parts, seconds):
    expires = MONDAY + timedelta(seconds=seconds)
    token = TOKENS.sign(purpose, *parts, expires=expires)
    assert TOKENS.read(purpose, token, expires) == tuple(parts)
    with pytest.raises(ExpiredToken):
        TOKENS.read(purpose, token, expires + SOON)
    assert re.fullmatch(r"[A-Za-z0-9_.-]+", token)


@given(token=st.text(max_size=600) | st.from_regex(r"[a-z]{1,9}\.0\.[A-Za-z0-9_-]{22}", fullmatch=True))
def test_what_we_did_not_make_is_refused(token):
    with pytest.raises(BadToken):
        TOKENS.read(Purpose.ME, token, MONDAY)


def test_a_token_with_one_character_changed_or_left_out_is_refused():
    token = TOKENS.sign(Purpose.READ, "handle", "lesson", expires=MONDAY)
    for place, letter in enumerate(token):
        for damaged in (token[:place] + ("x" if letter != "x" else "y") + token[place + 1 :], token[:place]):
            with pytest.raises(BadToken, match=r"not complete"):
                TOKENS.read(Purpose.READ, damaged, MONDAY)


@pytest.mark.parametrize("purpose", list(Purpose))
def test_a_token_for_one_purpose_is_refused_for_every_other(purpose):
    token = TOKENS.sign(purpose, "handle")
    for other in set(Purpose) - {purpose}:
        with pytest.raises(BadToken):
            TOKENS.read(other, token, MONDAY)


def test_a_token_outlives_a_rotation_while_the_old_key_is_kept():
    token = Tokens(b"identity", (OLD,)).sign(Purpose.ME, "handle")
    assert Tokens(b"identity", (NEW, OLD)).read(Purpose.ME, token, MONDAY) == ("handle",)
    with pytest.raises(BadToken):
        TOKENS.read(Purpose.ME, token, MONDAY)


def test_a_link_to_leave_outlives_every_key_and_every_year():
    token = Tokens(b"identity", (OLD,)).sign(Purpose.LEAVE, "handle")
    assert Tokens(b"identity", (NEW,)).read(Purpose.LEAVE, token, MONDAY.replace(year=2099)) == ("handle",)
    with pytest.raises(BadToken):
        Tokens(b"another house", (OLD,)).read(Purpose.LEAVE, token, MONDAY)


@pytest.mark.parametrize("part", ["", "a.b", "ana@example.org", "é", "x" * 81, "a b"])
def test_only_handles_and_keys_are_carried(part):
    with pytest.raises(ValueError, match="handles and keys only"):
        TOKENS.sign(Purpose.ME, part)


def test_a_mails_name_is_the_same_whenever_it_is_made_and_another_for_another_mail():
    names = {TOKENS.message_id_local_part(*facts) for facts in (("a", "b"), ("ab",), ("a", "c"), ("a", "b", ""))}
    assert len(names) == 4
    assert TOKENS.message_id_local_part("a", "b") == Tokens(b"identity", (OLD,)).message_id_local_part("a", "b")
    assert all(re.fullmatch("[0-9a-f]{32}", name) for name in names)


def test_an_address_is_recognised_however_it_is_capitalised_and_only_in_this_house():
    assert TOKENS.address_digest("Ana@Example.org") == TOKENS.address_digest("ana@example.org")
    assert TOKENS.address_digest("ana@example.org") != Tokens(b"other", (NEW,)).address_digest("ana@example.org")


def test_the_house_has_one_key_that_never_rotates(session):
    key = identity_key(session)
    assert len(key) == 32
    first = open_tokens(session, Settings(secret_key=NEW, old_secret_keys=OLD))
    assert first.read(Purpose.ME, Tokens(key, (OLD,)).sign(Purpose.ME, "handle"), MONDAY) == ("handle",)
    assert session.scalars(select(House.id)).all() == [1]


def test_handles_are_random_and_fit_into_a_token():
    made = {new_handle() for _ in range(1000)}
    assert len(made) == 1000
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{16}", handle) for handle in made)
