"""A house's own fields in a lesson: what leaves a gap is remarked upon, and what is no field is an error."""

import pytest

from tests.emails.test_lint import problems, said


@pytest.mark.parametrize(
    "text",
    [
        'From {{ fields.city | fallback("afar") }}.',
        'From {{ fields.city | trim | fallback("afar") | upper }}.',
        "{% if fields.city %}From {{ fields.city }}.{% endif %}",
        '{{ fields.city if fields.city else "x" }}',
        '{{ fields["city"] | fallback("afar") }}',
    ],
)
def test_a_field_that_leaves_no_gap_is_not_remarked_upon(text):
    assert said(text, form="md") == ""


def test_a_field_that_may_leave_a_gap_is_a_warning_and_not_an_error():
    (problem,) = problems("From\n{{ fields.city }}.", form="md")
    assert (problem.severity, problem.line) == ("warning", 11)
    assert "Some readers may have no `fields.city`" in str(problem)
    assert 'fallback("…")' in str(problem)
    assert len(problems("{{ fields.city }}, {% if fields.town %}x{% endif %}", form="md")) == 1


@pytest.mark.parametrize("tag", ["fields", "fields.City", 'fields["a b"]', "fields.__class__"])
def test_what_is_no_field_is_an_error(tag):
    (problem,) = problems(f"x {{{{ {tag} }}}}", form="md")
    assert problem.severity == "error"
    assert "is no field" in problem.message
