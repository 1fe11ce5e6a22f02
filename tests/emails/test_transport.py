"""Handing over mail: what the server says decides who waits."""

import socket
import threading
from dataclasses import replace

import pytest

from emails.errors import PolicyRefused, Refused, RelayTrouble, TryLater
from emails.testing import Rule
from tests.emails.driver import Connection
from tests.emails.relays import DATA, mail, relay_to

# What is accepted


def test_a_message_arrives_byte_for_byte_and_the_answer_comes_back(server, connection):
    assert connection.send(mail()) == "250 2.0.0 Accepted"
    (accepted,) = server.journal
    assert accepted.data == DATA
    assert accepted.sender == "b+1@example.org"
    assert accepted.recipients == ("ana@example.com",)


def test_many_messages_share_one_connection(server, connection):
    for number in range(20):
        connection.send(mail(f"reader{number}@example.com"))
    assert [one.recipients[0] for one in server.journal] == [f"reader{n}@example.com" for n in range(20)]
    assert server.connections == 1


@pytest.mark.parametrize("data", [b".\r\n", b"..\r\n", b"\r\n.\r\n\r\n", b".a\r\n.\r\n..b\r\n", b"\r\n"])
def test_dots_travel_unharmed(server, connection, data):
    connection.send(mail(data=data))
    assert server.journal[0].data == data


def test_a_missing_last_line_end_is_added(server, connection):
    connection.send(mail(data=b"A: b\r\n\r\nno end"))
    assert server.journal[0].data == b"A: b\r\n\r\nno end\r\n"


def test_the_null_return_path_is_written_as_empty_brackets(server, connection):
    connection.send(mail(sender=""))
    assert server.journal[0].sender == ""


# What is refused, by phase

PHASES = ["mail", "rcpt", "data", "dot"]


@pytest.mark.parametrize("moment", PHASES)
@pytest.mark.parametrize(
    ("answer", "error", "status"),
    [
        ("451 4.7.1 Greylisted", TryLater, "4.7.1"),
        ("452 Later", TryLater, None),
        ("421 4.3.2 Closing", RelayTrouble, "4.3.2"),
        ("554 5.7.1 Blocked", PolicyRefused, "5.7.1"),
        ("550 5.7.26 Unauthenticated", PolicyRefused, "5.7.26"),
    ],
)
def test_the_answer_decides_in_every_phase(server, connection, moment, answer, error, status):
    server.script(Rule(moment, answer=answer))
    with pytest.raises(error) as caught:
        connection.send(mail())
    assert caught.value.code == int(answer[:3])
    assert caught.value.status == status
    assert caught.value.reply == answer
    assert server.journal == []


@pytest.mark.parametrize(
    ("moment", "answer", "error"),
    [
        ("rcpt", "550 5.1.1 Nobody", Refused),
        ("rcpt", "550 Nobody", Refused),
        ("data", "554 5.6.0 No", Refused),
        ("dot", "554 5.6.0 Not this text", Refused),
        ("mail", "552 5.3.4 Too large", Refused),
        ("mail", "550 5.1.8 Bad sender", PolicyRefused),
        ("mail", "530 5.7.0 Sign in first", RelayTrouble),
        ("rcpt", "503 5.5.1 Bad sequence", RelayTrouble),
        ("mail", "999 What", RelayTrouble),
        ("data", "250 Not a go-ahead", RelayTrouble),
    ],
)
def test_a_permanent_no_is_the_recipients_the_senders_or_the_sessions(server, connection, moment, answer, error):
    server.script(Rule(moment, answer=answer))
    with pytest.raises(error):
        connection.send(mail())
    assert server.journal == []


@pytest.mark.parametrize("moment", PHASES)
@pytest.mark.parametrize("answer", ["550 5.1.1 Nobody", "451 4.2.0 Later", "554 5.7.1 Blocked", "421 4.3.2 Bye"])
def test_after_any_no_the_next_mail_goes_out(server, connection, moment, answer):
    server.script(Rule(moment, answer=answer, nth=1))
    with pytest.raises((Refused, TryLater, PolicyRefused, RelayTrouble)):
        connection.send(mail("first@example.com"))
    connection.send(mail("second@example.com"))
    assert [one.recipients for one in server.journal] == [("second@example.com",)]
    assert server.connections == (2 if answer.startswith("421") else 1)


def test_one_broken_recipient_among_many_fails_alone(server, connection):
    server.script(Rule("rcpt", answer="550 5.1.1 Nobody", recipient="r7@"))
    failed = []
    for number in range(20):
        try:
            connection.send(mail(f"r{number}@example.com"))
        except Refused as refused:
            failed.append((number, refused.status))
    assert failed == [(7, "5.1.1")]
    assert len(server.journal) == 19
    assert server.connections == 1


def test_an_answer_of_several_lines_is_read_as_one(server, connection):
    server.script(Rule("rcpt", answer="550-5.1.1 Nobody of that name\r\n550-5.1.1 lives here.\r\n550 5.1.1 Bye"))
    with pytest.raises(Refused, match=r"^550 5\.1\.1 Nobody of that name lives here\. Bye$"):
        connection.send(mail())


def test_a_status_of_another_class_than_the_number_is_not_believed(server, connection):
    server.script(Rule("rcpt", answer="450 5.1.1 Confused"))
    with pytest.raises(TryLater) as caught:
        connection.send(mail())
    assert caught.value.status is None


def test_what_a_server_says_is_kept_short_and_clean(server, connection):
    server.script(Rule("rcpt", answer="550 5.1.1 \x1b[31m" + "long " * 500))
    with pytest.raises(Refused) as caught:
        connection.send(mail())
    assert "\x1b" not in caught.value.reply
    assert len(caught.value.reply) < 1100


def test_a_go_ahead_after_a_refused_envelope_delivers_nothing(server):
    """RFC 2920: a lone dot would deliver an empty mail, so the connection is closed instead."""

    def foolish(listener):
        client, _ = listener.accept()
        heard = b""
        client.sendall(b"220 hi\r\n")
        client.recv(1000)
        client.sendall(b"250-hi\r\n250 PIPELINING\r\n")
        client.recv(1000)
        client.sendall(b"250 ok\r\n550 5.1.1 Nobody\r\n354 go on\r\n")
        while chunk := client.recv(1000):
            heard += chunk
        said.append(heard)

    said = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=foolish, args=(listener,), daemon=True)
        thread.start()
        relay = replace(relay_to(server), port=listener.getsockname()[1])
        with pytest.raises(Refused):
            Connection(relay).send(mail())
        thread.join(timeout=5)
    assert said == [b""]
