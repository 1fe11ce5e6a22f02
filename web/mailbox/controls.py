"""What the buttons of the mailbox page do: let the course's time pass, and say what happened."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from web.mailbox.pages import ClockControls
from web.walk import StandsStill, Walk

DAY = timedelta(days=1)


def controls(walk: Walk) -> ClockControls:
    """The buttons of one installation."""
    return ClockControls(
        now=walk.clock.now,
        next_day=partial(_said, partial(_next_day, walk)),
        next_lesson=partial(_said, partial(_next_lesson, walk)),
    )


def _next_day(walk: Walk) -> str:
    walk.until(walk.clock.now() + DAY)
    return "A day has passed. What was due on the way has been sent."


def _next_lesson(walk: Walk) -> str:
    due = walk.to_next_lesson()
    return f"The clock went to {due:%A, %H:%M} UTC." if due else "Nothing is planned, so the clock stands where it was."


def _said(move: Callable[[], str]) -> str:
    """What a move says, also when the worker does not keep up."""
    try:
        return move()
    except StandsStill as trouble:
        return str(trouble)
