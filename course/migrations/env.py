"""Alembic's entry: `migrate` hands in the engine; `python -m course.migrations` writes new revisions."""

from typing import Any, Literal

from alembic import context

import course.models  # noqa: F401 - fills the metadata
from course.database import Base, Instant, Word


def plain_types(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Migrations outlive our types' details: words are text, instants need nothing said."""
    if kind == "type" and isinstance(item, Word):
        return "sa.Text()"
    return "course.database.Instant()" if kind == "type" and isinstance(item, Instant) else False


config = context.config
engine = config.attributes["engine"]

with engine.connect() as connection:
    if engine.dialect.name == "sqlite":
        # A table that is made anew is dropped first: that must not reach into the tables that refer to it.
        connection.connection.execute("PRAGMA foreign_keys=OFF")
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=engine.dialect.name == "sqlite",
        compare_type=True,
        render_item=plain_types,
    )
    with context.begin_transaction():
        context.run_migrations()
    if engine.dialect.name == "sqlite":
        connection.connection.execute("PRAGMA foreign_keys=ON")
