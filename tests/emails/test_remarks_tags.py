"""What authors are told about tags that never end and values that do not exist: the place, and what there is."""

import pytest

from emails.letter import Source
from emails.lint import lint

PREVIEW = "A preview line that is long enough to be a good one."

UNCLOSED = [
    ("{{ reader.name", "3:10: `{{` opens a tag here that is never closed."),
    ("Hi {{ reader.name }", "3:13: `{{` opens a tag here that is never closed."),
    ("{% if reader.name %}Hi", "3:10: `{% if reader.name %}` has no `{% endif %}`. (put it where the choice ends)"),
    ("a {% endif %}", "3:12: `{% endif %}` stands here without its `{% if %}`. (take it out)"),
    ("{% if reader.name %}a{% else %}b", "3:10: `{% if reader.name %}` has no `{% endif %}`."),
    ("{% if reader.name", "3:10: `{%` opens a tag here that is never closed."),
    ("{# note", "3:10: `{#` opens a tag here that is never closed. (close it with `#}`, and every quote inside it)"),
    ('{{ reader.name | fallback("x }}', "3:10: `{{` opens a tag here that is never closed."),
    ("{% if a %}{% if reader.name %}x{% endif %}", "3:10: `{% if a %}` has no `{% endif %}`."),
    ("{{ 'x }}", "3:10: `{{` opens a tag here that is never closed. (close it with `}}`, and every quote inside it)"),
    ("x {{", "3:12: `{{` opens a tag here that is never closed. (close it with `}}`, and every quote inside it)"),
    ("{% else %}", "3:10: `{% else %}` stands here without its `{% if %}`. (take it out)"),
    ("{% if %}x{% endif %}", "3:10: This tag cannot be understood: Expected an expression, got the end of the tag."),
    ("{% endfor %}", "3:10: There is no statement `{% endfor %}`."),
    ("{%", "3:10: `{%` opens a tag here that is never closed. (close it with `%}`, and every quote inside it)"),
    ("{{ {{ reader.name }}", "3:10: `{{` opens a tag here that is never closed."),
    ("{% if reader.name %}x{% end if %}", "3:10: `{% if reader.name %}` has no `{% endif %}`."),
    ("{% elseif reader.name %}", "3:10: There is no statement `{% elseif %}`. (did you mean `{% elif %}`?)"),
    ("{{ reader.name | fallback(“x”) }}", "3:10: `“` is no quote in a tag. (write straight quotes,"),
    ("{% for x in y %}{% endfor %}", "3:10: There is no statement `{% for %}`."),
    ("a\n\t{% if reader.name %}{{ x", "4:22: `{{` opens a tag here that is never closed."),
    ("{% raw %}{{ x }}", "3:10: `{% raw %}` is never closed. (close it with `{% endraw %}`)"),
]

VARIABLES = [
    ("{{ reader.nam }}", "3:10: There is no value `reader.nam`. (did you mean `reader.name`?"),
    ("{{ name }}", "3:10: There is no value `name`. (There are: "),
    ("{{ reader.first_name }}", "3:10: There is no value `reader.first_name`. (did you mean `reader.name`?"),
    ("{{ lesson.no }}", "3:10: There is no value `lesson.no`. (did you mean `lesson.count`?"),
    ("{{ course.name }}", "3:10: There is no value `course.name`. (did you mean `house.name`?"),
    ("{{ links.done_url }}", "3:10: There is no value `links.done_url`. (did you mean `links.done`?"),
    ("{{ links.unsubscibe }}", "3:10: There is no value `links.unsubscibe`. (did you mean `links.unsubscribe`?"),
    ("{{ next_lesson }}", "3:10: There is no value `next_lesson`. (did you mean `next_lesson.date`?"),
    ("{{ Reader.Name }}", "3:10: There is no value `Reader.Name`. (did you mean `reader.name`?"),
    ("{{ reader['nam'] }}", "3:10: There is no value `reader.nam`. (did you mean `reader.name`?"),
    ("{% if lesson.numbr < 3 %}x{% endif %}", "3:10: There is no value `lesson.numbr`."),
    ("{{ reader.name | upcase }}", "3:10: There is no filter `upcase`. (There are: "),
    ("{{ house }}", "3:10: There is no value `house`. (did you mean `house.name`?"),
    ("{{ 5 | foo }}", "3:10: There is no filter `foo`. (There are: "),
    ("{{ sender.address }}", "3:10: There is no value `sender.address`. (did you mean `sender.postal_address`?"),
    ("{{ FirstName }}", "3:10: There is no value `FirstName`. (There are: "),
    ("{{ reader.name.upper() }}", "3:10: There is no value `reader.name.upper`. (did you mean `reader.name`?"),
    ("<a\n title='x'\n href='https://a.b/{{ reader.id }}'>x</a>", "5:20: There is no value `reader.id`."),
    ("{{ reader }}", "3:10: There is no value `reader`. (did you mean `reader.name`?"),
    ("{{ reader.email }}", "3:10: There is no value `reader.email`. (There are: "),
    ("{{ fields.City }}", "3:10: `fields.City` is no field."),
]


def remarks(inside: str) -> list[str]:
    """The remarks about what stands on the third line, in a column."""
    body = f"<mj-section>\n  <mj-column>\n{inside}\n  </mj-column>\n</mj-section>"
    return [str(problem) for problem in lint(Source("mjml", "Hello", PREVIEW, body))]


@pytest.mark.parametrize(("inside", "remark"), [*UNCLOSED, *VARIABLES])
def test_the_remark_stands_at_its_place_and_says_what_is_wrong(inside, remark):
    said = remarks(f"<mj-text>{inside}</mj-text>")
    assert any(each.startswith(remark) for each in said), said
