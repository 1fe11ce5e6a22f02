"""Whether this installation lives, is ready, and how it is doing; for machines."""

from datetime import timedelta

from flask import Blueprint, Response, jsonify
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from sqlalchemy.exc import SQLAlchemyError

from course import alarms, desk, generation, heartbeat
from web.database import guard, now, reading
from worker.guard import REASON

LATE = timedelta(minutes=10)


def blueprint() -> Blueprint:
    """`/health/live`, `/health/ready` and `/metrics`."""
    pages = Blueprint("health", __name__)

    @pages.get("/health/live")
    def live() -> Response:
        return jsonify(status="alive")

    @pages.get("/health/ready")
    def ready() -> tuple[Response, int]:
        try:
            with reading() as session:
                oldest, beat = desk.oldest_due(session, now()), heartbeat.last_beat(session)
                stopped = [f"{each.key}: {each.words}" for each in alarms.raised(session)]
                backup = generation.backup_age(session)
            restored = guard().behind() is not None
        except SQLAlchemyError:
            return jsonify(status="the database does not answer"), 503
        late = oldest is not None and oldest > LATE
        told = jsonify(
            status=REASON if restored else _status(stopped, late=late),
            oldest_due_seconds=oldest.total_seconds() if oldest else 0,
            heartbeat_seconds=beat.total_seconds() if beat is not None else None,
            backup_seconds=backup.total_seconds() if backup is not None else None,
        )
        return told, 503 if late or stopped or restored else 200

    @pages.get("/metrics")
    def metrics() -> Response:
        return Response(_measures(), content_type=CONTENT_TYPE_LATEST)

    return pages


def _measures() -> bytes:
    registry = CollectorRegistry()
    deliveries = Gauge("meantime_deliveries", "Deliveries by state.", ["state"], registry=registry)
    oldest = Gauge("meantime_oldest_due_seconds", "Age of the oldest due delivery.", registry=registry)
    beat = Gauge("meantime_heartbeat_seconds", "Since the timetable rang a worker; NaN: never.", registry=registry)
    backup = Gauge("meantime_backup_seconds", "Age of the last good backup; NaN: none known.", registry=registry)
    held = Gauge("meantime_restored", "1 while a restored database waits for an owner's word.", registry=registry)
    alarm = Gauge("meantime_alarms", "Relays that take no mail of ours.", registry=registry)
    with reading() as session:
        alarm.set(len(alarms.raised(session)))
        for state, count in desk.counts(session).items():
            deliveries.labels(state).set(count)
        age, last = desk.oldest_due(session, now()), heartbeat.last_beat(session)
        kept = generation.backup_age(session)
    backup.set(kept.total_seconds() if kept is not None else float("nan"))
    held.set(guard().behind() is not None)
    oldest.set(age.total_seconds() if age else 0)
    beat.set(last.total_seconds() if last is not None else float("nan"))
    return generate_latest(registry)


def _status(stopped: list[str], *, late: bool) -> str:
    if stopped:
        return f"no mail gets through {'; '.join(stopped)}"
    return "mail is late" if late else "ready"
