"""One URL says where mail goes; what it does not say is chosen safely."""

from datetime import date
from pathlib import Path

import pytest

from course.errors import Misconfigured
from emails.relay import Folder, Relay, Timeouts, parse_smtp_url
from emails.warm_up import WarmUp


@pytest.mark.parametrize(
    ("url", "host", "port", "tls"),
    [
        ("smtp://mail.example.org", "mail.example.org", 587, "starttls"),
        ("smtp://mail.example.org:2525", "mail.example.org", 2525, "starttls"),
        ("smtp://mail.example.org?tls=none", "mail.example.org", 25, "none"),
        ("smtp://mail.example.org?tls=implicit", "mail.example.org", 465, "implicit"),
        ("smtps://mail.example.org", "mail.example.org", 465, "implicit"),
        ("smtps://mail.example.org:4650?tls=implicit", "mail.example.org", 4650, "implicit"),
        ("smtp://127.0.0.1:1025", "127.0.0.1", 1025, "none"),
        ("smtp://localhost:1025", "localhost", 1025, "none"),
        ("smtp://[::1]:1025", "::1", 1025, "none"),
        ("smtp://localhost:1025?tls=starttls", "localhost", 1025, "starttls"),
    ],
)
def test_a_server_is_spoken_to_encrypted_unless_it_is_this_machine_or_said_otherwise(url, host, port, tls):
    relay = parse_smtp_url(url)
    assert (relay.host, relay.port, relay.tls) == (host, port, tls)
    assert str(relay) == f"{host}:{port}"


def test_user_and_password_are_unescaped_and_the_password_is_never_shown():
    relay = parse_smtp_url("smtp://robin%40example.org:s%3Ae%2Fc@mail.example.org")
    assert (relay.user, relay.password) == ("robin@example.org", "s:e/c")
    assert "s:e/c" not in repr(relay) + str(relay)


def test_options_are_read():
    relay = parse_smtp_url("smtp://h.example?ca=/etc/ca.pem&helo=me.example&timeout=5&dot_timeout=7")
    assert relay == Relay(
        "h.example",
        587,
        ca=Path("/etc/ca.pem"),
        helo="me.example",
        timeouts=Timeouts(connect=5, command=5, content=10, dot=7),
    )


def test_a_folder_is_named_by_its_path():
    assert parse_smtp_url("maildir:///var/mail/a%20b") == Folder(Path("/var/mail/a b"))
    assert str(Folder(Path("/var/mail"))) == "/var/mail"


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("", "begins with"),
        ("http://mail.example.org", "begins with"),
        ("smtp://", "one host"),
        ("smtp://host/path", "one host"),
        ("smtp://host:port", "cannot be read"),
        ("smtp://host:99999", "cannot be read"),
        ("smtp://[::1", "cannot be read"),
        ("smtp://host?tls=maybe", "starttls, implicit or none"),
        ("smtps://host?tls=none", "always implicit"),
        ("smtp://host?tsl=none", "no option 'tsl'"),
        ("smtp://host?per_second=0", "per_second is a number"),
        ("smtp://host?per_day=many", "per_day is a number"),
        ("smtp://host?warm_up=2026-11-22", "warm_up is a day and a number"),
        ("smtp://host?warm_up=2026-13-22:200", "warm_up is a day and a number"),
        ("smtp://robin@host", "without a password"),
        ("smtp://:secret@host", "without a user"),
        ("smtp://robin:s%C3%A9cret@host", "ASCII"),
        ("smtp://robin:secret@mail..example.org", "1 to 63 characters between its dots"),
        ("smtp://.example.org", "1 to 63 characters between its dots"),
        (f"smtps://{'x' * 64}.example.org", "1 to 63 characters between its dots"),
        ("smtp://host?helo=m%C3%BCnchen.example", "helo is one name in ASCII"),
        ("smtp://host?helo=my+name.example", "helo is one name in ASCII"),
        ("smtp://host?helo=a.example%0D%0AMAIL", "helo is one name in ASCII"),
        ("smtp://host?timeout=soon", "numbers of seconds"),
        ("smtp://host?timeout=0", "between 0 and 3600"),
        ("smtp://host?dot_timeout=nan", "between 0 and 3600"),
        ("maildir://var/mail", "three slashes"),
        ("maildir:///", "three slashes"),
    ],
)
def test_a_bad_url_stops_the_start_with_one_clear_line_without_the_password(url, sentence):
    with pytest.raises(Misconfigured, match=sentence) as caught:
        parse_smtp_url(url)
    assert "\n" not in str(caught.value)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("host", ["münchen.example", "mail.example.org.", "mail_catcher", "10.0.0.7"])
def test_a_host_may_be_any_name_that_can_be_looked_up(host):
    relay = parse_smtp_url(f"smtp://{host}?helo=xn--mnchen-3ya.example")
    assert isinstance(relay, Relay)
    assert (relay.host, relay.our_name) == (host, "xn--mnchen-3ya.example")


def test_rates_are_options_of_the_relay():
    relay = parse_smtp_url("smtp://host?per_second=5&per_hour=2000&warm_up=2026-11-22:200")
    assert isinstance(relay, Relay)
    assert (relay.per_second, relay.per_hour, relay.per_day) == (5, 2000, None)
    assert relay.warm_up == WarmUp(date(2026, 11, 22), 200)
