"""The page for authors about tags, docs/variables.md, written from the tables that the linter checks them against."""

from collections.abc import Iterator

from emails.sandbox import FILTERS, VARIABLES

INTRODUCTION = """\
# What a lesson can say to each reader

A lesson is written once and reaches every reader as a letter of their own. Where you write a tag, the reader finds
their own value. Tags work in the subject, the preview line, the text, and in the addresses of links and buttons.

    Good morning {{ reader.name | fallback("there") }}, this is lesson {{ lesson.number }} of {{ lesson.count }}.

becomes

    Good morning Ana, this is lesson 2 of 5.

A name that does not exist is an error while you edit, with its line, and never a gap in somebody's inbox. Values are
put in as plain text: whatever a reader writes into the sign-up form, it cannot become a link or a command.
"""
GROUPS = {
    "reader": "The reader",
    "fields": "Your readers' own fields",
    "course": "The course",
    "lesson": "This lesson",
    "next_lesson": "The next lesson",
    "sender": "Who writes",
    "links": "Links of the reader's own",
    "house": "The house",
}
FILTER_EXAMPLES = {
    "fallback": ('{{ reader.name | fallback("friend") }}', "the value, or another word where it is empty"),
    "first_word": ("{{ reader.name | first_word }}", "the first word of a name"),
    "percent_of": ("{{ lesson.number | percent_of(lesson.count) }}", "how far a reader is, from 0 to 100"),
    "dots": ("{{ lesson.number | dots(lesson.count) }}", "the same as dots, for up to twelve lessons"),
    "upper": ("{{ course.title | upper }}", "capitals"),
    "lower": ("{{ course.title | lower }}", "small letters"),
    "capitalize": ("{{ reader.name | capitalize }}", "a capital at the beginning, the rest as it is"),
    "trim": ("{{ reader.name | trim }}", "no spaces around it"),
    "urlencode": ("https://example.org/?course={{ course.slug | urlencode }}", "a value inside an address"),
    "escape": ("{{ reader.name | escape }}", "nothing more: every value is escaped where it must be. Also `e`"),
}
FIELDS = """\
## Your readers' own fields

What you know of your readers besides: a city, a level, the name of their school. A field has a name in small letters,
digits and `_`, and is written on the reader's page at the desk. In a lesson it is called `fields.` and its name:

    Greetings to {{ fields.city | fallback("wherever you are") }}.

    {% if fields.school %}Tell somebody at {{ fields.school }} about it.{% endif %}

Not every reader has every field. Without a `fallback` and outside of such an `if` a field may leave a gap, and the
linter says so; that is a warning and no error, for which fields there are depends on your readers and not on your text.
A reader can have 20 fields of 200 characters.
"""
CHOICES = """\
## Choosing between sentences

    {% if reader.name %}Dear {{ reader.name }},{% else %}Good morning,{% endif %}

    {% if lesson.number == lesson.count %}This was the last one.{% endif %}

    {% if next_lesson.date %}The next letter comes on {{ next_lesson.date }}.{% endif %}

Between `if` and `endif` there may be whole paragraphs, with a blank line around each tag. There are `elif`, `else`,
`and`, `or`, `not`, `==`, `!=`, `<`, `>`, and `is even`, `is odd`, `is divisibleby 3`. What begins in one element of
MJML ends in the same element. Loops and calculations are not needed, and are not there.

## Buttons

    ::: button {{ links.next_now }}
    Send me the next lesson now
    :::

    ::: button {{ links.done }}
    I have done the exercise
    :::

A lesson that asks for a sign of life (`asks: {done: I have done it}` in its front matter) gets such a button at its
end by itself, unless its text has one. To print braces as they are, write `{% raw %}{{ like this }}{% endraw %}`.
"""


def variables_page() -> str:
    """The whole page in Markdown."""
    return "\n".join([INTRODUCTION, *_values(), *_filters(), CHOICES])


def _values() -> Iterator[str]:
    for group, title in GROUPS.items():
        if group == "fields":
            yield FIELDS
            continue
        yield f"## {title}\n\n| Write | It is | For example |\n|---|---|---|"
        for variable in VARIABLES:
            if variable.group == group:
                yield f"| `{{{{ {variable.name} }}}}` | {variable.says} | {variable.sample} |"
        yield ""


def _filters() -> Iterator[str]:
    yield "## Filters\n\nA filter stands behind a value and a bar; several may follow each other.\n"
    yield "| Write | It gives |\n|---|---|"
    for name in FILTERS:
        if name in FILTER_EXAMPLES:
            example, says = FILTER_EXAMPLES[name]
            yield f"| `{example.replace('|', chr(92) + '|')}` | {says} |"
    yield ""
