"""Where mail is handed over: a mail server or a folder, read from one URL.

    smtp://user:password@mail.example.org:587?tls=starttls
    smtps://user:password@mail.example.org            TLS from the first byte, port 465
    smtp://127.0.0.1:1025                             a loopback server may speak in the open
    maildir:///var/mail/meantime                      no server at all: each mail becomes a file

Options: `tls=starttls|none|implicit`, `ca=FILE` (a certificate authority of one's own), `helo=NAME`,
`timeout=SECONDS` for each command, `dot_timeout=SECONDS` for the answer that settles a mail, `connections=N`, how many
each worker process may open at once. Several URLs, separated by blanks, are several relays: `weight=N` says how much of
the mail each should have, and one with `weight=0` is a reserve for when no other can be used.

Rates of a relay: `per_second=N`, `per_hour=N`, `per_day=N`, and `warm_up=2026-11-22:200`: from that day at most 200 a
day, half as much again on each day after it, until the relay's own `per_day` is reached, or for sixty days.
"""

import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Literal
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from course.errors import Misconfigured
from emails.warm_up import WarmUp

Tls = Literal["starttls", "none", "implicit"]

MOST_CONNECTIONS = 100
MOST_WEIGHT = 1000
MOST_MAILS = 10_000_000

_PORTS: Mapping[Tls, int] = {"starttls": 587, "none": 25, "implicit": 465}
_RATES = ("per_second", "per_hour", "per_day")
_OPTIONS = frozenset({"tls", "ca", "helo", "timeout", "dot_timeout", "connections", "weight", "warm_up", *_RATES})


@dataclass(frozen=True)
class Timeouts:
    """Seconds for each phase of a mail. The answer to the dot gets what RFC 5321 asks for.

    Giving up on that answer early would make mails uncertain that the server was about to accept.
    """

    connect: float = 20.0
    command: float = 60.0
    content: float = 120.0
    dot: float = 600.0


@dataclass(frozen=True)
class Relay:
    """A mail server, how to reach it, and who we are there."""

    host: str
    port: int
    tls: Tls = "starttls"
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    ca: Path | None = None
    helo: str | None = None
    timeouts: Timeouts = Timeouts()
    connections: int = 4
    weight: int = 1
    per_second: int | None = None
    per_hour: int | None = None
    per_day: int | None = None
    warm_up: WarmUp | None = None

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"

    @property
    def our_name(self) -> str:
        """What we call ourselves in EHLO. smtplib would ask the DNS for it, and wait."""
        name = self.helo or socket.gethostname()
        return name if "." in name else "[127.0.0.1]"


@dataclass(frozen=True)
class Folder:
    """A Maildir instead of a mail server."""

    path: Path

    def __str__(self) -> str:
        return str(self.path)


def parse_smtp_urls(urls: str) -> tuple[Relay | Folder, ...]:
    """All relays that the setting names, separated by blanks; raises Misconfigured as `parse_smtp_url` does."""
    relays = tuple(parse_smtp_url(url) for url in urls.split())
    if not relays:
        raise Misconfigured("SMTP_URL is empty.")
    if len({str(relay) for relay in relays}) < len(relays):
        raise Misconfigured("SMTP_URL names the same relay twice.")
    return relays


def parse_smtp_url(url: str) -> Relay | Folder:
    """The relay that `url` names; raises Misconfigured with one clear line that never shows the password."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise Misconfigured("SMTP_URL is no URL: the host or the port cannot be read.") from error
    if parts.scheme == "maildir":
        return _folder(parts)
    if parts.scheme not in {"smtp", "smtps"}:
        raise Misconfigured("SMTP_URL begins with smtp://, smtps:// or maildir://.")
    if not parts.hostname or parts.path not in {"", "/"}:
        raise Misconfigured("SMTP_URL names one host and no path, as in smtp://mail.example.org:587.")
    options = _options(parts.query)
    tls = _tls(parts, options)
    user, password = _credentials(parts)
    return Relay(
        host=_host(parts.hostname),
        port=port or _PORTS[tls],
        tls=tls,
        user=user,
        password=password,
        ca=Path(options["ca"]) if "ca" in options else None,
        helo=_helo(options),
        timeouts=_timeouts(options),
        connections=_connections(options),
        weight=_weight(options),
        warm_up=WarmUp.read(options["warm_up"]) if "warm_up" in options else None,
        **{name: _rate(options, name) for name in _RATES},
    )


def _folder(parts: SplitResult) -> Folder:
    path = Path(unquote(parts.path))
    if parts.netloc or not path.is_absolute() or path == Path("/"):
        raise Misconfigured("A mail folder is written with three slashes, as in maildir:///var/mail/meantime.")
    return Folder(path)


def _host(name: str) -> str:
    try:
        name.encode("idna")  # as the socket will
    except UnicodeError as error:
        raise Misconfigured("SMTP_URL's host is a name with 1 to 63 characters between its dots.") from error
    return name


def _options(query: str) -> dict[str, str]:
    options = dict(parse_qsl(query, keep_blank_values=True))
    unknown = sorted(options.keys() - _OPTIONS)
    if unknown:
        raise Misconfigured(f"SMTP_URL has no option {unknown[0]!r}; it has {', '.join(sorted(_OPTIONS))}.")
    return options


def _tls(parts: SplitResult, options: Mapping[str, str]) -> Tls:
    default: Tls = "none" if _is_loopback(parts.hostname or "") else "starttls"
    wanted = options.get("tls", "implicit" if parts.scheme == "smtps" else default)
    found = next((tls for tls in _PORTS if tls == wanted), None)
    if found is None or (parts.scheme == "smtps" and found != "implicit"):
        raise Misconfigured("SMTP_URL's tls is starttls, implicit or none; smtps:// is always implicit.")
    return found


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _credentials(parts: SplitResult) -> tuple[str | None, str | None]:
    if not parts.username and not parts.password:
        return None, None
    if not parts.username or not parts.password:
        raise Misconfigured("SMTP_URL has a user without a password, or a password without a user.")
    user, password = unquote(parts.username), unquote(parts.password)
    if not (user + password).isascii():
        raise Misconfigured("SMTP_URL's user and password are written in ASCII; SMTP's sign-in has no more.")
    return user, password


def _helo(options: Mapping[str, str]) -> str | None:
    name = options.get("helo")
    if name and not (name.isascii() and name.isprintable() and " " not in name):
        raise Misconfigured("SMTP_URL's helo is one name in ASCII, as in helo=courses.example.org.")
    return name


def _connections(options: Mapping[str, str]) -> int:
    wanted = options.get("connections", str(Relay.connections))
    if not wanted.isdecimal() or not 1 <= int(wanted) <= MOST_CONNECTIONS:
        raise Misconfigured(f"SMTP_URL's connections are a number from 1 to {MOST_CONNECTIONS}.")
    return int(wanted)


def _weight(options: Mapping[str, str]) -> int:
    wanted = options.get("weight", str(Relay.weight))
    if not wanted.isdecimal() or int(wanted) > MOST_WEIGHT:
        raise Misconfigured(f"SMTP_URL's weight is a number from 0 (a reserve) to {MOST_WEIGHT}.")
    return int(wanted)


def _rate(options: Mapping[str, str], name: str) -> int | None:
    wanted = options.get(name)
    if wanted is not None and (not wanted.isdecimal() or not 1 <= int(wanted) <= MOST_MAILS):
        raise Misconfigured(f"SMTP_URL's {name} is a number from 1 to {MOST_MAILS}.")
    return int(wanted) if wanted else None


def _timeouts(options: Mapping[str, str]) -> Timeouts:
    try:
        command = float(options.get("timeout", Timeouts.command))
        dot = float(options.get("dot_timeout", Timeouts.dot))
    except ValueError as error:
        raise Misconfigured("SMTP_URL's timeouts are numbers of seconds.") from error
    if not (0 < command <= 3600 and 0 < dot <= 3600):
        raise Misconfigured("SMTP_URL's timeouts lie between 0 and 3600 seconds.")
    return Timeouts(connect=min(Timeouts.connect, command), command=command, content=max(2 * command, 1.0), dot=dot)
