"""Just enough of a browser to do what a person does: open a page, fill in its form, press its button."""

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener

SECONDS = 90


@dataclass
class Form:
    """A form on a page: where it goes, and what its fields hold before anybody types."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Page:
    """An answer: its address, status, text and forms."""

    url: str
    status: int
    text: str
    forms: tuple[Form, ...]

    def form(self, action_part: str = "") -> Form:
        """The first form whose action holds `action_part`; LookupError where there is none."""
        return next(form for form in self.forms if action_part in form.action)


class Browser:
    """Keeps cookies, follows redirects, sends the forms of pages back."""

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url
        self._opener: OpenerDirector = build_opener(HTTPCookieProcessor(CookieJar()))

    def answers(self, path: str) -> bool:
        """Whether anybody answers there at all."""
        try:
            return self.open(path).status < 500
        except (URLError, http.client.HTTPException, OSError):
            return False

    def open(self, url: str) -> Page:
        """GET a page, by its path or its whole address."""
        return self._fetch(Request(urljoin(self._base_url, url)))  # noqa: S310 - http only, our own base

    def json(self, path: str) -> Any:
        """GET a JSON document."""
        return json.loads(self.open(path).text)

    def send(self, page: Page, form: Form, values: Mapping[str, str]) -> Page:
        """POST a form of a page, with `values` typed over what its fields held."""
        target = urljoin(page.url, form.action)
        body = urlencode({**form.fields, **values}).encode()
        return self._fetch(Request(target, data=body, headers={"Referer": page.url}))  # noqa: S310

    def _fetch(self, request: Request) -> Page:
        try:
            with self._opener.open(request, timeout=SECONDS) as answer:
                return _page(answer.geturl(), answer.status, answer.read().decode())
        except HTTPError as error:
            with error:
                return _page(request.full_url, error.code, error.read().decode())


def _page(url: str, status: int, text: str) -> Page:
    reader = _FormReader(url)
    reader.feed(text)
    return Page(url, status, text, tuple(reader.forms))


class _FormReader(HTMLParser):
    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url
        self.forms: list[Form] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(said.get("action") or self._url))
        elif tag == "input" and self.forms and said.get("name"):
            ticked = said.get("type") not in ("checkbox", "radio") or "checked" in said
            if ticked:
                self.forms[-1].fields.setdefault(said["name"], said.get("value", ""))
