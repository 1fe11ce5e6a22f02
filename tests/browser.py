"""A real Chromium for the tests, and the accessibility rules of axe-core in it.

page              an empty tab with a profile of its own; fails nothing by itself
new_page          makes more of them: new_page(java_script_enabled=False, color_scheme="dark", ...)
axe_violations    axe_violations(page): what axe-core objects to, one sentence each
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Whatever a page asks of the world outside this machine fails at once, and the same everywhere.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]
PATIENCE_MS = 10_000


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """An empty tab, 1280 × 900."""
    return new_page()


@pytest.fixture
def new_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Each call opens a tab with cookies of its own; takes the options of Playwright's `new_context`."""
    contexts = []

    def open_page(**options: Any) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, "locale": "en-GB"} | options)
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium or a like one. Without it: a skip that says so, and a failure where CI=true."""
    executable = find_browser()
    if executable is None:
        sentence = f"No browser: none of {', '.join(NAMES)} is on the PATH; scripts/install-test-tools installs it."
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(sentence)
    with running_browser(executable) as running:
        yield running


@pytest.fixture(scope="session")
def axe_violations() -> Callable[..., list[str]]:
    """`axe_violations(page, but=("region",))`: what axe-core objects to, save for some rules."""
    return find_violations


def find_browser() -> str | None:
    """The path of the first browser that is there."""
    return next(filter(None, map(shutil.which, NAMES)), None)


@contextmanager
def running_browser(executable: str) -> Iterator[Browser]:
    """One headless browser with the fonts of `tests/fonts.conf`."""
    fonts = str(Path(__file__).with_name("fonts.conf"))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable, args=FLAGS, env={**os.environ, "FONTCONFIG_FILE": fonts}
        )
        yield browser
        browser.close()


def find_violations(page: Page, but: tuple[str, ...] = ()) -> list[str]:
    """One sentence per element: the rule, how bad it is, where, and why."""
    rules = {name: {"enabled": False} for name in but}
    found = Axe().run(page, options={"resultTypes": ["violations"], "rules": rules}).response["violations"]
    return [
        f"{rule['id']} ({rule['impact']}) at {' '.join(map(str, node['target']))}: {node.get('failureSummary')}"
        for rule in found
        for node in rule["nodes"]
    ]
