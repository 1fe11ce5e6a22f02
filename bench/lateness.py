"""How late a mail is that nothing holds back: from its due time to the mail server's yes, with everything running."""

import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from statistics import quantiles

from sqlalchemy import func, select

from bench import postfix
from bench.confirmations import SECRET
from bench.due import begin_course, fill
from bench.figures import Figure, at_most
from course.clock import Clock
from course.database import Database
from course.models import Delivery, DeliveryState
from course.settings import Settings
from tests.broker import wait_until
from web.demo.house import House, running

READERS, SECONDS = 3000, 30


def figures() -> Iterator[Figure]:
    """Readers whose hours lie in the half minute that comes, a hundred in each second, as `meantime up` serves them."""
    with tempfile.TemporaryDirectory() as folder, postfix.sink() as port:
        told = {"SECRET_KEY": SECRET, "SMTP_URL": f"smtp://127.0.0.1:{port}?tls=none&connections=8"}
        with running(House(Path(folder), told)) as house, house.database() as database:
            sequence = begin_course(database, Settings(secret_key=SECRET, state_dir=Path(folder)))
            start = Clock().now() + timedelta(seconds=5)
            each = READERS // SECONDS
            for second in range(SECONDS):
                due_at = start + timedelta(seconds=second)
                fill(database, sequence, 1_000_000 + second * each, each, due_at)
            wait_until(lambda: _sent(database) == 2 * READERS, "everybody has the second lesson", 120)
            late = _lateness(database)
    note = f"median {quantiles(late, n=2)[0]:.1f} s, {READERS} mails in {SECONDS} s"
    yield at_most("from due to accepted, p99", quantiles(late, n=100)[98], "s", 15, note)


def _sent(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).where(Delivery.state == DeliveryState.SENT)) or 0


def _lateness(database: Database) -> list[float]:
    second = select(Delivery.sent_at, Delivery.slot_at).where(Delivery.state == DeliveryState.SENT, Delivery.day_based)
    with database.reading() as session:
        rows = session.execute(second).all()
    return [(sent_at - slot_at).total_seconds() for sent_at, slot_at in rows if sent_at is not None]
