"""Whether this installation lives, is ready, and how it is doing; for machines."""

from datetime import timedelta

from flask import Blueprint, Response, jsonify
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from sqlalchemy.exc import SQLAlchemyError

from course import desk
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
                oldest = desk.oldest_due(session, now())
        except SQLAlchemyError:
            return jsonify(status="the database does not answer"), 503
        late = oldest is not None and oldest > LATE
        seconds = oldest.total_seconds() if oldest else 0
        return jsonify(status="mail is late" if late else "ready", oldest_due_seconds=seconds), 503 if late else 200

    @pages.get("/metrics")
    def metrics() -> Response:
        registry = CollectorRegistry()
        deliveries = Gauge("meantime_deliveries", "Deliveries by state.", ["state"], registry=registry)
        oldest = Gauge("meantime_oldest_due_seconds", "Age of the oldest due delivery.", registry=registry)
        with reading() as session:
            for state, count in desk.counts(session).items():
                deliveries.labels(state).set(count)
            age = desk.oldest_due(session, now())
        oldest.set(age.total_seconds() if age else 0)
        return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)

    return pages
