"""The schedule: pure arithmetic from a wait, a course's rules and a reader's wishes to an instant. Knows no database.

terms      the values it is asked with and answers
waits      "2 days", "next monday": an author's words and what they stand for
zones      which time zones exist, from pinned zone data
walltime   wall clocks and instants, quiet hours
slots      when a lesson goes: slot, when_late, when_replanned, when_capped
pauses     what a pause does to the anchor that a wait counts from
reasons    why a date is what it is, in sentences
"""

from course.schedule.slots import (
    latest_recurrence,
    local_zone,
    slot,
    useless,
    when_capped,
    when_late,
    when_replanned,
)
from course.schedule.terms import NoSlot, Past, Rules, Slot, Step, Wishes
from course.schedule.waits import BadWait, Wait, parse_wait
from course.schedule.walltime import is_quiet
from course.schedule.zones import known_zone, zones

__all__ = [
    "BadWait",
    "NoSlot",
    "Past",
    "Rules",
    "Slot",
    "Step",
    "Wait",
    "Wishes",
    "is_quiet",
    "known_zone",
    "latest_recurrence",
    "local_zone",
    "parse_wait",
    "slot",
    "useless",
    "when_capped",
    "when_late",
    "when_replanned",
    "zones",
]
