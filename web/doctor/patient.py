"""Who is examined, and how."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from ipaddress import ip_address
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from course.clock import Clock
from course.database import Database
from course.errors import Misconfigured
from course.folder.parsing import parse_course
from course.models import Edition, EditionState
from course.settings import Settings
from emails.doctor.asking import Asks, Resolver, a_labels, addresses
from emails.doctor.relay import is_loopback
from emails.doctor.spf import Senders
from emails.errors import RelayTrouble
from emails.relay import Relay, Timeouts, parse_smtp_urls
from emails.transport import Met, meet

PUBLIC_TIME = "pool.ntp.org"
NOBODY_S = ("example", "test", "invalid", "localhost", "local", "internal")  # RFC 6761 and kin: not in the public DNS


@dataclass(frozen=True)
class Wishes:
    """How to examine: which name servers to ask, which time server, from where our mail leaves, and how long.

    `insists` asks the DNS also where nothing of it applies yet.
    """

    resolvers: tuple[tuple[str, int], ...] = ()
    time_server: tuple[str, int] | None = None
    sent_from: tuple[str, ...] = ()
    seconds: float = 20.0
    insists: bool = False


class Meeting:
    """One session with a relay, for all checks that want to know of it; safe to share between threads."""

    def __init__(self, relay: Relay, patience: float) -> None:
        self.relay = replace(relay, timeouts=Timeouts(patience, patience, patience, patience))
        self._lock = threading.Lock()
        self._met: Met | RelayTrouble | None = None

    def met(self) -> Met | RelayTrouble:
        """What the relay said, or why it said nothing."""
        with self._lock:
            if self._met is None:
                try:
                    self._met = meet(self.relay)
                except RelayTrouble as trouble:
                    self._met = trouble
            return self._met


@dataclass(frozen=True)
class Patient:
    """One installation under examination. `meetings` are sessions with those relays that are mail servers."""

    settings: Settings
    database: Database
    clock: Clock
    wishes: Wishes
    asks: Asks
    meetings: tuple[Meeting, ...]

    @property
    def domains(self) -> tuple[str, ...]:
        """The domains of From: the house's own, and what published courses name. Raises as `reading` does."""
        return tuple(dict.fromkeys((a_labels(_domain(self.settings.sender_address)), *self._course_domains())))

    def must_have_a_database(self) -> None:
        """Raises Misconfigured where SQLite's file is not there; to look would make it."""
        file = self.database.engine.url.database or ""
        if self.database.is_sqlite and not Path(file).exists():
            raise Misconfigured("There is no database yet: run `meantime init`.")

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """One look at the database; raises Misconfigured where there is none, SQLAlchemyError."""
        self.must_have_a_database()
        with self.database.reading() as session:
            yield session

    def _course_domains(self) -> list[str]:
        with self.reading() as session:
            sources = session.scalars(select(Edition.source).where(Edition.state == EditionState.PUBLISHED)).all()
        senders = [parse_course(source).sender.email for source in sources]
        return sorted({a_labels(_domain(each)) for each in senders if each})

    @property
    def known_domains(self) -> tuple[str, ...]:
        """The same, or the house's own alone where the database cannot be asked: another check tells of that."""
        try:
            return self.domains
        except (SQLAlchemyError, Misconfigured):
            return (a_labels(_domain(self.settings.sender_address)),)

    @property
    def return_path(self) -> str:
        """The domain of the envelope's sender, which SPF judges and to which bounces go."""
        return a_labels(self.settings.mail_domain)

    @property
    def far_relays(self) -> tuple[Meeting, ...]:
        """Those on other machines: at what address they are reached, all the world can see."""
        return tuple(each for each in self.meetings if not is_loopback(each.relay.host))

    def addresses_of(self, meeting: Meeting) -> tuple[str, ...]:
        """A relay's public addresses; raises Unanswered."""
        found = addresses(meeting.relay.host, self.asks)
        return tuple(each for each in found if ip_address(each).is_global)

    def senders(self) -> Senders:
        """Where our mail leaves for the world, as far as that can be known; raises Unanswered."""
        if self.wishes.sent_from:
            return Senders((), self.wishes.sent_from, certain=True)
        hosts = tuple(each.relay.host for each in self.far_relays)
        return Senders(hosts, tuple(address for each in self.far_relays for address in self.addresses_of(each)))

    def no_relay(self) -> str:
        """Why there is no mail server to meet; empty where there is one."""
        if self.settings.development and not self.settings.smtp_url:
            return "Mail goes into the built-in mailbox; set MEANTIME_SMTP_URL to your mail server"
        if not self.meetings:
            return "Mail goes into a folder; set MEANTIME_SMTP_URL to your mail server"
        return ""

    def no_dns(self) -> str:
        """Why the DNS has nothing to say about this installation yet; empty where it has."""
        if self.wishes.insists or self.no_relay():
            return "" if self.wishes.insists else self.no_relay()
        own = _domain(self.settings.sender_address)
        if own.rpartition(".")[2] in NOBODY_S:
            return f"Mail comes from {own}, which is no public domain; set MEANTIME_MAIL_FROM to an address of yours"
        return ""


def time_server_of(settings: Settings) -> tuple[str, int] | None:
    """Whom to ask for the time unless told otherwise: development asks nobody outside."""
    return None if settings.development else (PUBLIC_TIME, 123)


def open_patient(settings: Settings, database: Database, clock: Clock, wishes: Wishes) -> Patient:
    """An installation, ready to be examined within the wished time from now on. Raises Misconfigured."""
    patience = max(wishes.seconds / 3, 1.0)
    meetings = tuple(Meeting(relay, patience) for relay in parse_smtp_urls(settings.smtp) if isinstance(relay, Relay))
    return Patient(settings, database, clock, wishes, Resolver(wishes.resolvers, wishes.seconds), meetings)


def _domain(address: str) -> str:
    return address.rpartition("@")[2]
