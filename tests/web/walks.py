"""Every address of the app, filled in; and everything that its database holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy import inspect, select

from course.database import Base, Database
from course.models import Enrollment
from course.tokens import Purpose

PURPOSES = {
    "public.confirm": Purpose.CONFIRM,
    "public.confirmation": Purpose.CONFIRM,
    "public.unsubscribe": Purpose.LEAVE,
    "public.departure": Purpose.LEAVE,
    "public.read": Purpose.READ,
}


@dataclass(frozen=True)
class Address:
    """One address that is answered with that method."""

    endpoint: str
    path: str
    method: str


def addresses(app: Flask, method: str, enrollment: Enrollment, digest: str = "0") -> list[Address]:
    """All addresses for one method, with this enrollment's tokens and handles and the sample course's names in them."""
    tokens = app.extensions["tokens"]
    found = []
    for rule in app.url_map.iter_rules():
        if method not in (rule.methods or ()):
            continue
        purpose = PURPOSES.get(rule.endpoint, Purpose.ME)
        parts = (enrollment.handle, "flour") if purpose is Purpose.READ else (enrollment.handle,)
        values: Mapping[str, Any] = {
            "slug": "slow-bread",
            "key": "flour",
            "digest": digest,
            "handle": enrollment.reader.handle if rule.endpoint == "admin.reader" else enrollment.handle,
            "token": tokens.sign(purpose, *parts),
            "delivery_id": 1,
            "number": 1,
            "reason": "bounce",
            "report_id": 1,
            "alarm_id": 1,
            "message_id": "none",
            "wish": "pause",
            "filename": "meantime.css",
        }
        with app.test_request_context():
            path = app.url_map.bind("").build(rule.endpoint, {name: values[name] for name in rule.arguments}, method)
        found.append(Address(rule.endpoint, path, method))
    return found


def everything(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables."""
    with database.reading() as session:
        names = set(inspect(session.connection()).get_table_names())
        tables = [table for table in Base.metadata.sorted_tables if table.name in names]
        return {table.name: sorted(map(repr, session.execute(select(table)))) for table in tables}
