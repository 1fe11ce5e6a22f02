"""How soon the first lesson comes: a thousand people sign up within a minute and confirm as soon as they are asked.

Everything is real, as `meantime up` runs it: broker, web, workers, beat; the mail server forgets whatever it takes.
The times are those in the database: when a request to confirm came in, when a lesson was accepted.
"""

import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from statistics import quantiles
from urllib.parse import urlencode

from sqlalchemy import Select, select

from bench import postfix
from bench.figures import Figure, at_most
from bench.visitors import FORM, address
from course.database import Database
from course.models import Delivery, DeliveryState, Enrollment, EnrollmentState, Kind
from course.settings import Settings
from course.tokens import Purpose, Tokens, open_tokens
from web.demo.house import House, running

PEOPLE, SECONDS = 1000, 60.0
PATIENCE = 30.0
SLUG = "breathing-room"
SECRET = "correct horse battery staple 0123456789"
TOLD = {
    "SECRET_KEY": SECRET,
    "SIGNUPS_PER_ADDRESS": "100000/hour",
    "SIGNUPS_IN_ALL": "100000/hour",
}
FORM_TYPE = {"Content-Type": "application/x-www-form-urlencoded"}


def figures() -> Iterator[Figure]:
    """From the press that confirms to the first lesson's acceptance; and from the form to the mail that asks for it."""
    with tempfile.TemporaryDirectory() as folder, postfix.sink() as port:
        told = TOLD | {"SMTP_URL": f"smtp://127.0.0.1:{port}?tls=none&connections=8"}
        with running(House(Path(folder), told)) as house, house.database() as database:
            with database.reading() as session:
                tokens = open_tokens(session, Settings(secret_key=SECRET))
            Newcomers(house.web_port, database, tokens).come(PEOPLE, SECONDS)
            asked = _slow(database, select(Delivery.sent_at, Enrollment.created_at), Kind.CONFIRMATION)
            first = _slow(database, select(Delivery.sent_at, Enrollment.confirmed_at), Kind.LESSON)
    yield at_most("first lesson after confirmation, p99", first, "s", 2, f"{PEOPLE} sign-ups in {SECONDS:.0f} s")
    yield at_most("confirmation mail after signing up, p99", asked, "s", 2)


@dataclass
class Newcomers:
    """People with one mailbox in common: they sign up at an even pace, and confirm whatever has been sent to them."""

    port: int
    database: Database
    tokens: Tokens
    pressed: set[str] = field(default_factory=set)

    def come(self, people: int, seconds: float) -> None:
        """All of them, until each has the first lesson."""
        began = time.monotonic()
        for number in range(people):
            while time.monotonic() < began + number * seconds / people:
                self._confirm()
            self._post(f"/courses/{SLUG}/enrollments", FORM | {"email": address(number)})
        deadline = time.monotonic() + PATIENCE
        while len(_times(self.database, select(Delivery.id), Kind.LESSON)) < people:
            assert time.monotonic() < deadline, "not everybody has the first lesson"
            self._confirm()

    def _confirm(self) -> None:
        asked = _sent(select(Enrollment.handle), Kind.CONFIRMATION).where(Enrollment.state == EnrollmentState.PENDING)
        with self.database.reading() as session:
            handles = set(session.scalars(asked)) - self.pressed
        for handle in handles:
            self._post(f"/confirm/{self.tokens.sign(Purpose.CONFIRM, handle)}", {})
        self.pressed |= handles
        time.sleep(0.02)

    def _post(self, path: str, form: dict[str, str]) -> None:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("POST", path, urlencode(form), FORM_TYPE)
        assert connection.getresponse().status == 303
        connection.close()


def _sent(what: Select[tuple[object, ...]], kind: Kind) -> Select[tuple[object, ...]]:
    mails = what.join_from(Delivery, Enrollment, Delivery.enrollment_id == Enrollment.id)
    return mails.where(Delivery.kind == kind, Delivery.state == DeliveryState.SENT)


def _times(database: Database, what: Select[tuple[object, ...]], kind: Kind) -> list[tuple[object, ...]]:
    with database.reading() as session:
        return [tuple(row) for row in session.execute(_sent(what, kind))]


def _slow(database: Database, what: Select[tuple[object, ...]], kind: Kind) -> float:
    """The slowest of a hundred, in seconds."""
    waits: list[timedelta] = [until - since for until, since in _times(database, what, kind)]
    return quantiles([each.total_seconds() for each in waits], n=100)[98]
