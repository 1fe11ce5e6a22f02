"""The bytes of a message as they travel: line ends, line lengths, 7-bit headers; and the raw header fields."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from course.errors import Problem

LONGEST_LINE = 998  # octets without CRLF, RFC 5322

_BARE = re.compile(rb"(?<!\r)\n|\r(?!\n)")
_FIELD = re.compile(rb"([!-9;-~]+):((?:[^\r\n]*)(?:\r\n[ \t][^\r\n]*)*)\r\n")


@dataclass(frozen=True)
class Field:
    """One header field as it stands: `value` keeps its folds; `line` is where it begins (1-based)."""

    name: str
    value: str
    line: int

    @property
    def unfolded(self) -> str:
        return self.value.replace("\r\n", "").strip()


def problems(data: bytes) -> Iterator[Problem]:
    """What is wrong with the bytes, whatever they say."""
    for place in list(_BARE.finditer(data))[:1]:
        line = data.count(b"\n", 0, place.start()) + 1
        yield Problem("A line ends with something other than CRLF.", line=line)
    if b"\0" in data:
        yield Problem("The message holds a NUL byte.", line=data[: data.index(b"\0")].count(b"\n") + 1)
    for number, line_bytes in enumerate(data.split(b"\r\n"), start=1):
        if len(line_bytes) > LONGEST_LINE:
            yield Problem(f"A line has {len(line_bytes)} octets; mail allows {LONGEST_LINE}.", line=number)
    header, found, body = data.partition(b"\r\n\r\n")
    if not body.isascii():
        yield Problem("The body holds bytes outside ASCII.", hint="encode its parts as quoted-printable")
    if not found:
        yield Problem("No empty line separates the headers from the body.")
    if not header.isascii():
        yield Problem("The headers hold bytes outside ASCII.", hint="encode words as RFC 2047 says")
    if len(b"".join(_leftovers(header))):
        yield Problem("Something among the headers is no header field.")


def fields(data: bytes) -> list[Field]:
    """The header fields in their order; what is no field is passed over."""
    header = _header(data)
    return [
        Field(found[1].decode(), found[2].decode("ascii", "replace"), header.count(b"\n", 0, found.start()) + 1)
        for found in _FIELD.finditer(header)
    ]


def _header(data: bytes) -> bytes:
    return data.partition(b"\r\n\r\n")[0] + b"\r\n"


def _leftovers(header: bytes) -> list[bytes]:
    return _FIELD.split(header + b"\r\n")[::3]
