"""How admins sign in, and what is kept of it."""

import hashlib
import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from course import admins
from course.admins import Role
from course.database import Database
from course.errors import NotFound, Refused
from course.models import Admin, AdminSession, Delivery, SignInLink
from course.tokens import BadToken

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
GOOD = "four words, one password"


@pytest.fixture
def owner(database: Database) -> Admin:
    with database.writing() as session:
        return admins.add(session, "Ana@Example.org", NOW)


def link(database: Database, owner: Admin) -> str:
    with database.writing() as session:
        return admins.make_sign_in_link(session, owner)


def signed_in(database: Database, owner: Admin) -> str:
    token = link(database, owner)
    with database.writing() as session:
        return admins.redeem(session, token)


def admin_of(database: Database, cookie: str) -> Admin | None:
    with database.reading() as session:
        return admins.session_admin(session, cookie)


def give_password(database: Database, owner: Admin, password: str = GOOD) -> None:
    with database.writing() as session:
        admins.set_password(session, owner.id, password)


def test_a_link_signs_in(database: Database, owner: Admin):
    found = admin_of(database, signed_in(database, owner))
    assert found is not None
    assert found.email == "ana@example.org"


def test_a_link_works_once(database: Database, owner: Admin):
    token = link(database, owner)
    with database.writing() as session:
        admins.redeem(session, token)
    with database.writing() as session, pytest.raises(BadToken, match="has been used"):
        admins.redeem(session, token)


def test_a_link_lasts_fifteen_minutes_of_the_databases_clock(database: Database, owner: Admin):
    token = link(database, owner)
    with database.writing() as session:
        row = session.scalars(select(SignInLink)).one()
        row.expires_at -= admins.LINK_LASTS
    with database.writing() as session, pytest.raises(BadToken):
        admins.redeem(session, token)


def test_a_link_that_we_never_made_is_refused(database: Database, owner: Admin):
    link(database, owner)
    for forged in ("", "x", "\ud800", "é" * 100):
        with database.writing() as session, pytest.raises(BadToken):
            admins.redeem(session, forged)


def test_only_digests_are_kept(database: Database, owner: Admin):
    token = link(database, owner)
    cookie = signed_in(database, owner)
    with database.reading() as session:
        digests = set(session.scalars(select(SignInLink.digest))) | set(session.scalars(select(AdminSession.digest)))
    assert {hashlib.sha256(each.encode()).hexdigest() for each in (token, cookie)} <= digests
    assert not {token, cookie} & digests


def test_a_session_ends_after_fourteen_days(database: Database, owner: Admin):
    cookie = signed_in(database, owner)
    with database.writing() as session:
        session.execute(update(AdminSession).values(expires_at=AdminSession.created_at))
    assert admin_of(database, cookie) is None


def test_a_session_ends_when_one_signs_out_and_others_stay(database: Database, owner: Admin):
    here, there = signed_in(database, owner), signed_in(database, owner)
    assert here != there
    with database.writing() as session:
        admins.sign_out(session, here)
    assert admin_of(database, here) is None
    assert admin_of(database, there) is not None


def test_a_password_signs_in_however_the_address_is_capitalised(database: Database, owner: Admin):
    give_password(database, owner)
    with database.writing() as session:
        cookie = admins.sign_in(session, admins.check_password(session, " ANA@example.org", GOOD))
    assert admin_of(database, cookie) is not None


@pytest.mark.parametrize(("email", "password"), [("ana@example.org", "wrong"), ("nobody@example.org", GOOD)])
def test_a_wrong_password_and_an_unknown_address_get_the_same_sentence(
    database: Database, owner: Admin, email: str, password: str
):
    give_password(database, owner)
    with database.reading() as session, pytest.raises(Refused) as refused:
        admins.check_password(session, email, password)
    assert refused.value.reasons == {"password": admins.WRONG}


def test_an_unknown_address_takes_as_long_as_a_wrong_password(database: Database, owner: Admin):
    give_password(database, owner)

    def quickest(email: str) -> float:
        spent = []
        for _ in range(3):
            start = time.thread_time()
            with database.reading() as session, pytest.raises(Refused):
                admins.check_password(session, email, "wrong")
            spent.append(time.thread_time() - start)
        return min(spent)

    known, unknown = quickest("ana@example.org"), quickest("nobody@example.org")
    assert 0.5 < unknown / known < 2


def test_nobodys_hash_costs_what_a_new_one_costs():
    assert not admins._hasher.check_needs_rehash(admins.NOBODYS_HASH)


def test_an_admin_without_a_password_cannot_sign_in_with_one(database: Database, owner: Admin):
    for password in ("", GOOD):
        with database.reading() as session, pytest.raises(Refused):
            admins.check_password(session, owner.email, password)


def test_a_new_password_ends_every_session_and_every_link(database: Database, owner: Admin):
    cookie, token = signed_in(database, owner), link(database, owner)
    give_password(database, owner)
    assert admin_of(database, cookie) is None
    with database.writing() as session, pytest.raises(BadToken):
        admins.redeem(session, token)


def test_a_password_that_changes_while_it_is_checked_lets_nobody_in(database: Database, owner: Admin):
    give_password(database, owner)
    with database.reading() as session:
        checked = admins.check_password(session, owner.email, GOOD)
    give_password(database, owner, "another four words")
    with database.writing() as session, pytest.raises(Refused):
        admins.sign_in(session, checked)


@pytest.mark.parametrize("password", ["", "eleven char", "aaaaaaaaaaaaaaaa", "ana@example.org", "x" * 1025])
def test_a_poor_password_is_refused(database: Database, owner: Admin, password: str):
    with database.writing() as session, pytest.raises(Refused):
        admins.set_password(session, owner.id, password)


def test_the_password_itself_is_kept_nowhere(database: Database, owner: Admin):
    give_password(database, owner)
    with database.reading() as session:
        kept = session.scalars(select(Admin.password_hash)).one()
    assert kept is not None
    assert kept.startswith("$argon2id$")
    assert GOOD not in kept


def test_asking_for_a_link_plans_one_urgent_mail(database: Database, owner: Admin):
    with database.writing() as session:
        admins.ask_sign_in_mail(session, "ANA@example.org", NOW)
    with database.writing() as session:
        mail = session.scalars(select(Delivery)).one()
        assert (mail.kind, mail.admin_id, mail.priority, mail.due_at) == ("sign_in", owner.id, 0, NOW)
        assert mail.useless_after == NOW + timedelta(minutes=15)
        assert admins.redeem(session, (mail.secrets or {})["token"])


def test_asking_for_an_unknown_address_plans_nothing(database: Database, owner: Admin):
    with database.writing() as session:
        admins.ask_sign_in_mail(session, "nobody@example.org", NOW)
    with database.reading() as session:
        assert session.scalars(select(Delivery)).all() == []


def test_no_more_than_five_unused_links_lie_in_an_inbox(database: Database, owner: Admin):
    for _ in range(7):
        with database.writing() as session:
            admins.ask_sign_in_mail(session, owner.email, NOW)
    with database.reading() as session:
        assert len(session.scalars(select(Delivery)).all()) == admins.MOST_LINKS


def test_each_role_may_do_what_those_before_may(database: Database, owner: Admin):
    assert [admins.may(owner, role) for role in Role] == [True, True, True]
    owner.role = "editor"
    assert [admins.may(owner, role) for role in Role] == [True, True, False]
    owner.role = "viewer"
    assert [admins.may(owner, role) for role in Role] == [True, False, False]


def test_an_address_is_an_admin_once(database: Database, owner: Admin):
    with database.writing() as session, pytest.raises(Refused):
        admins.add(session, "ana@EXAMPLE.org", NOW)


@pytest.mark.parametrize(("email", "role"), [("not an address", "owner"), ("bo@example.org", "king")])
def test_a_bad_address_or_role_is_refused(database: Database, email: str, role: str):
    with database.writing() as session, pytest.raises(Refused):
        admins.add(session, email, NOW, role)


def test_the_last_owner_stays_an_owner(database: Database, owner: Admin):
    with database.writing() as session:
        admins.add(session, "bo@example.org", NOW, "editor")
        with pytest.raises(Refused):
            admins.change_role(session, owner.email, "viewer")
        with pytest.raises(Refused):
            admins.remove(session, owner.email)
        admins.change_role(session, "bo@example.org", "owner")
        admins.change_role(session, owner.email, "viewer")
    with database.reading() as session:
        assert [(each.email, each.role) for each in admins.everyone(session)] == [
            ("ana@example.org", "viewer"),
            ("bo@example.org", "owner"),
        ]


def test_who_is_removed_is_signed_out(database: Database, owner: Admin):
    cookie = signed_in(database, owner)
    with database.writing() as session:
        admins.add(session, "bo@example.org", NOW)
        admins.remove(session, owner.email)
    assert admin_of(database, cookie) is None


def test_nobody_is_changed_or_removed_by_an_unknown_address(database: Database, owner: Admin):
    with database.writing() as session:
        for verb in (lambda: admins.remove(session, "x@y.org"), lambda: admins.change_role(session, "x", "owner")):
            with pytest.raises(NotFound):
                verb()


def test_a_name_is_one_clean_line(database: Database, owner: Admin):
    with database.writing() as session:
        admins.rename(session, owner.id, "  Ana\r\nBcc: x ")
    with database.reading() as session:
        assert admins.everyone(session)[0].name == "Ana Bcc: x"
