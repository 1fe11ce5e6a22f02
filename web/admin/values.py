"""What a text may say to each reader, as a panel beside it: every value, filter and choice, and the house's own fields.

With a script each can be put into the text by a click; without one they can be read and copied.
"""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from course.custom_fields import known_fields
from emails.guide import FILTER_EXAMPLES, GROUPS
from emails.sandbox import FILTERS, VARIABLES

CHOICES = (
    ("{% if reader.name %}Dear {{ reader.name }},{% else %}Hello,{% endif %}", "one sentence or another"),
    (
        "{% if next_lesson.date %}The next one comes on {{ next_lesson.date }}.{% endif %}",
        "only if there is a next one",
    ),
    ("{% if lesson.number == lesson.count %}This was the last one.{% endif %}", "only in the last lesson"),
)
# A fallback for what readers may have left out: put in with it, nobody finds a gap.
CAREFUL = {"reader.name": 'fallback("friend")'}


@dataclass(frozen=True)
class Value:
    """One thing to put in: the tag, what it becomes, and an example of that."""

    tag: str
    says: str
    sample: str = ""


@dataclass(frozen=True)
class Group:
    """Values that belong together, under a title."""

    title: str
    values: tuple[Value, ...]


def values_panel(session: Session) -> tuple[Group, ...]:
    """Everything, in the order in which it is wanted most."""
    groups = [Group(title, tuple(_values(group))) for group, title in GROUPS.items() if group != "fields"]
    fields = tuple(
        Value(f'{{{{ fields.{name} | fallback("…") }}}}', f"the reader’s {name.replace('_', ' ')}, or the other word")
        for name in known_fields(session)
    )
    if fields:
        groups.insert(1, Group("Your readers’ own fields", fields))
    filters = tuple(
        Value(FILTER_EXAMPLES[name][0], FILTER_EXAMPLES[name][1]) for name in FILTERS if name in FILTER_EXAMPLES
    )
    choices = tuple(Value(tag, says) for tag, says in CHOICES)
    return (*groups, Group("Filters", filters), Group("Choices", choices))


def _values(group: str) -> list[Value]:
    found = []
    for variable in VARIABLES:
        if variable.group == group:
            careful = f" | {CAREFUL[variable.name]}" if variable.name in CAREFUL else ""
            found.append(Value(f"{{{{ {variable.name}{careful} }}}}", variable.says, str(variable.sample)))
    return found
