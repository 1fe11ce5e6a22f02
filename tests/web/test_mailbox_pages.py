"""The mailbox's pages, in a real server and a real browser."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Page
from werkzeug.serving import make_server

import web
from course.settings import Settings
from web import assets, errors, security
from web.mailbox import trace
from web.mailbox.box import Box
from web.mailbox.pages import ClockControls, blueprint

NOW = datetime(2027, 3, 14, 13, 0, tzinfo=UTC)
EVIL = """<html lang="en"><head><title>x</title></head><body><p>Hello</p><script>document.title = "ran";
parent.document.title = "ran"</script><img src="x" onerror="document.body.innerHTML = 'ran'" alt="">
<a href="http://127.0.0.1:1/next">next</a></body></html>"""


def file(folder: Path, name: str, subject: str, body: str = EVIL) -> None:
    (folder / "new").mkdir(exist_ok=True)
    lines = trace.write(trace.Trace("b@house.example", ("ana@example.com",), NOW))
    message = f"Subject: {subject}\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{body}"
    (folder / "new" / name).write_bytes(lines + message.encode())


@pytest.fixture
def moves() -> list[str]:
    return []


@pytest.fixture
def app(tmp_path: Path, moves: list[str]) -> Flask:
    def move(name: str) -> Callable[[], str]:
        def moved() -> str:
            moves.append(name)
            return f"Moved: {name}."

        return moved

    made = Flask(web.__name__)
    security.protect(made, Settings(state_dir=tmp_path, secret_key="a-secret-key-that-is-long-enough-1234"))
    assets.stamp(made)
    errors.register(made)
    made.register_blueprint(blueprint(Box(tmp_path), ClockControls(lambda: NOW, move("day"), move("lesson"))))
    return made


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_an_empty_box_says_how_to_fill_it(client: FlaskClient):
    answer = client.get("/mailbox/")
    assert answer.status_code == 200
    assert "No mail yet" in answer.text
    assert client.get("/mailbox/messages.json").json == []


def test_the_newest_mail_stands_first(client: FlaskClient, tmp_path: Path):
    file(tmp_path, "1.1", "Older")
    file(tmp_path, "1.2", "Newer")
    text = client.get("/mailbox/").text
    assert text.index("Newer") < text.index("Older")
    assert "Sunday 14 March 2027, 13:00" in text


def test_the_list_says_when_it_is_cut(client: FlaskClient, tmp_path: Path):
    for number in range(201):
        file(tmp_path, f"1.{number:03d}", f"Mail {number}", "")
    text = client.get("/mailbox/").text
    assert "201 mails" in text
    assert "The newest 200 are shown" in text
    assert "Mail 200<" in text
    assert "Mail 0<" not in text


def test_the_same_as_json(client: FlaskClient, tmp_path: Path):
    file(tmp_path, "1.1", "Hello", "<p>Hi")
    (only,) = client.get("/mailbox/messages.json").json or []
    assert only == {
        "id": "1.1",
        "received_at": "2027-03-14T13:00:00+00:00",
        "sender": "b@house.example",
        "recipients": ["ana@example.com"],
        "subject": "Hello",
        "date": None,
        "message_id": "",
        "html": "<p>Hi",
        "text": "",
        "headers": [["Subject", "Hello"], ["Content-Type", "text/html; charset=utf-8"]],
        "raw": "Subject: Hello\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Hi",
    }


def test_a_subject_cannot_write_html(client: FlaskClient, tmp_path: Path):
    file(tmp_path, "1.1", "<script>alert(1)</script>")
    for path in ("/mailbox/", "/mailbox/1.1"):
        assert "<script>alert" not in client.get(path).text


def test_raw_is_what_came_over_the_wire(client: FlaskClient, tmp_path: Path):
    file(tmp_path, "1.1", "Hello", "<p>Hi")
    answer = client.get("/mailbox/1.1/raw")
    assert answer.content_type == "text/plain; charset=utf-8"
    assert answer.data.endswith(b"\r\n\r\n<p>Hi")


@pytest.mark.parametrize("path", ["/mailbox/nothing", "/mailbox/nothing/html", "/mailbox/..%2Fsecret/raw"])
def test_what_is_not_there_is_not_found(client: FlaskClient, path: str):
    assert client.get(path).status_code == 404


def test_the_clock_moves_by_a_guarded_form_only(client: FlaskClient, moves: list[str]):
    assert client.post("/mailbox/clock", data={"move": "next-day"}).status_code == 400
    assert client.get("/mailbox/clock").status_code in (404, 405)
    assert moves == []


@pytest.mark.parametrize("script", [True, False])
def test_the_clocks_buttons_work_with_and_without_scripts(
    new_page: Callable[..., Page], address: str, moves: list[str], script: bool
):
    page = new_page(java_script_enabled=script)
    page.goto(f"{address}/mailbox/")
    page.get_by_role("button", name="Next day").click()
    page.get_by_text("Moved: day.").wait_for()
    page.get_by_role("button", name="Until the next lesson").click()
    page.get_by_text("Moved: lesson.").wait_for()
    assert moves == ["day", "lesson"]


def test_a_mail_is_shown_and_no_script_of_it_runs(page: Page, address: str, tmp_path: Path):
    file(tmp_path, "1.1", "Hello")
    page.goto(f"{address}/mailbox/")
    page.get_by_role("link", name="Hello").click()
    frame = page.frame_locator("iframe")
    frame.get_by_text("Hello").wait_for()
    assert frame.get_by_text("ran").count() == 0
    assert page.title() == "Hello · Mailbox"
    page.goto(f"{address}/mailbox/1.1/html")
    assert page.title() == "x"
    assert page.get_by_text("ran").count() == 0


def test_a_link_in_a_mail_opens_outside_the_frame(page: Page, address: str, tmp_path: Path):
    file(tmp_path, "1.1", "Hello", f'<a href="{address}/mailbox/">go</a>')
    page.goto(f"{address}/mailbox/1.1")
    with page.expect_popup() as popup:
        page.frame_locator("iframe").get_by_text("go").click()
    popup.value.get_by_role("heading", name="Mailbox").wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_are_accessible(
    new_page: Callable[..., Page], axe_violations: Callable[..., list[str]], address: str, tmp_path: Path, scheme: str
):
    file(tmp_path, "1.1", "Hello", "<html lang=en><title>x</title><body><main><h1>Hi</h1></main>")
    page = new_page(color_scheme=scheme)
    for path in ("/mailbox/", "/mailbox/1.1"):
        page.goto(address + path)
        assert axe_violations(page) == []
