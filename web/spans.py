"""Lengths of time in words."""

from datetime import timedelta


def span(lasted: timedelta) -> str:
    """A length of time with two units at most: "0.2 s", "33 min 20 s", "5 h 3 min", "2.1 days"."""
    seconds = lasted.total_seconds()
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours < 48 else f"{seconds / 86_400:.1f} days"
