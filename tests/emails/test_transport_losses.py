"""When the connection dies, or says nothing: only silence after the dot is uncertain."""

import signal
import socket
import struct
import threading
import time
from dataclasses import replace

import pytest

from emails.errors import LostAfterDot, RelayTrouble, TryLater
from emails.events import Accepted, Ready
from emails.relay import Relay, Timeouts
from emails.testing import Rule
from tests.emails.driver import Connection
from tests.emails.relays import mail, relay_to


@pytest.mark.parametrize(
    ("moment", "error"), [("mail", RelayTrouble), ("rcpt", TryLater), ("data", TryLater), ("content", TryLater)]
)
def test_a_connection_that_dies_before_the_dot_accepted_nothing(server, connection, moment, error):
    server.script(Rule(moment, hang_up=True, times=1))
    large = b"A: b\r\n\r\n" + b"x" * 70 + b"\r\n" * 2_000_000
    with pytest.raises(error):
        connection.send(mail(data=large))
    assert server.journal == []
    assert not connection.is_open
    connection.send(mail())
    assert len(server.journal) == 1


@pytest.mark.parametrize("accept", [True, False])
def test_a_connection_that_dies_after_the_dot_leaves_the_mail_uncertain(server, connection, accept):
    server.script(Rule("dot", hang_up=True, accept=accept, times=1))
    with pytest.raises(LostAfterDot):
        connection.send(mail())
    assert len(server.journal) == accept
    connection.send(mail("next@example.com"))
    assert server.journal[-1].recipients == ("next@example.com",)


def test_silence_after_the_dot_is_uncertain_too(server):
    server.script(Rule("dot", delay=30))
    relay = relay_to(server, timeouts=Timeouts(5, 5, 5, dot=0.2))
    with Connection(relay) as connection, pytest.raises(LostAfterDot, match=r"no answer within 0\.2 seconds"):
        connection.send(mail())


def test_nonsense_after_the_dot_is_uncertain(server, connection):
    server.script(Rule("dot", answer="399 Hm"))
    with pytest.raises(LostAfterDot):
        connection.send(mail())


@pytest.mark.parametrize(("moment", "error"), [("mail", RelayTrouble), ("rcpt", TryLater), ("data", TryLater)])
def test_silence_before_the_dot_is_not(server, moment, error):
    server.script(Rule(moment, delay=30))
    with Connection(relay_to(server, timeouts=Timeouts(5, 0.2, 5, 5))) as connection, pytest.raises(error):
        connection.send(mail())


def test_one_byte_at_a_time_does_not_hold_us_for_ever(server):
    server.script(Rule("rcpt", drip=0.05))
    relay = relay_to(server, timeouts=Timeouts(5, 0.3, 5, 5))
    with Connection(relay) as connection, pytest.raises(TryLater, match="no answer within"):
        connection.send(mail())


def test_a_server_that_objects_before_the_dot_is_heard(server):
    """It says 451 while the content is on its way and would take the dot for a command."""

    def impatient(listener):
        client, _ = listener.accept()
        client.sendall(b"220 hi\r\n")
        client.recv(1000)
        client.sendall(b"250 hi\r\n")
        for answer in (b"250 ok\r\n", b"250 ok\r\n"):
            client.recv(1000)
            client.sendall(answer)
        client.recv(1000)
        client.sendall(b"354 go on\r\n451 4.3.0 Or rather not\r\n")
        while client.recv(100_000):
            pass

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=impatient, args=(listener,), daemon=True).start()
        connection = Connection(replace(relay_to(server), port=listener.getsockname()[1]))
        with pytest.raises(TryLater, match="Or rather not"):
            connection.send(mail())
        assert not connection.is_open


def hang_up_after(listener, answers, reset):
    """Greets, answers each command and then the content, one after another, and closes with the last of them."""
    client, _ = listener.accept()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", reset, 0))
    with client, client.makefile("rb") as heard:
        client.sendall(b"220 hi\r\n")
        for answer in (b"250 hi\r\n", *answers):
            heard.readline()
            client.sendall(answer)
            if answer.startswith(b"354 go on"):
                while heard.readline() != b"End\r\n":
                    pass


@pytest.fixture
def short_lived():
    """A connection to a server that gives these answers and no more."""

    def connected(*answers, reset=False):
        threading.Thread(target=hang_up_after, args=(listener, answers, reset), daemon=True).start()
        return Connection(Relay("127.0.0.1", listener.getsockname()[1], tls="none", timeouts=Timeouts(5, 5, 5, 5)))

    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield connected


OK, GO_ON = b"250 ok\r\n", b"354 go on\r\n"


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ((b"250 o",), RelayTrouble),
        ((OK, b"250 o"), TryLater),
        ((OK, OK, b"354 go"), TryLater),
        ((OK, OK, GO_ON, b"250 2.0"), LostAfterDot),
        ((OK, OK, GO_ON, b"250-2.0.0 Queued\r\n"), LostAfterDot),
    ],
    ids=["MAIL", "RCPT", "DATA", "dot", "a line of several"],
)
def test_who_hangs_up_amid_an_answer_is_not_waited_for(short_lived, answers, error):
    with short_lived(*answers) as connection:
        with pytest.raises(error, match="the server hung up"):
            connection.send(mail())
        assert not connection.is_open


def test_what_was_said_whole_is_heard_before_half_an_answer(short_lived):
    with short_lived(OK, OK, GO_ON, b"250 2.0.0 Queued\r\n421 4.3") as connection:
        assert connection.send(mail()) == "250 2.0.0 Queued"


def test_what_was_said_before_a_reset_is_heard(short_lived):
    with short_lived(OK, OK, GO_ON, b"250 2.0.0 Queued\r\n", reset=True) as connection:
        carrier, happened = connection.carrier, []
        carrier.offer(mail())
        while carrier.is_open:
            events = carrier.turn()
            if any(isinstance(event, Ready) for event in events):
                carrier.proceed()
            happened += events
            time.sleep(0.1)  # both have come by then
        assert [type(event) for event in happened] == [Ready, Accepted]


def test_an_interruption_amid_a_mail_does_not_spill_into_the_next(server, connection):
    class Interrupted(BaseException):
        pass

    def interrupt(signum, frame):
        raise Interrupted

    server.script(Rule("data", delay=30, times=1))
    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        with pytest.raises(Interrupted):
            connection.send(mail("one@example.com"))
    finally:
        signal.signal(signal.SIGALRM, before)
    connection.send(mail("two@example.com"))
    assert [one.recipients for one in server.journal] == [("two@example.com",)]


def test_a_server_that_hung_up_between_two_mails_is_nobodys_trouble(server, connection):
    connection.send(mail("one@example.com"))
    server.hang_up()
    connection.send(mail("two@example.com"))
    assert len(server.journal) == 2
    assert server.connections == 2


def test_a_server_that_is_no_mail_server_is_trouble(server):
    server.script(Rule("connect", answer="HTTP/1.1 400 Bad Request"))
    with pytest.raises(RelayTrouble, match="no mail server"):
        Connection(relay_to(server))


def test_an_answer_without_end_is_trouble(server):
    server.script(Rule("connect", answer="220-" + "x" * 200_000))
    with pytest.raises(RelayTrouble):
        Connection(relay_to(server))


def test_an_answer_of_endless_lines_is_trouble(server):
    server.script(Rule("connect", answer="\r\n".join(["220-" + "x" * 500] * 500)))
    with pytest.raises(RelayTrouble):
        Connection(relay_to(server))
