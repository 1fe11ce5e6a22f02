"""From a compilation to the bytes of a mail of 36 KB: processor time, against a plain Jinja render of its HTML."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from statistics import median
from typing import Any

from jinja2 import Environment

from bench.figures import Figure, at_most
from course.dkim_keys import new_key, read_keys
from emails.dkim import Signer
from emails.letter import Address, Compiled, Headers, Look, Source
from emails.press import print_message
from emails.sandbox import FILTERS, sample_values
from emails.typeset import typeset

READERS = 400
PREVIEW = "What this lesson holds, in one line, for the list of letters."
PARAGRAPH = (
    "Dear {{ reader.name }}, " + "a kettle takes as long as it takes. " * 9 + "Read [on](https://example.org/{}).\n\n"
)
TOKEN = "t0k3n" * 9
HEADERS = Headers(
    sender=Address("Robin Hale", "robin@example.org"),
    recipient=Address("", ""),
    date=datetime(2026, 11, 22, 9, tzinfo=UTC),
    message_id="",
    reply_to="hello@example.org",
    unsubscribe_url=f"https://example.org/unsubscribe/{TOKEN}",
    unsubscribe_mailto=f"robin@example.org?subject=unsubscribe%20{TOKEN}",
    list_id="breathing-room.example.org",
    feedback_id="lesson:breathing-room:lesson:meantime",
    bulk=True,
)
Work = Callable[[], object]


def figures() -> Iterator[Figure]:
    """Four hundred readers of one lesson, unsigned and signed."""
    compiled, values, headers = (
        _lesson(),
        [_values(number) for number in range(READERS)],
        list(map(_headers, range(READERS))),
    )
    plain = Environment(autoescape=True)
    plain.filters.update(FILTERS)
    template = plain.from_string(compiled.html)
    signers = [Signer(read_keys(new_key(kind), "bench")) for kind in ("ed25519", "rsa")]
    jinja, unsigned, ed25519, rsa = _microseconds(
        lambda: [template.render(each) for each in values],
        *(partial(_print, compiled, values, headers, signer) for signer in (None, *signers)),
    )
    yield at_most("personalising to bytes, by a plain Jinja render", unsigned / jinja, "times", 4)
    yield at_most("personalising to bytes", unsigned, "µs per mail", 150)
    yield at_most("signing it with Ed25519", ed25519 - unsigned, "µs per mail", 150)
    yield at_most("signing it with RSA of 2048 bits", rsa - unsigned, "µs per mail", 1200)


def _print(compiled: Compiled, values: list[dict[str, Any]], headers: list[Headers], signer: Signer | None) -> None:
    for each, head in zip(values, headers, strict=True):
        print_message(compiled, each, head, signer)


def _microseconds(*works: Work) -> list[float]:
    """Per reader, the medians of five rounds in which each has its turn: what slows one down slows all of them."""
    for work in works:
        work()
    rounds = [[_seconds(work) for work in works] for _ in range(5)]
    return [1e6 * median(each) / READERS for each in zip(*rounds, strict=True)]


def _seconds(work: Work) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def _lesson() -> Compiled:
    body = "".join(PARAGRAPH.replace("{}", str(number)) for number in range(5)) + "".join(
        PARAGRAPH.partition(", ")[2].replace("{}", str(number)) for number in range(5, 22)
    )
    return typeset(Source("md", "The kettle and the clock", PREVIEW, body, asks="I have had my tea"), Look())


def _values(number: int) -> dict[str, dict[str, str | int]]:
    values = sample_values()
    values["reader"]["name"] = f"Ana {number}"
    values["links"] = {name: f"https://courses.example.org/{name}/{TOKEN}{number}" for name in values["links"]}
    return values


def _headers(number: int) -> Headers:
    recipient = Address(f"Ana {number}", f"ana.{number}@example.com")
    return replace(HEADERS, recipient=recipient, message_id=f"<{TOKEN[:26]}{number}@example.org>")
