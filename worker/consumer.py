"""A guard against a crash of Celery 5.7.0 when its broker goes away.

With a message unacknowledged and a read in flight, clean-up after a lost connection raises
`AttributeError: … 'hostname'`, which Celery calls unrecoverable: the worker exits instead of connecting again.
Drop this file when a release passes `tests/worker/test_lost_broker.py` without it.
"""

import structlog
from celery.worker.consumer import Consumer

log = structlog.get_logger(__name__)


class GuardedConsumer(Consumer):  # type: ignore[misc]
    """Celery's consumer, which goes on to reconnect when cleaning up a lost connection fails."""

    def on_connection_error_after_connected(self, exc: BaseException) -> None:
        """Clean up after a lost connection; a clean-up that fails must not end the worker."""
        try:
            super().on_connection_error_after_connected(exc)
        except AttributeError as failure:
            log.warning("broker_cleanup_failed", failure=str(failure), lost=str(exc))
