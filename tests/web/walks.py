"""Every address of the app, filled in; and everything that its database holds."""

from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy import inspect, select
from werkzeug.routing import Rule

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
# A number, so that it may stand where only numbers do.
MARK = "1234567890"


@dataclass(frozen=True)
class Address:
    """One address that is answered with that method."""

    endpoint: str
    path: str
    method: str


def addresses(app: Flask, method: str, enrollment: Enrollment, digest: str = "0") -> list[Address]:
    """All addresses for one method, with this enrollment's tokens and handles and the sample course's names in them."""
    rules = [rule for rule in app.url_map.iter_rules() if method in (rule.methods or ())]
    return [Address(rule.endpoint, _path(app, rule, _parts(app, rule, enrollment, digest)), method) for rule in rules]


def odd_addresses(app: Flask, method: str, enrollment: Enrollment, word: str) -> list[Address]:
    """The same addresses with `word` (percent-encoded) for each of their parts in turn; a wish is one of few."""
    found = []
    for rule in app.url_map.iter_rules():
        for name in rule.arguments - {"wish"} if method in (rule.methods or ()) else ():
            parts = {**_parts(app, rule, enrollment, "0"), name: MARK}
            found.append(Address(rule.endpoint, _path(app, rule, parts).replace(MARK, word), method))
    return found


def _parts(app: Flask, rule: Rule, enrollment: Enrollment, digest: str) -> dict[str, Any]:
    """What stands for each part of an address."""
    purpose = PURPOSES.get(rule.endpoint, Purpose.ME)
    subject = (enrollment.handle, "flour") if purpose is Purpose.READ else (enrollment.handle,)
    return {
        "slug": "slow-bread",
        "key": "flour",
        "digest": digest,
        "handle": enrollment.reader.handle if rule.rule.startswith("/admin/readers") else enrollment.handle,
        "token": app.extensions["tokens"].sign(purpose, *subject),
        "delivery_id": 1,
        "number": 1,
        "reason": "bounce",
        "report_id": 1,
        "alarm_id": 1,
        "message_id": "none",
        "wish": "pause",
        "filename": "meantime.css",
    }


def _path(app: Flask, rule: Rule, parts: dict[str, Any]) -> str:
    with app.test_request_context():
        return app.url_map.bind("").build(rule.endpoint, {name: parts[name] for name in rule.arguments})


def everything(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables."""
    with database.reading() as session:
        names = set(inspect(session.connection()).get_table_names())
        tables = [table for table in Base.metadata.sorted_tables if table.name in names]
        return {table.name: sorted(map(repr, session.execute(select(table)))) for table in tables}
