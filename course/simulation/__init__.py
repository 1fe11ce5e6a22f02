"""What a course costs a mail server: readers who are imagined or real, day after day, on the planning code itself.

drain      a relay with a rate: nothing before it is due, urgent mail first, fair over courses
load       what leaves, counted: hours, days, peaks, lateness, and the rate that would be needed
flow       readers move on: each lesson that leaves plans the next one, as planning does
people     readers who never were, the same for the same seed
world      a throw-away database with a published course and those readers in it
outlook    the same from real rows: the coming days of this house

`drain` and `load` are arithmetic: they know no database.
"""
