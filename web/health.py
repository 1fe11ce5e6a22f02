"""Whether this installation lives, is ready, and how it is doing; for machines."""

from datetime import timedelta

from flask import Blueprint, Response, jsonify
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from sqlalchemy.exc import SQLAlchemyError

from course import desk, heartbeat
from web.database import now, reading

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
        except SQLAlchemyError:
            return jsonify(status="the database does not answer"), 503
        late = oldest is not None and oldest > LATE
        told = jsonify(
            status="mail is late" if late else "ready",
            oldest_due_seconds=oldest.total_seconds() if oldest else 0,
            heartbeat_seconds=beat.total_seconds() if beat is not None else None,
        )
        return told, 503 if late else 200

    @pages.get("/metrics")
    def metrics() -> Response:
        registry = CollectorRegistry()
        deliveries = Gauge("meantime_deliveries", "Deliveries by state.", ["state"], registry=registry)
        oldest = Gauge("meantime_oldest_due_seconds", "Age of the oldest due delivery.", registry=registry)
        beat = Gauge("meantime_heartbeat_seconds", "Since the timetable rang a worker; NaN: never.", registry=registry)
        with reading() as session:
            for state, count in desk.counts(session).items():
                deliveries.labels(state).set(count)
            age, last = desk.oldest_due(session, now()), heartbeat.last_beat(session)
        oldest.set(age.total_seconds() if age else 0)
        beat.set(last.total_seconds() if last is not None else float("nan"))
        return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)

    return pages
