"""An admin at the desk, for tests: visits pages and sends the forms that stand on them, hidden fields and all."""

from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from course import admins
from course.database import Database
from course.editions import draft_lessons, find_course, find_draft, find_published

FOUR_WORDS = "four words in a row"
FLOUR = "/admin/courses/slow-bread/lessons/flour"
COURSE = "/admin/courses/slow-bread"


class Forms(HTMLParser):
    """The forms of a page: for each action, what a browser would send."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, Any]]] = []
        self._text: str | None = None
        self._select: str | None = None
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        each = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append((each.get("action", ""), {}))
        if not self.found:
            return
        fields = self.found[-1][1]
        ticked = each.get("type") not in {"checkbox", "radio"} or "checked" in each
        if tag == "input" and "name" in each and ticked:
            already = fields.get(each["name"]) if each.get("type") == "checkbox" else None
            value = each.get("value", "")
            fields[each["name"]] = (
                value if already is None else [*([already] if isinstance(already, str) else already), value]
            )
        elif tag == "textarea":
            self._text = each["name"]
            fields[self._text] = ""
        elif tag == "select":
            self._select = each["name"]
        elif tag == "option" and self._select and ("selected" in each or self._select not in fields):
            fields[self._select] = each.get("value", "")

    def handle_endtag(self, tag):
        if tag == "textarea" and self._text:
            # As browsers do: the first line end after the tag is not part of the text, and the rest is CRLF.
            fields = self.found[-1][1]
            fields[self._text] = fields[self._text].removeprefix("\n").replace("\n", "\r\n")
            self._text = None
        elif tag == "select":
            self._select = None

    def handle_data(self, data):
        if self._text:
            self.found[-1][1][self._text] += data

    def of(self, action: str) -> dict[str, Any]:
        """What the form with this action would send as it stands."""
        for known, fields in self.found:
            if known == action:
                return dict(fields)
        raise AssertionError(f"No form leads to {action}; there are {[known for known, _ in self.found]}.")


class AtTheDesk:
    """One signed-in admin with a browser of their own."""

    def __init__(self, app: Flask, database: Database, email: str = "ana@example.org", role: str = "owner") -> None:
        self.email = email
        self.browser = app.test_client()
        with database.writing() as session:
            admin = admins.find(session, email) or admins.add(session, email, datetime.now(UTC), role)
            token = admins.make_sign_in_link(session, admin)
        assert self.send(f"/admin/sign-in/{token}", f"/admin/sign-in/{token}").status_code == 303

    def see(self, path: str, status: int = 200) -> str:
        """The text of a page."""
        answer = self.browser.get(path)
        assert answer.status_code == status, (path, answer.status_code)
        return answer.text

    def fields(self, path: str, action: str) -> dict[str, Any]:
        """A form as it stands on a page, kept in this admin's tab."""
        return Forms(self.see(path)).of(action)

    def fields_of(self, answer: TestResponse, action: str) -> dict[str, Any]:
        """A form of an answer that came back instead of a redirect."""
        return Forms(answer.text).of(action)

    def send(self, path: str, action: str, **changes: str) -> TestResponse:
        """Load a page, change some fields of one of its forms, and send that."""
        return self.browser.post(action, data=self.fields(path, action) | changes)

    def follow(self, answer: TestResponse) -> str:
        """Where an answer leads."""
        assert answer.status_code == 303, (answer.status_code, answer.text[:400])
        return self.see(answer.location)


def order(database: Database, *, published: bool = False) -> list[str]:
    """The lessons of the draft, or of what is published; nothing where there is none."""
    with database.reading() as session:
        course = find_course(session, "slow-bread")
        edition = find_published(session, course) if published else find_draft(session, course)
        return [each.source.key for each in draft_lessons(edition)] if edition else []
