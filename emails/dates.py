"""Dates in words, in the reader's language."""

import re
from datetime import datetime
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_datetime

from emails.words import OURS, words_in

# Names of patterns in Unicode's data, the best first; not every language has each.
DAY_AND_MONTH = ("MMMMEEEEd", "MMMMEd", "MMMEd")


def in_words(instant: datetime, language: str) -> str:
    """A local time as a person says it: "Tuesday, 9 March at 09:00"."""
    pattern, locale = _pattern(language)
    return str(format_datetime(instant, pattern, locale=locale))


@lru_cache(maxsize=64)
def _pattern(language: str) -> tuple[str, Locale]:
    """How a language says it: as our words have it, else as Unicode's data have it, else in English."""
    words = words_in(language)
    locale = _locale(language)
    if locale is None or not words.foreign:
        return words.dates, locale or Locale.parse(OURS)
    known = next(
        (str(locale.datetime_skeletons[name]) for name in DAY_AND_MONTH if name in locale.datetime_skeletons), ""
    )
    whole = re.sub("MMM+", "MMMM", re.sub("[Ec]+", "EEEE", known))
    return f"{whole or 'EEEE, d MMMM'}, HH:mm", locale


def _locale(language: str) -> Locale | None:
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return None
