"""Waiting for a school to come to rest, how much memory its workers need, and what its journal says of a whole day."""

import subprocess
import time
from collections import Counter, defaultdict
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.exc import OperationalError

from course import verdicts
from course.models import Delivery, DeliveryState, Enrollment, Lesson, Reader
from course.schedule.zones import zone
from emails.testing.session import Accepted
from tests.faults.crowd import ORDER
from tests.faults.misfortunes import Misfortunes
from tests.faults.school import IN_HAND, School
from tests.traces import everything
from worker.timetable import RESCUE, TICK

COURSE_ZONE = "America/New_York"
ON_ITS_WAY_SECONDS = 5.0
DUE_SOON = (*IN_HAND, DeliveryState.UNCERTAIN)
# Sent twice, and lost twice.
HELD = and_(Delivery.state == DeliveryState.UNCERTAIN, Delivery.repeats > 0, Delivery.due_at.is_(None))


def idle(school: School, seconds: float, *, wholly: bool = False) -> bool:
    """Ring as the timetable does until nothing is due; `wholly` until no mail is in doubt either. False if it lasts."""
    until, rung = time.monotonic() + seconds, 0.0
    while time.monotonic() < until:
        if time.monotonic() - rung > 1:
            rung = time.monotonic()
            school.ring(RESCUE)
            school.ring(TICK)
        with suppress(OperationalError):
            if not _left(school, wholly=wholly):
                return True
        time.sleep(0.1)
    return False


def _left(school: School, *, wholly: bool) -> int:
    due = Delivery.due_at <= school.clock.now()
    states = DUE_SOON if wholly else (DeliveryState.CLAIMED,)
    with school.database.reading() as session:
        return session.scalar(select(func.count()).where(or_(due, Delivery.state.in_(states)), ~HELD)) or 0


def answer_what_is_held(school: School) -> None:
    """What was lost twice is an admin's to judge, and this one may look into the mail server's journal."""
    arrived = {name_of(mail) for mail in school.server.journal}
    with school.database.writing() as session:
        for delivery in session.scalars(select(Delivery).where(HELD)).all():
            answer = verdicts.count_as_sent if delivery.message_id in arrived else verdicts.send_again
            assert answer(session, delivery.id, school.clock.now())


def memory_of(worker: subprocess.Popen[bytes]) -> float:
    """The megabytes of the largest of its children."""
    children = Path(f"/proc/{worker.pid}/task/{worker.pid}/children").read_text().split()
    return max((_resident(child) for child in children), default=0.0)


def _resident(pid: str) -> float:
    with suppress(OSError):
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS")), 0.0)
    return 0.0


@dataclass
class Judge:
    """What must hold at the end of the day, whatever happened in it."""

    school: School
    fate: Misfortunes

    def judge(self) -> None:
        """By the journal first; our rows are asked whether they agree."""
        journal, rows = self.school.server.journal, self._rows()
        self._accepted_once_or_as_it_was(journal, rows)
        self._nothing_came_after_the_end(journal)
        self._in_order_and_one_a_day(journal, rows)
        self._nothing_is_lost(rows)
        with self.school.database.reading() as session:
            written = everything(session) + self.school.log()
        assert [address for address in self.fate.erased if address in written] == []

    def _rows(self) -> dict[str, Any]:
        """What was sent, by Message-ID."""
        columns = (
            Delivery.message_id, Delivery.repeats, Delivery.sent_at, Delivery.day_based, Reader.email, Lesson.key,
            Reader.timezone,
        )  # fmt: skip
        sent = select(*columns).join(Reader, Delivery.reader_id == Reader.id).join(Lesson)
        with self.school.database.reading() as session:
            found = session.execute(sent.where(Delivery.state == DeliveryState.SENT)).all()
        return {str(row.message_id): row for row in found}

    def _accepted_once_or_as_it_was(self, journal: list[Accepted], rows: dict[str, Any]) -> None:
        times, bytes_of = Counter(map(name_of, journal)), defaultdict(set)
        for mail in journal:
            bytes_of[name_of(mail)].add(mail.data)
        assert {name for name, different in bytes_of.items() if len(different) > 1} == set()
        assert max(times.values()) <= 2
        twice = {name for name, number in times.items() if number == 2 and name in rows}
        assert {name for name in twice if not rows[name].repeats} == set()
        known = {name_of(mail) for mail in journal if mail.recipients[0] not in self.fate.ended}
        assert known == {name for name, row in rows.items() if row.email not in self.fate.ended}

    def _nothing_came_after_the_end(self, journal: list[Accepted]) -> None:
        ended, begun = self.fate.ended, self.fate.begun
        late = [mail for mail in journal if mail.at > ended.get(mail.recipients[0], mail.at)]
        assert {mail.recipients[0] for mail in late} <= begun
        assert [mail for mail in late if mail.at > ended[mail.recipients[0]] + ON_ITS_WAY_SECONDS] == []

    def _in_order_and_one_a_day(self, journal: list[Accepted], rows: dict[str, Any]) -> None:
        got, days = defaultdict(list), Counter[tuple[str, object]]()
        for name in dict.fromkeys(map(name_of, journal)):
            if name in rows:
                got[rows[name].email].append(ORDER.index(rows[name].key))
        assert [address for address, lessons in got.items() if lessons != sorted(lessons)] == []
        for row in rows.values():
            if row.day_based:
                days[row.email, row.sent_at.astimezone(zone(row.timezone or COURSE_ZONE)).date()] += 1
        assert [who for who, number in days.items() if number > 1] == []

    def _nothing_is_lost(self, rows: dict[str, Any]) -> None:
        """Whoever is there had at least the first lesson, whose hour came within the day, and waits for the next."""
        with self.school.database.reading() as session:
            there = select(Reader.email).join(Enrollment).where(Enrollment.state == "active")
            active = set(session.scalars(there))
            open_rows = select(Reader.email).join(Delivery, Delivery.reader_id == Reader.id)
            waiting = set(session.scalars(open_rows.where(Delivery.state == DeliveryState.PLANNED)))
            failed = session.scalar(select(func.count()).where(Delivery.state == DeliveryState.FAILED))
        first = {row.email for row in rows.values() if row.key == ORDER[0]}
        assert active - first - waiting == set()
        assert active - waiting <= {row.email for row in rows.values() if row.key == ORDER[-1]}
        assert failed == 0


def name_of(mail: Accepted) -> str:
    """The Message-ID of what was accepted."""
    line = next(each for each in mail.data.split(b"\r\n") if each.lower().startswith(b"message-id:"))
    return line.split()[1].decode()
