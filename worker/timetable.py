"""The whole timetable: what happens by itself, and how often.

Every entry expires: a worker that was away finds one ring waiting and not a thousand. A second beat doubles the rings,
which is harmless: a tick claims by conditional update and finds nothing the second time.
"""

from typing import Any, Final

TICK: Final = "meantime.tick"
RESCUE: Final = "meantime.rescue"
DELIVER: Final = "meantime.deliver"
CHORE: Final = "meantime.chore"
FEEDBACK: Final = "meantime.feedback"

TICK_SECONDS: Final = 10
RESCUE_SECONDS: Final = 60
FEEDBACK_SECONDS: Final = 30


def timetable() -> dict[str, dict[str, Any]]:
    """Return Celery's beat schedule; intervals and expiries in seconds."""
    return {
        "look for due deliveries": _every(TICK_SECONDS, TICK),
        "free stale claims": _every(RESCUE_SECONDS, RESCUE),
        "hear what came back": _every(FEEDBACK_SECONDS, FEEDBACK),
    }


def _every(seconds: int, task: str) -> dict[str, Any]:
    return {"task": task, "schedule": float(seconds), "options": {"expires": 3 * seconds}}
