"""Names for addresses, made from what people write: "Slow Bread: a loaf a week" becomes slow-bread-a-loaf-a-week."""

import re
import unicodedata

from sqlalchemy import select
from sqlalchemy.orm import Session

from course.models import Course, Edition, Lesson

LONGEST = 48
_APART = {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}


def name_of(text: str, otherwise: str) -> str:
    """Lower-case letters and digits with hyphens between them; `otherwise` where none are left."""
    spelled = "".join(_APART.get(letter, letter) for letter in text.lower())
    plain = unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", plain.replace("'", ""))
    name = ""
    for word in words:
        if len(name) + 1 + len(word) > LONGEST:
            break
        name = f"{name}-{word}" if name else word
    return name or otherwise


def free_slug(session: Session, title: str) -> str:
    """A slug that no course has."""
    return _first_free(name_of(title, "course"), set(session.scalars(select(Course.slug))))


def free_key(session: Session, edition: Edition, subject: str) -> str:
    """An id that no lesson of the course ever had: an old one would come back with its readers' receipts."""
    known = session.scalars(select(Lesson.key).where(Lesson.course_id == edition.course_id))
    return _first_free(name_of(subject, "lesson"), set(known))


def _first_free(name: str, known: set[str]) -> str:
    number, free = 1, name
    while free in known:
        number += 1
        free = f"{name}-{number}"
    return free
