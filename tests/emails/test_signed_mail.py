"""A house with a key for signing: its mail is signed, and a new key leaves what had begun as it was."""

import pytest
from sqlalchemy.orm import Session

from course import outbox
from course.dkim_keys import new_key
from course.models import Course
from course.outbox import Leases
from course.settings import Settings
from emails.compile import Compiler
from emails.envelope import content
from emails.testing import lint_message
from tests.emails import posting
from tests.emails.posting import NOW, SETTINGS, composer, mail_to

RSA, ED25519 = new_key("rsa"), new_key("ed25519")


def settings(key: str, selector: str) -> Settings:
    return SETTINGS.model_copy(update={"dkim_key": key, "dkim_selector": selector})


@pytest.fixture
def course(session: Session, compiler: Compiler) -> Course:
    return posting.publish(session, compiler)


def test_a_mail_is_signed_with_every_key_and_nothing_needs_to_be_seen_to_on_its_way(session: Session, course: Course):
    mail = mail_to(session, posting.join(session, course))
    message = composer(session, settings(RSA + ED25519, "mt1 mt1e")).compose(session, mail, NOW).message
    signed = [line for line in message.data.split(b"\r\n") if line.startswith((b"DKIM-Signature:", b" s="))]
    assert [line.split()[0] for line in signed] == [b"DKIM-Signature:", b"s=mt1;", b"DKIM-Signature:", b"s=mt1e;"]
    assert lint_message(message.data) == ()
    untidy = type(message)(message.sender, message.recipient, message.data)
    assert message.tidy
    assert content(message) == content(untidy) == message.data


def test_an_uncertain_mail_is_repeated_under_a_new_key(session: Session, course: Course):
    mail = mail_to(session, posting.join(session, course))
    first = composer(session, settings(RSA, "old")).compose(session, mail, NOW)
    mail.due_at = None
    outbox.begin(session, mail, first.record, NOW, Leases())
    session.flush()
    again = composer(session, settings(ED25519, "new")).again(session, mail)
    assert b" s=new;" in again.data
    assert again.data.partition(b"\r\nFrom:")[2] == first.message.data.partition(b"\r\nFrom:")[2]
    assert composer(session, settings(RSA, "old")).again(session, mail) == first.message
