"""The scripted mail server is the judge of other tests, so it is judged here: by smtplib, which is not ours."""

import json
import smtplib
import threading
from hashlib import sha256

import pytest

from emails.testing import Rule, ScriptedServer, Setup

DATA = "From: <a@example.org>\r\nMessage-ID: <m1@example.org>\r\n\r\n.dot\r\nend\r\n"


@pytest.fixture
def server():
    with ScriptedServer() as running:
        yield running


@pytest.fixture
def client(server):
    with smtplib.SMTP("127.0.0.1", server.port, local_hostname="client") as open_client:
        yield open_client


def test_an_ordinary_client_can_hand_over_mail(server, client):
    client.sendmail("a@example.org", ["b@example.com", "c@example.com"], DATA)
    (mail,) = server.journal
    assert mail.recipients == ("b@example.com", "c@example.com")
    assert mail.data.decode() == DATA
    assert mail.answered


def test_it_insists_on_the_order_of_things(client):
    client.ehlo()
    assert client.docmd("RCPT", "TO:<b@example.com>")[0] == 503
    assert client.docmd("DATA")[0] == 503
    assert client.mail("a@example.org")[0] == 250
    assert client.docmd("MAIL", "FROM:<a@example.org>")[0] == 503
    assert client.rset()[0] == 250
    assert client.docmd("STARTTLS")[0] == 502
    assert client.docmd("BREW")[0] == 500
    assert client.noop()[0] == 250
    assert client.helo()[0] == 250


def test_both_ways_to_sign_in_are_understood():
    with ScriptedServer(Setup(users={"robin": "secret"})) as server:
        for mechanism in ("auth_plain", "auth_login"):
            with smtplib.SMTP("127.0.0.1", server.port) as client:
                client.ehlo()
                client.user, client.password = "robin", "secret"
                client.auth(mechanism[5:].upper(), getattr(client, mechanism))
                client.password = "wrong"
                with pytest.raises(smtplib.SMTPAuthenticationError):
                    client.auth(mechanism[5:].upper(), getattr(client, mechanism), initial_response_ok=False)


def test_the_nth_mail_meets_its_rule_and_no_other(server, client):
    server.script(Rule("mail", answer="451 4.3.0 Not this one", nth=2))
    answers = []
    for _ in range(3):
        answers.append(client.mail("a@example.org")[0])
        client.rset()
    assert answers == [250, 451, 250]


def test_a_rule_is_followed_as_often_as_it_says(server, client):
    server.script(Rule("rset", answer="451 4.3.0 No", times=2))
    assert [client.rset()[0] for _ in range(3)] == [451, 451, 250]


def test_the_journal_file_is_written_before_the_answer(tmp_path):
    file = tmp_path / "journal"
    with ScriptedServer(journal_file=file) as server:
        server.script(Rule("dot", hang_up=True, accept=True))
        with smtplib.SMTP("127.0.0.1", server.port) as client, pytest.raises(smtplib.SMTPServerDisconnected):
            client.sendmail("a@example.org", ["b@example.com"], DATA)
    (line,) = file.read_text().splitlines()
    assert json.loads(line) == {
        "message_id": "<m1@example.org>",
        "sender": "a@example.org",
        "recipients": ["b@example.com"],
        "sha256": sha256(DATA.encode()).hexdigest(),
        "answered": False,
    }


def test_one_can_wait_for_mail(server, client):
    assert not server.wait_for(1, timeout=0.01)
    thread = threading.Thread(target=client.sendmail, args=("a@example.org", ["b@example.com"], DATA))
    thread.start()
    assert server.wait_for(1)
    thread.join()


def test_it_has_a_port_only_while_it_runs():
    server = ScriptedServer()
    with pytest.raises(RuntimeError):
        server.port  # noqa: B018
    with server:
        assert server.url == f"smtp://127.0.0.1:{server.port}?tls=none"
