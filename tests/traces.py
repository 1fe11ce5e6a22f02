"""Looking for what somebody left behind: in every row of every table."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from course.database import Base


def everything(session: Session) -> str:
    """All rows of all tables as text, in lower case."""
    session.flush()
    rows = (row for table in Base.metadata.sorted_tables for row in session.execute(select(table)))
    return "\n".join(str(tuple(each)) for each in rows).lower()
