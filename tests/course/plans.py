"""How a database means to find what is asked of it."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event, text
from sqlalchemy.orm import Session


@contextmanager
def explained(session: Session) -> Iterator[list[str]]:
    """The plans of the statements about deliveries that run meanwhile. PostgreSQL takes any index for shorter than a
    whole table: ours is next to empty."""
    postgresql = session.get_bind().dialect.name == "postgresql"
    if postgresql:
        session.execute(text("SET LOCAL enable_seqscan = off"))
    plans: list[str] = []

    def explain(conn, cursor, statement, parameters, context, many):
        if "deliveries" in statement and not statement.startswith("INSERT"):
            cursor.execute(f"{'EXPLAIN' if postgresql else 'EXPLAIN QUERY PLAN'} {statement}", parameters)
            plans.append("\n".join(str(row[-1]) for row in cursor.fetchall()))

    connection = session.connection()
    event.listen(connection, "before_cursor_execute", explain)
    yield plans
    event.remove(connection, "before_cursor_execute", explain)


def reads_everything(plan: str) -> bool:
    """Whether it goes through the whole table."""
    lines = [line.strip() for line in plan.splitlines()]
    return any(line == "SCAN deliveries" or "Seq Scan on deliveries" in line for line in lines)
