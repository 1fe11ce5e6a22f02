"""The Celery application as it is configured, seen from what it does."""

from pathlib import Path

import pytest
import redis
from celery.exceptions import QueueNotFound
from kombu.exceptions import OperationalError

from tests.broker import RunningBroker
from worker.app import LESSONS, URGENT, make_celery
from worker.timetable import DELIVER, RESCUE, TICK, timetable


def lengths(broker: RunningBroker, prefix: str) -> dict[str, int]:
    with redis.Redis.from_url(broker.url) as connection:
        return {queue: connection.llen(f"{prefix}:{queue}") for queue in (URGENT, LESSONS)}


@pytest.mark.parametrize(("task", "queue"), [(TICK, URGENT), (RESCUE, URGENT), (DELIVER, LESSONS)])
def test_a_ring_lands_in_its_queue_and_nowhere_else(clean_broker: RunningBroker, task: str, queue: str):
    with make_celery(clean_broker.kombu, "here") as app:
        app.send_task(task)
    assert lengths(clean_broker, "here") == {URGENT: 0, LESSONS: 0} | {queue: 1}


def test_a_caller_may_choose_the_urgent_queue(clean_broker: RunningBroker):
    with make_celery(clean_broker.kombu) as app:
        app.send_task(DELIVER, queue=URGENT)
    assert lengths(clean_broker, "meantime") == {URGENT: 1, LESSONS: 0}


def test_two_installations_share_a_server_by_their_prefixes(clean_broker: RunningBroker):
    with make_celery(clean_broker.kombu, "one") as one:
        one.send_task(DELIVER)
    assert lengths(clean_broker, "two") == {URGENT: 0, LESSONS: 0}
    with redis.Redis.from_url(clean_broker.url) as connection:
        assert all(key.startswith(b"one:") for key in connection.scan_iter())


def test_a_queue_that_nobody_works_on_is_refused(clean_broker: RunningBroker):
    with make_celery(clean_broker.kombu) as app, pytest.raises(QueueNotFound):
        app.send_task(DELIVER, queue="lesons")


def test_only_json_is_sent_and_taken(clean_broker: RunningBroker):
    with make_celery(clean_broker.kombu) as app:
        assert app.conf.accept_content == ["json"]
        with pytest.raises(Exception, match="not JSON serializable"):
            app.send_task(DELIVER, [object()])


def test_an_address_of_nowhere_fails_within_seconds(tmp_path: Path):
    with make_celery(f"redis+socket://{tmp_path}/nobody") as app, pytest.raises(OperationalError):
        app.send_task(TICK)


def test_every_entry_of_the_timetable_expires_and_is_routed():
    app = make_celery("redis://nowhere")
    for entry in timetable().values():
        assert 0 < entry["options"]["expires"] <= 3 * entry["schedule"]
        assert entry["task"] in app.conf.task_routes
