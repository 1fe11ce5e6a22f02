"""`python -m tests.pictures FOLDER`: the pictures of README, taken by a browser in a running installation."""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.browser import find_browser, running_browser
from web.demo.house import House, running
from web.demo.journey import READERS, enroll, mails_to, walk

LARGEST = 300 * 1024


def main(folder: Path) -> None:
    """Write lesson.png and desk.png."""
    executable = find_browser()
    assert executable, "There is no Chromium; scripts/install-test-tools installs it."
    folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="meantime-") as place,
        running(House(Path(place), {"FORM_SECONDS": "0"})) as house,
        running_browser(executable) as browser,
    ):
        enroll(house, *READERS)
        walk(house, *READERS, mails=3)
        take_lesson(house, browser, folder / "lesson.png")
        take_desk(house, browser, folder / "desk.png")


def take_lesson(house: House, browser: Browser, picture: Path) -> None:
    """The head of a lesson as an inbox shows it: 600 points wide, at twice the density."""
    mail = mails_to(house, READERS[0])[-1]
    page = browser.new_page(viewport={"width": 600, "height": 724}, device_scale_factor=2)
    page.goto(f"{house.url}/mailbox/{mail.id}/html")
    save(page, picture)


def take_desk(house: House, browser: Browser, picture: Path) -> None:
    """The editor of a lesson, with the letter beside it."""
    page = browser.new_page(viewport={"width": 1280, "height": 860})
    page.goto(house.sign_in_link())
    page.get_by_role("button", name="Sign in").click()
    page.goto(f"{house.url}/admin/courses/breathing-room/lessons/your-own-weather")
    page.frame_locator("iframe:not(.is-coming)").get_by_text("You make me happy.").wait_for()
    save(page, picture)


def save(page: Page, picture: Path) -> None:
    """Keep what the page shows, if it is small enough for a README."""
    page.screenshot(path=picture, animations="disabled", caret="hide")
    size = picture.stat().st_size
    assert size <= LARGEST, f"{picture} has {size} bytes."


if __name__ == "__main__":
    main(Path(sys.argv[1]))
