"""The Celery application: a doorbell and a pair of hands.

Messages carry ids only and may be lost, doubled or late without harm: the database holds the truth. So acknowledgement
is early, nothing is retried by Celery, results are off, and every connection to the broker gives up within seconds.
"""

from collections.abc import Callable
from typing import Any

from celery import Celery, signals
from kombu.entity import Exchange, Queue

from worker import stopping
from worker.timetable import CHORE, DELIVER, FEEDBACK, RESCUE, TICK, timetable

URGENT = "urgent"
LESSONS = "lessons"


def make_celery(broker_url: str, prefix: str = "meantime", logging: Callable[[], None] | None = None) -> Celery:
    """Make the application for one broker, in kombu's spelling of its address (`worker.broker.addresses`).

    Every key in Redis begins with `prefix`, so that several installations can share one server. `logging` sets up
    the process's logging; when it is given, Celery sets up none of its own.
    """
    app = Celery(prefix, broker=broker_url)
    app.conf.update(_connection(prefix) | _tasks() | _worker() | _beat())
    stopping.listen()
    if logging is not None:
        _log_with(logging)
    return app


def _connection(prefix: str) -> dict[str, Any]:
    return {
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        "broker_connection_timeout": 3,
        "broker_pool_limit": 4,
        "broker_pool_acquire_timeout": 5,
        "result_backend": None,
        "broker_transport_options": {
            "global_keyprefix": f"{prefix}:",
            "visibility_timeout": 900,
            "unacked_restore_interval": 10,
            "unacked_restore_throttle": 3,
            "socket_timeout": 15,
            "socket_connect_timeout": 3,
            "socket_keepalive": True,
            "health_check_interval": 25,
            "retry_on_timeout": False,
            # The queues are asked in the order below: whoever waits for a sign-in link goes before the lessons.
            "queue_order_strategy": "priority",
            "sep": ":",
            "priority_steps": [0, 3, 6, 9],
            "max_retries": 3,
            "interval_start": 0,
            "interval_step": 0.2,
            "interval_max": 0.5,
        },
    }


def _tasks() -> dict[str, Any]:
    return {
        "task_queues": (_queue(URGENT), _queue(LESSONS)),
        "task_default_queue": LESSONS,
        "task_default_exchange": LESSONS,
        "task_default_routing_key": LESSONS,
        "task_create_missing_queues": False,
        "task_routes": {
            TICK: {"queue": URGENT},
            RESCUE: {"queue": URGENT},
            DELIVER: {"queue": LESSONS},
            CHORE: {"queue": LESSONS},
            FEEDBACK: {"queue": LESSONS},
        },
        "task_publish_retry_policy": {
            "max_retries": 2,
            "interval_start": 0,
            "interval_step": 0.2,
            "interval_max": 0.2,
        },
        "task_serializer": "json",
        "accept_content": ["json"],
        "task_ignore_result": True,
        "task_acks_late": False,
        "task_soft_time_limit": 120,
        "task_time_limit": 180,
        # A batch may meet a mail server that takes every phase to its time-out: no limit may cut it mid-DATA.
        "task_annotations": {DELIVER: {"soft_time_limit": 840, "time_limit": 900}},
    }


def _queue(name: str) -> Queue:
    # Without an exchange and a key of its own, Celery binds every queue to the default queue's.
    exchange = Exchange(name, type="direct")  # type: ignore[no-untyped-call]
    return Queue(name, exchange, routing_key=name)  # type: ignore[no-untyped-call]


def _worker() -> dict[str, Any]:
    return {
        "worker_consumer": "worker.consumer:GuardedConsumer",
        "worker_prefetch_multiplier": 1,
        "worker_disable_prefetch": True,
        "worker_soft_shutdown_timeout": 20,
        "worker_max_tasks_per_child": 2000,
        "worker_max_memory_per_child": 400_000,
        "worker_cancel_long_running_tasks_on_connection_loss": True,
        "worker_hijack_root_logger": False,
        "worker_redirect_stdouts": False,
        "worker_send_task_events": False,
    }


def _beat() -> dict[str, Any]:
    return {
        "enable_utc": True,
        "timezone": "UTC",
        "beat_scheduler": "celery.beat:Scheduler",
        "beat_max_loop_interval": 5,
        "beat_schedule": timetable(),
    }


def _log_with(configure: Callable[[], None]) -> None:
    def set_up(**_event: Any) -> None:
        configure()

    signals.setup_logging.connect(set_up, weak=False, dispatch_uid="meantime.logging")
