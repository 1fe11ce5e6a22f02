"""What a course costs a mail server: readers who are imagined or real, day after day, on the planning code itself.

drain      a relay with a rate: nothing before it is due, urgent mail first, fair over courses
load       what leaves, counted: hours, days, peaks, lateness, and the rate that would be needed
flow       readers move on: each lesson that leaves plans the next one, as planning does
people     readers who never were, the same for the same seed
world      a throw-away database with a published course and those readers in it
simulator  the days of that world, one after the other
crowd      real readers, or every n-th of them where they are many
outlook    the coming days of this house, from its rows

`drain` and `load` are arithmetic: they know no database.
"""
