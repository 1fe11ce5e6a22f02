"""What no form of ours sends: on every address that there is, and nothing of it is an error of ours."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient

from course import enrollment
from course.database import Database
from course.models import Enrollment
from tests.web.desk import COURSE, AtTheDesk, Forms
from tests.web.sample import deliver_next, enrollment_of
from tests.web.walks import addresses, odd_addresses

NUMBERS = ("0", "-1", str(2**31 - 1), str(2**31), str(2**63 // 50), str(2**63 - 1), str(2**63), "9" * 23, "9" * 5000)
# A NUL, no UTF-8 and half a pair (as WTF-8 writes it), other digits, and more than an index holds.
LONG = "".join(chr(97 + n * n % 26) + str(n) for n in range(4_000))
NUL, WORDS = b"a\0b", (b"\xff\xfe\xed\xa0\x80", "٣".encode(), LONG.encode())
ASKED = ("before", "page", "state", "zone", "hour", "per_second", "confirmed", "done", "all", "recipient")
SIGNS_OUT = "/admin/sign-out"


@pytest.fixture
def eve(app: Flask, database: Database) -> Enrollment:
    """A reader who has had a lesson; her next one is planned."""
    now = app.extensions["ground"].clock.now()
    with database.writing() as session:
        enrollment.enroll(session, "slow-bread", enrollment.Signup("eve@example.org", name="Eve"), now)
        mine = enrollment.confirm(session, enrollment_of(session, "eve@example.org").handle, now)
        deliver_next(session, mine, now)
        assert mine.reader.email
    return mine


def token(ana: AtTheDesk) -> str:
    found: str = ana.fields("/admin/settings", "/admin/settings/name")["csrf_token"]
    return found


def fields() -> set[str]:
    """The names that stand in any form."""
    pages = (Path(__file__).parents[2] / "web" / "templates").rglob("*.html")
    return {part.split('"')[0] for page in pages for part in page.read_text().split(' name="')[1:]}


def test_odd_parts_of_an_address(app: Flask, eve: Enrollment, ana: AtTheDesk, visitor: FlaskClient):
    words = [*NUMBERS, *(quote(word) for word in (NUL, *WORDS))]
    known, answered = {"csrf_token": token(ana)}, set()
    for word in words:
        for method in ("GET", "POST"):
            for page in odd_addresses(app, method, eve, word):
                for browser in (visitor, ana.browser):
                    answer = browser.open(page.path, method=method, data=known if method == "POST" else None)
                    assert answer.status_code < 500, (page.endpoint, word[:30])
                    answered.add(answer.status_code)
    assert {200, 303, 400, 404} <= answered


def test_odd_queries(app: Flask, eve: Enrollment, ana: AtTheDesk, visitor: FlaskClient):
    queries = [urlencode(dict.fromkeys(ASKED, word)) for word in (NUMBERS[4], NUMBERS[6], NUL, *WORDS)]
    for page in addresses(app, "GET", eve):
        for query in queries if page.endpoint != "admin.doctor" else ():  # a check-up takes seconds and asks nothing
            for browser in (visitor, ana.browser):
                answer = browser.get(f"{page.path}?{query}")
                assert answer.status_code < 500, (page.endpoint, query[:30])


def test_odd_forms(app: Flask, eve: Enrollment, ana: AtTheDesk, visitor: FlaskClient):
    known = token(ana)
    for page in addresses(app, "POST", eve):
        for word in (NUMBERS[-1], NUL, *WORDS):
            data = urlencode({**dict.fromkeys(fields(), word), "csrf_token": known})
            for browser in (visitor, ana.browser):
                if page.path != SIGNS_OUT:
                    answer = browser.post(page.path, data=data, content_type="application/x-www-form-urlencoded")
                    assert answer.status_code < 500, (page.endpoint, word[:30])


def forms(app: Flask, eve: Enrollment, browser: FlaskClient) -> Iterator[tuple[str, dict[str, object]]]:
    """Every form that stands on a page, once."""
    seen = set()
    for page in addresses(app, "GET", eve):
        answer = browser.get(page.path)
        if answer.mimetype == "text/html":
            for action, entered in Forms(answer.text).found:
                if (action, *entered) not in seen and action != SIGNS_OUT:
                    seen.add((action, *entered))
                    yield action or page.path, entered


def test_one_odd_field_in_a_form_that_is_right(app: Flask, eve: Enrollment, ana: AtTheDesk, visitor: FlaskClient):
    tried = 0
    for browser in (visitor, ana.browser):
        for action, entered in list(forms(app, eve, browser)):
            for name in entered.keys() - {"csrf_token"}:
                for word in (NUMBERS[-2], NUL, *WORDS):
                    data = urlencode({**entered, name: word}, doseq=True)
                    answer = browser.post(action, data=data, content_type="application/x-www-form-urlencoded")
                    assert answer.status_code < 500, (action, name, word[:30])
                    tried += 1
    assert tried > 300


@pytest.mark.parametrize(
    "where", ["/?a=\0", "/nowhere?\0=a", "/nowhere/%00", "/admin/sign-in/%00", "/hooks/bounces?recipient=%00"]
)
def test_a_nul_could_not_be_read(visitor: FlaskClient, where: str):
    assert visitor.get(where).status_code == 400
    assert visitor.post(where).status_code == 400


def test_a_nul_before_signing_in_could_not_be_read(visitor: FlaskClient):
    for path in ("/admin/sign-in", "/admin/sign-in-links"):
        form = Forms(visitor.get("/admin/sign-in").text).of("/admin/sign-in")
        for name, value in (("email", "a\0b"), ("a\0b", "c")):
            assert visitor.post(path, data=form | {name: value}).status_code == 400
            assert visitor.post(path, data=form | {name: value}, content_type="multipart/form-data").status_code == 400


def test_numbers_that_no_row_has_are_no_addresses_and_ask_for_the_first_or_the_last(ana: AtTheDesk, eve: Enrollment):
    for number in (2**31 - 1, 2**31, 2**63, 10**23):
        ana.see(f"{COURSE}/taken-back/{number}", 404)
        assert "eve@example.org" in ana.see(f"/admin/outbox?before={number}")
        assert "eve@example.org" not in ana.see(f"/admin/outbox?before=-{number}")
        assert "eve@example.org" not in ana.see(f"/admin/readers?page={number}")
        assert "eve@example.org" in ana.see(f"/admin/readers?page=-{number}")


def test_a_file_with_an_odd_name(ana: AtTheDesk, app: Flask):
    known, place = token(ana), f"{COURSE}/pictures"
    for name in ("a\0b.png", "a\udcffb.png", "../a.png", "", "9" * 5_000 + ".png", "٣.png"):
        parts = (
            f'name="csrf_token"\r\n\r\n{known}',
            f'name="pictures"; filename="{name}"\r\nContent-Type: image/png\r\n\r\nbytes',
        )
        text = "".join(f"--B\r\nContent-Disposition: form-data; {part}\r\n" for part in parts) + "--B--\r\n"
        body = text.encode("utf-8", "surrogateescape")
        answer = ana.browser.post(place, data=body, content_type="multipart/form-data; boundary=B")
        assert answer.status_code < 500, name[:20]
