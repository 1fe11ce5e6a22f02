"""Opening a session, what a server offers, and folders that take mail without one."""

import shutil

import pytest

from emails.errors import Refused, RelayTrouble
from emails.relay import Folder, Relay, Timeouts
from emails.testing import Rule, ScriptedServer, Setup
from emails.transport import connect, parse_smtp_url
from tests.emails.driver import Connection
from tests.emails.relays import DATA, mail, relay_to

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


@pytest.mark.parametrize("wrong", [{"host": "mail..example.org"}, {"helo": "münchen.example"}], ids=["host", "helo"])
def test_a_name_that_cannot_be_said_is_trouble(server, wrong):
    with pytest.raises(RelayTrouble, match="its host, or our name there"):
        Connection(relay_to(server, **wrong))


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


def test_a_sign_in_that_nobody_can_follow_is_trouble():
    with ScriptedServer(Setup(users={"robin": "x"})) as server:
        server.script(Rule("auth", answer="334 abcde"))
        with pytest.raises(RelayTrouble, match="cannot be used: Invalid base64"):
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
    carrier = Connection(parse_smtp_url(f"maildir://{tmp_path}/box"))
    carrier.send(mail())
    carrier.close()
    (filed,) = (tmp_path / "box" / "new").iterdir()
    assert filed.read_bytes() == DATA


def test_a_folder_that_cannot_be_used_is_trouble(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(RelayTrouble):
        connect(Folder(tmp_path / "file" / "box"))


def test_a_folder_that_is_taken_away_is_trouble(tmp_path):
    carrier = Connection(Folder(tmp_path / "box"))
    shutil.rmtree(tmp_path / "box")
    with pytest.raises(RelayTrouble, match="could not be filed"):
        carrier.send(mail())


def test_closing_twice_or_after_the_server_is_gone_is_quiet(server):
    connection = Connection(relay_to(server))
    server.stop()
    connection.close()
    connection.close()
