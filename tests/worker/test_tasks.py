"""The tasks: their names, and what one doorbell rings in turn."""

import ast
import json
from base64 import b64decode
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import redis
from celery import Celery

import worker.tasks
from tests.broker import RunningBroker
from worker import timetable
from worker.app import LESSONS, URGENT, make_celery
from worker.runtime import Bells
from worker.tasks import register

NAMES = {timetable.TICK, timetable.RESCUE, timetable.DELIVER, timetable.CHORE, timetable.FEEDBACK}


NOTHING = Bells(0, 0, 0)


@dataclass
class Hands:
    """Says what a worker's runtime would say."""

    bells: Bells = NOTHING
    more: bool = False
    found: dict[str, int] = field(default_factory=dict)
    delivered: list[bool] = field(default_factory=list)
    forgot: int = 0

    def tick(self) -> Bells:
        return self.bells

    def deliver(self, *, urgent: bool) -> bool:
        self.delivered.append(urgent)
        return self.more

    def rescue(self) -> dict[str, int]:
        return self.found

    def forget(self) -> int:
        self.forgot += 1
        return 0

    def do_chores(self) -> bool:
        return self.more

    def attend(self) -> bool:
        return self.more


def run(broker: RunningBroker, hands: Hands, name: str, **arguments: bool) -> tuple[int, int]:
    """Run one task here; how many rings it left in the urgent queue and in the lessons' queue."""
    with make_celery(broker.kombu) as app:
        register(app, lambda: hands)  # type: ignore[arg-type, return-value]
        app.tasks[name](**arguments)
    with redis.Redis.from_url(broker.url) as connection:
        return int(connection.llen(f"meantime:{URGENT}")), int(connection.llen(f"meantime:{LESSONS}"))


def registered() -> Celery:
    app = make_celery("redis://nowhere")
    register(app, Hands)  # type: ignore[arg-type]
    app.finalize()
    return app


def test_everything_in_the_timetable_exists_and_is_routed():
    app = registered()
    asked = {entry["task"] for entry in timetable.timetable().values()}
    assert asked <= NAMES
    assert set(app.tasks) >= NAMES
    assert set(app.conf.task_routes) == NAMES


def test_no_task_is_more_than_a_doorbell():
    tree = ast.parse(Path(worker.tasks.__file__).read_text())
    tasks = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.decorator_list]
    assert {task.name for task in tasks} == {"tick", "deliver", "rescue", "chore", "attend"}
    assert all(len(task.body) <= 4 for task in tasks)


def test_a_tick_rings_once_for_each_batch(clean_broker: RunningBroker):
    assert run(clean_broker, Hands(Bells(urgent=2, lessons=3, chores=1)), timetable.TICK) == (2, 4)


def test_a_tick_that_finds_nothing_rings_nobody(clean_broker: RunningBroker):
    assert run(clean_broker, Hands(), timetable.TICK) == (0, 0)


@pytest.mark.parametrize(("urgent", "left"), [(True, (1, 0)), (False, (0, 1))])
def test_a_courier_that_leaves_more_rings_for_the_next(
    clean_broker: RunningBroker, urgent: bool, left: tuple[int, int]
):
    hands = Hands(more=True)
    assert run(clean_broker, hands, timetable.DELIVER, urgent=urgent) == left
    assert hands.delivered == [urgent]


def test_a_courier_that_is_done_rings_nobody(clean_broker: RunningBroker):
    assert run(clean_broker, Hands(), timetable.DELIVER, urgent=True) == (0, 0)


@pytest.mark.parametrize(("freed", "left"), [(0, (0, 0)), (7, (1, 0))])
def test_what_rescue_freed_is_looked_at_at_once(clean_broker: RunningBroker, freed: int, left: tuple[int, int]):
    assert run(clean_broker, Hands(found={"freed": freed}), timetable.RESCUE) == left


@pytest.mark.parametrize("name", [timetable.CHORE, timetable.FEEDBACK])
def test_work_with_more_to_do_rings_for_itself(clean_broker: RunningBroker, name: str):
    assert run(clean_broker, Hands(more=True), name) == (0, 1)


def test_rescue_also_forgets_who_never_confirmed(clean_broker: RunningBroker):
    hands = Hands()
    run(clean_broker, hands, timetable.RESCUE)
    assert hands.forgot == 1


def test_messages_carry_a_yes_or_no_and_nothing_else(clean_broker: RunningBroker):
    run(clean_broker, Hands(bells=Bells(1, 1, 1)), timetable.TICK)
    with redis.Redis.from_url(clean_broker.url, decode_responses=True) as connection:
        found = [
            json.loads(text) for queue in (URGENT, LESSONS) for text in connection.lrange(f"meantime:{queue}", 0, -1)
        ]
    bodies = [json.loads(b64decode(each["body"])) for each in found]
    assert len(bodies) == 3
    for args, kwargs, _ in bodies:
        assert args == []
        assert kwargs in ({}, {"urgent": True}, {"urgent": False})
