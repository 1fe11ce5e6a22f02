"""Pages for when something is not as wished: what happened, and what to do."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Flask, Response, make_response, redirect, render_template
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect
from werkzeug.wrappers import Response as AnyResponse

from course.errors import NotFound
from course.tokens import BadToken


@dataclass(frozen=True)
class Trouble:
    """One error page: a title and what to do now."""

    title: str
    advice: str


TROUBLES = {
    400: Trouble("This could not be read", "Go back, reload the page and try once more."),
    403: Trouble("This is not yours to open", "Sign in with an address that may, or ask whoever runs this house."),
    404: Trouble("There is nothing here", "The address may be mistyped or incomplete, or the page has gone since."),
    405: Trouble("Not like this", "This address is there for a form. Go back and use the button on the page."),
    413: Trouble("That is too much at once", "Send something smaller. Nothing was stored."),
    422: Trouble("Something is missing", "Go back, look at what you entered and send it again. Nothing was stored."),
    429: Trouble("A little slower, please", "Many requests came from your network. Wait an hour and try again."),
    500: Trouble("Something broke on our side", "It is noted. Your lessons are safe; try again in a minute."),
}


def register(app: Flask) -> None:
    """Answer every error with a page in our own words."""
    app.register_error_handler(HTTPException, _of_http)
    app.register_error_handler(NotFound, lambda error: page(404))
    app.register_error_handler(BadToken, lambda error: page(404))
    app.register_error_handler(500, lambda error: page(500))


def page(code: int) -> Response:
    """The error page for a status code."""
    trouble = TROUBLES.get(code) or TROUBLES[500 if code >= 500 else 400]
    return make_response(render_template("error.html", trouble=trouble), code)


def rerouted(error: RequestRedirect) -> AnyResponse:
    """To a path of ours that was spelled otherwise; Werkzeug would lead to whatever host the request named."""
    found = urlsplit(error.new_url)
    path = "/" + found.path.lstrip("/\\")  # two slashes would name a host again
    return redirect(found._replace(scheme="", netloc="", path=path).geturl(), error.code)


def _of_http(error: HTTPException) -> Response:
    if error.code is None or error.code < 400:  # a redirect that travels as an exception
        return make_response(error.get_response())
    answer = page(error.code)
    for name, value in error.get_headers():
        if name not in ("Content-Type", "Content-Length"):
            answer.headers[name] = value
    return answer
