"""Statements of the hot path, compiled once and run with next to nothing between us and the driver.

SQLAlchemy works each execution out anew: which parameters, in which order, through which conversions. For a statement
that runs hundreds of times a second that is most of what it costs. Here it is worked out once per dialect.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import ARRAY, BindParameter, Column, ColumnElement, CursorResult, Dialect, Executable, bindparam, func
from sqlalchemy import column as named_column
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

Row = Mapping[str, Any]
Conversion = Callable[[Any], Any]
Given = Mapping[str, ColumnElement[Any]]


class Prepared:
    """One statement. Its rows come back as the driver gives them: instants are text on SQLite."""

    def __init__(self, statement: Executable) -> None:
        self._statement = statement
        self._plans: dict[str, _Plan] = {}

    def fetch(self, session: Session, **parameters: Any) -> Sequence[Any]:
        """All rows for these parameters; lists of numbers go to `among`."""
        return self.execute(session, **parameters).fetchall()

    def execute(self, session: Session, **parameters: Any) -> CursorResult[Any]:
        """The same for a statement that gives no rows."""
        session.flush()  # what the session has changed is seen, as by any other statement of it
        connection = session.connection()
        plan = self._plan(connection.dialect)
        if connection.dialect.name == "sqlite":
            parameters = {name: _as_json(value) for name, value in parameters.items()}
        return connection.exec_driver_sql(plan.text, plan.parameters(parameters))

    def _plan(self, dialect: Dialect) -> "_Plan":
        if dialect.name not in self._plans:
            self._plans[dialect.name] = _Plan(self._statement, dialect)
        return self._plans[dialect.name]


def types_of(columns: Any, *names: str) -> dict[str, TypeEngine[Any]]:
    """What Bulk is given for columns of these names."""
    return {name: columns[name].type for name in names}


class Bulk:
    """A change of many rows at once. `build` makes the statement from what is given for each of them, by name.

    PostgreSQL gets everything as arrays, in one statement; SQLite is in our own process and takes row by row."""

    def __init__(self, given: Mapping[str, TypeEngine[Any]], build: Callable[[Given], Executable]) -> None:
        self._given, self._build = given, build
        self._plans: dict[str, _Plan] = {}

    def run(self, session: Session, rows: Sequence[Row]) -> None:
        """For these rows of parameters."""
        if not rows:
            return
        connection = session.connection()
        plan = self._plan(connection.dialect)
        if connection.dialect.name == "postgresql":
            arrays = {name: [row[name] for row in rows] for name in self._given}
            connection.exec_driver_sql(plan.text, plan.parameters(arrays))
        else:
            connection.exec_driver_sql(plan.text, plan.all_parameters(rows))

    def _plan(self, dialect: Dialect) -> "_Plan":
        if dialect.name not in self._plans:
            given = self._arrays() if dialect.name == "postgresql" else self._one_by_one()
            self._plans[dialect.name] = _Plan(self._build(given), dialect)
        return self._plans[dialect.name]

    def _one_by_one(self) -> Given:
        return {name: bindparam(name, type_=type_) for name, type_ in self._given.items()}

    def _arrays(self) -> Given:
        arrays = [bindparam(name, type_=ARRAY(type_)) for name, type_ in self._given.items()]
        columns = [named_column(name, type_) for name, type_ in self._given.items()]
        given = func.unnest(*arrays).table_valued(*columns).render_derived(name="given")
        return {name: given.c[name] for name in self._given}


def _as_json(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, list) else value


class _Plan:
    """A statement's text in one dialect, the order of its parameters, and their conversions."""

    def __init__(self, statement: Any, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        self.text: str = compiled.string
        self._order: Sequence[str] | None = compiled.positiontup
        self._fixed: dict[str, Any] = {}
        self._given: dict[str, Conversion | None] = {}
        for bind, name in compiled.bind_names.items():
            convert = bind.type.dialect_impl(dialect).bind_processor(dialect)
            if bind.required:
                self._given[name] = convert
            else:
                self._fixed[name] = convert(bind.effective_value) if convert else bind.effective_value

    def parameters(self, row: Row) -> Any:
        """A tuple where the driver counts its parameters, a dictionary where it names them."""
        return next(iter(self.all_parameters([row])), ())

    def all_parameters(self, rows: Sequence[Row]) -> list[Any]:
        """The same for each row."""
        converted = {
            name: _each_once(convert, [row[name] for row in rows]) if convert else [row[name] for row in rows]
            for name, convert in self._given.items()
        }
        columns = converted | {name: [value] * len(rows) for name, value in self._fixed.items()}
        order = tuple(columns) if self._order is None else self._order
        tuples = list(zip(*[columns[name] for name in order], strict=True))
        return tuples if self._order is not None else [dict(zip(order, each, strict=True)) for each in tuples]


def _each_once(convert: Conversion, values: list[Any]) -> list[Any]:
    """The values converted; what stands in many rows, such as an instant, only once."""
    known = {id(value): value for value in values}
    results = {key: convert(value) for key, value in known.items()}
    return [results[id(value)] for value in values]


class among(ColumnElement[bool]):
    """`column` is one of a list of numbers, given as one parameter: the statement's text never changes."""

    inherit_cache = False

    def __init__(self, column: ColumnElement[int] | Column[Any], name: str) -> None:
        self.column = column
        self.numbers: BindParameter[Any] = bindparam(name)


@compiles(among, "sqlite")
def _in_json(element: among, compiler: Any, **kw: Any) -> str:
    column, numbers = compiler.process(element.column, **kw), compiler.process(element.numbers, **kw)
    return f"{column} IN (SELECT value FROM json_each({numbers}))"  # noqa: S608 - both are compiled SQL


@compiles(among, "postgresql")
def _in_array(element: among, compiler: Any, **kw: Any) -> str:
    column, numbers = compiler.process(element.column, **kw), compiler.process(element.numbers, **kw)
    return f"{column} = ANY(CAST({numbers} AS bigint[]))"
