"""What a house knows of its readers beyond name and hour: small texts by name, such as `city`, for letters to use.

They are written on a reader's page at the desk, and may come with whatever brings readers in. A reader who has none
of a name is no error anywhere: there it is an empty text.
"""

from collections import Counter
from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from course.cleaning import FIELD_NAME, one_line
from course.errors import NotFound, Refused
from course.models import Reader

LONGEST = 200  # characters
MOST = 20  # fields of one reader
LOOKED_THROUGH = 1000  # the newest readers


def set_fields(reader: Reader, changes: Mapping[str, str]) -> None:
    """Change some of a reader's fields; an empty text takes one away. Raises Refused with a reason for each name."""
    reasons = {name: reason for name, value in changes.items() if (reason := _reason(name, one_line(value)))}
    found = dict(reader.fields) | {name: one_line(value) for name, value in changes.items()}
    kept = {name: value for name, value in sorted(found.items()) if value}
    if len(kept) > MOST:
        reasons["fields"] = f"A reader can have {MOST} fields; this would be {len(kept)}."
    if reasons:
        raise Refused(reasons)
    reader.fields = kept


def find_reader(session: Session, handle: str) -> Reader:
    """The reader of this handle; raises NotFound."""
    reader = session.scalars(select(Reader).where(Reader.handle == handle)).one_or_none()
    if reader is None:
        raise NotFound("There is no such reader.")
    return reader


def known_fields(session: Session) -> tuple[str, ...]:
    """The names that the newest readers have, the most frequent first."""
    newest = session.scalars(select(Reader.fields).order_by(Reader.id.desc()).limit(LOOKED_THROUGH))
    counts = Counter(name for fields in newest for name in fields)
    return tuple(name for name, _ in sorted(counts.items(), key=lambda found: (-found[1], found[0])))


def _reason(name: str, value: str) -> str:
    if not FIELD_NAME.fullmatch(name):
        return f"`{name[:40]}` cannot be a field's name: small letters, digits and _, and a letter first."
    if len(value) > LONGEST:
        return f"`{name}` has {len(value)} characters; {LONGEST} are the most."
    return ""
