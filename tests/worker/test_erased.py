"""A reader who is erased between the claim of their mail and its begin: the mail ends quietly, the others go."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete, select
from structlog.testing import capture_logs

from course.database import Database
from course.models import Delivery, Enrollment, Reader
from emails.testing import ScriptedServer
from tests.worker.mailing import BOTH, Mailing


@pytest.fixture
def mailing(database: Database, tmp_path: Path) -> Iterator[Mailing]:
    with ScriptedServer() as server:
        yield Mailing(database, server, tmp_path)


def test_the_mail_of_an_erased_reader_ends_quietly_and_the_others_go(mailing: Mailing, database: Database):
    mailing.begin_course(readers=4)

    def erase() -> None:
        with database.writing() as session:
            theirs = select(Reader.id).where(Reader.email.startswith("r3@")).scalar_subquery()
            session.execute(delete(Delivery).where(Delivery.reader_id == theirs))
            session.execute(delete(Enrollment).where(Enrollment.reader_id == theirs))
            session.execute(delete(Reader).where(Reader.email.startswith("r3@")))

    with capture_logs() as logs:
        mailing.courier(after_each=erase).deliver(BOTH)
    assert sorted(mailing.arrived) == ["r1", "r2", "r4"]
    assert [each for each in logs if each["log_level"] in {"warning", "error"}] == []
    with database.reading() as session:
        assert {row.state.value for row in session.scalars(select(Delivery)) if row.sent_at} == {"sent"}
