"""Dates in words, in the reader's language."""

from datetime import datetime

from babel.core import UnknownLocaleError
from babel.dates import format_datetime


def in_words(instant: datetime, language: str) -> str:
    """A local time as a person says it: "Tuesday, 9 March at 09:00"."""
    try:
        day = format_datetime(instant, "EEEE, d MMMM", locale=language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        day = format_datetime(instant, "EEEE, d MMMM", locale="en")
    return f"{day} at {instant:%H:%M}" if language.startswith("en") else f"{day}, {instant:%H:%M}"
