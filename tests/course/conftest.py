"""What the tests of the domain share: one writing transaction on each database."""

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from course.database import Database


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """A transaction in which a whole story is told."""
    with database.writing() as session:
        yield session
