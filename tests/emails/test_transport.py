"""Handing over mail: what the server says decides who waits, and only silence after the dot is uncertain."""

import shutil
import signal
import socket
import ssl
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from emails.errors import LostAfterDot, PolicyRefused, Refused, RelayTrouble, TryLater
from emails.letter import Message
from emails.relay import Folder, Relay, Timeouts
from emails.testing import Rule, ScriptedServer, Setup
from emails.testing.session import OFFERS
from emails.transport import Connection, connect, parse_smtp_url

DATA = b"From: <robin@example.org>\r\nMessage-ID: <m1@example.org>\r\n\r\nHello.\r\n.hidden dot\r\n.\r\nEnd\r\n"
PLAIN = tuple(offer for offer in OFFERS if offer != "PIPELINING")


def mail(recipient="ana@example.com", data=DATA, sender="b+1@example.org"):
    return Message(sender, recipient, data)


def relay_to(server, **changes):
    timeouts = Timeouts(connect=5, command=5, content=5, dot=5)
    return replace(Relay("127.0.0.1", server.port, tls="none", timeouts=timeouts), **changes)


@pytest.fixture(params=[OFFERS, PLAIN], ids=["pipelining", "one by one"])
def server(request):
    with ScriptedServer(Setup(offers=request.param)) as running:
        yield running


@pytest.fixture
def connection(server):
    with Connection(relay_to(server)) as open_connection:
        yield open_connection


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """A throw-away certificate for 127.0.0.1: (server context, CA file)."""
    folder = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "thrown away")])
    today = datetime.now(UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "ca.pem"
    pem.write_bytes(built.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, folder / "key.pem")
    return context, pem


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


# When the connection dies


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


# Opening the session


def test_421_at_the_door_is_trouble_with_its_words(server):
    server.script(Rule("connect", answer="421 4.7.0 Too many connections"))
    with pytest.raises(RelayTrouble, match="Too many connections") as caught:
        Connection(relay_to(server))
    assert (caught.value.code, caught.value.status) == (421, "4.7.0")


def test_a_port_where_nobody_listens_is_trouble(free_port):
    with pytest.raises(RelayTrouble, match="refused"):
        Connection(Relay("127.0.0.1", free_port, tls="none"))


def test_a_name_that_does_not_exist_is_trouble():
    with pytest.raises(RelayTrouble):
        Connection(Relay("no-such-host.invalid", 25, tls="none", timeouts=Timeouts(connect=2)))


def test_the_password_is_sent_and_checked():
    with ScriptedServer(Setup(users={"robin": "se:cret"})) as server:
        with Connection(relay_to(server, user="robin", password="se:cret")) as connection:
            connection.send(mail())
        with pytest.raises(RelayTrouble) as caught:
            Connection(relay_to(server, user="robin", password="wrong"))
        assert caught.value.code == 535
        assert "se:cret" not in repr(relay_to(server, password="se:cret"))


def test_a_user_where_nobody_can_sign_in_is_trouble(server):
    with pytest.raises(RelayTrouble):
        Connection(relay_to(server, user="robin", password="x"))


@pytest.mark.parametrize("implicit", [False, True])
def test_mail_travels_encrypted_over_a_verified_certificate(certificate, implicit):
    context, ca = certificate
    users = {"robin": "x"}
    with ScriptedServer(Setup(tls=context, implicit=implicit, users=users)) as server:
        relay = relay_to(server, tls="implicit" if implicit else "starttls", ca=ca, user="robin", password="x")
        with Connection(relay) as connection:
            connection.send(mail())
            connection.send(mail())
        assert len(server.journal) == 2
        assert server.connections == 1
        assert ("STARTTLS" in server.commands) is not implicit


@pytest.mark.parametrize("implicit", [False, True])
def test_a_certificate_nobody_vouches_for_is_trouble(certificate, implicit):
    with ScriptedServer(Setup(tls=certificate[0], implicit=implicit)) as server:
        with pytest.raises(RelayTrouble, match="cannot be trusted"):
            Connection(relay_to(server, tls="implicit" if implicit else "starttls"))
        assert not any(command.startswith("MAIL") for command in server.commands)


def test_a_certificate_for_another_name_is_trouble(certificate):
    context, ca = certificate
    with ScriptedServer(Setup(tls=context)) as server, pytest.raises(RelayTrouble, match="cannot be trusted"):
        Connection(relay_to(server, host="localhost", tls="starttls", ca=ca))


def test_nothing_is_said_in_the_open_when_starttls_was_stripped(server):
    with pytest.raises(RelayTrouble, match="STARTTLS"):
        Connection(relay_to(server, tls="starttls", user="robin", password="x"))
    assert not any(command.startswith(("AUTH", "MAIL")) for command in server.commands)


def test_a_refused_starttls_is_trouble_and_no_plain_text(certificate):
    with ScriptedServer(Setup(tls=certificate[0])) as server:
        server.script(Rule("starttls", answer="454 4.7.0 Not now"))
        with pytest.raises(RelayTrouble):
            Connection(relay_to(server, tls="starttls"))
        assert not any(command.startswith("MAIL") for command in server.commands)


def test_words_slipped_in_before_the_encryption_are_not_heard(certificate):
    context, ca = certificate
    with ScriptedServer(Setup(tls=context)) as server:
        server.script(Rule("starttls", answer="220 Go ahead\r\n250 Injected"))
        with pytest.raises(RelayTrouble):
            Connection(relay_to(server, tls="starttls", ca=ca))


# What the server offers


def test_size_is_announced_and_too_much_is_refused_before_it_is_sent():
    with ScriptedServer(Setup(offers=("SIZE 1000",))) as server, Connection(relay_to(server)) as connection:
        connection.send(mail())
        assert any(command.endswith(f"SIZE={len(DATA) + 2}") for command in server.commands)
        with pytest.raises(Refused) as caught:
            connection.send(mail(data=b"A: b\r\n\r\n" + b"x" * 1000 + b"\r\n"))
        assert caught.value.status == "5.3.4"
        assert sum(command.startswith("MAIL") for command in server.commands) == 1


def test_what_needs_more_than_ascii_goes_only_where_it_is_offered():
    eight_bit = mail(data="A: b\r\n\r\nÖ\r\n".encode())
    foreign = mail(recipient="jörg@example.com")
    with ScriptedServer() as server, Connection(relay_to(server)) as connection:
        connection.send(eight_bit)
        connection.send(foreign)
        starts = [command for command in server.commands if command.startswith("MAIL")]
        assert starts[0].endswith("BODY=8BITMIME")
        assert starts[1].endswith("SMTPUTF8")
        assert server.journal[1].recipients == ("jörg@example.com",)
    with ScriptedServer(Setup(offers=())) as server, Connection(relay_to(server)) as connection:
        for message, status in ((eight_bit, "5.6.3"), (foreign, "5.6.7")):
            with pytest.raises(Refused) as caught:
                connection.send(message)
            assert caught.value.status == status
        assert not any(command.startswith("MAIL") for command in server.commands)


@pytest.mark.parametrize(
    "message",
    [
        mail(recipient="a@x.org>\r\nRCPT TO:<b@x.org"),
        mail(recipient="a b@x.org"),
        mail(recipient=""),
        mail(sender="a@x.org> SIZE=1"),
        mail(data=b"A: b\n\nbare line feeds\n"),
        mail(data=b"A: b\r\n\r\nsmuggled\n.\r\nMAIL FROM:<x@y>\r\n"),
        mail(data=b"A: b\r\n\r\nbare\rreturn\r\n"),
        mail(data=b"A: b\r\n\r\nNUL \0\r\n"),
    ],
    ids=["crlf", "space", "nobody", "bracket", "lf", "smuggling", "cr", "nul"],
)
def test_what_could_be_misread_never_reaches_the_server(server, connection, message):
    with pytest.raises(Refused):
        connection.send(message)
    assert not any(command.startswith("MAIL") for command in server.commands)


# Folders


def test_a_folder_takes_mail_byte_for_byte(tmp_path):
    carrier = connect(parse_smtp_url(f"maildir://{tmp_path}/box"))
    carrier.send(mail())
    carrier.close()
    (filed,) = (tmp_path / "box" / "new").iterdir()
    assert filed.read_bytes() == DATA


def test_a_folder_that_cannot_be_used_is_trouble(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(RelayTrouble):
        connect(Folder(tmp_path / "file" / "box"))


def test_a_folder_that_is_taken_away_is_trouble(tmp_path):
    carrier = connect(Folder(tmp_path / "box"))
    shutil.rmtree(tmp_path / "box")
    with pytest.raises(RelayTrouble, match="could not be filed"):
        carrier.send(mail())


def test_closing_twice_or_after_the_server_is_gone_is_quiet(server):
    connection = connect(relay_to(server))
    server.stop()
    connection.close()
    connection.close()


@pytest.fixture
def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
