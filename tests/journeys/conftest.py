"""Whole installations, as `meantime up` runs them: real broker, mailbox, web, worker and beat.

house        one for the whole folder; tests are its readers and do it no harm
make_house   make_house(UNDO_MINUTES="5") makes one that this test may break; it is not started
desk         a browser tab of an admin who has come in by the printed link
"""

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.journeys.living import living
from web.demo.house import House, running

# Tests sign up faster than people and from one address; what an admin publishes is sent at once.
QUICK = {"FORM_SECONDS": "0", "SIGNUPS_PER_ADDRESS": "1000/hour", "UNDO_MINUTES": "0", "DELIVER_WORKERS": "1"}


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A running house with the sample course."""
    with running(House(tmp_path_factory.mktemp("house"), QUICK)) as up:
        yield up


@pytest.fixture
def make_house(tmp_path: Path) -> Iterator[Callable[..., House]]:
    """Houses of one test's own; whatever is left of their processes goes with the test."""
    made: list[House] = []

    def make(**told: str) -> House:
        folder = tmp_path / f"house-{len(made)}"
        folder.mkdir()
        made.append(House(folder, QUICK | told))
        return made[-1]

    yield make
    for each in made:
        each.stop()
        for pid in living(each):
            os.kill(pid, signal.SIGKILL)


@pytest.fixture(scope="session")
def way_in(house: House) -> Iterator[dict[str, str]]:
    """Keeps an admin's cookie between tests: the printed link works once."""
    yield {}


@pytest.fixture
def desk(house: House, new_page: Callable[..., Page], way_in: dict[str, str]) -> Page:
    """A tab at the desk."""
    page = new_page()
    if way_in:
        page.context.add_cookies([way_in])  # type: ignore[list-item]
    else:
        page.goto(house.sign_in_link())
        page.get_by_role("button", name="Sign in").click()
        way_in |= next(dict(cookie) for cookie in page.context.cookies() if cookie["httpOnly"])  # type: ignore[arg-type]
    page.goto(f"{house.url}/admin/")
    return page
