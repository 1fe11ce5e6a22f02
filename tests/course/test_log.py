"""What the log says of an error: its class and its places, and nothing of whom it was about."""

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import structlog
from sqlalchemy.exc import IntegrityError

from course import log
from course.database import Database
from course.models import Reader

SECRET = "ana@example.org"


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    before, level = structlog.get_config(), logging.getLogger().level
    yield
    structlog.configure(**before)
    logging.basicConfig(level=level, handlers=[], force=True)


def logged(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def stumble() -> None:
    raise ValueError(SECRET)


@pytest.mark.parametrize("logger", [structlog.get_logger("x"), logging.getLogger("library")])
def test_an_error_is_its_class_and_its_places(capsys: pytest.CaptureFixture[str], logger):
    log.configure("info")
    try:
        stumble()
    except ValueError:
        logger.exception("it broke")
    (line,) = logged(capsys)
    assert (line["event"], line["exception"], line["level"]) == ("it broke", "ValueError", "error")
    assert isinstance(line["at"], list)
    assert line["at"][0].endswith(" stumble")
    assert SECRET not in json.dumps(line)


def test_a_line_without_an_error_has_none(capsys: pytest.CaptureFixture[str]):
    log.configure("info")
    structlog.get_logger("x").info("all is well", delivery=7)
    logging.getLogger("library").warning("hm")
    assert [set(line) for line in logged(capsys)] == [
        {"event", "delivery", "level", "timestamp"},
        {"event", "level", "timestamp"},
    ]


def test_an_error_of_the_database_does_not_repeat_what_it_was_asked(database: Database):
    with pytest.raises(IntegrityError) as broken, database.writing() as session:
        for number in range(2):
            session.add(Reader(handle=f"h{number}", email=SECRET, digest=f"{number}", created_at=datetime.now(UTC)))
            session.flush()
    assert "[parameters:" not in str(broken.value)
