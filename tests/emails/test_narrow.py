"""A long name does not make a line too long."""

import pytest

from emails.narrow import narrow

NAME = "Maria Magdalena Josefa " * 5


@pytest.mark.parametrize("text", ["", "short\n", "a\n\nb\n", "x" * 78, "https://example.org/" + "x" * 90])
def test_what_is_narrow_or_one_word_stays(text):
    assert narrow(text) == text


@pytest.mark.parametrize("margin", ["", "> ", "  ", "> > "])
def test_long_lines_are_broken_between_words_and_keep_their_margin(margin):
    text = narrow(f"before\n{margin}Dear {NAME}friend,\nafter")
    lines = text.split("\n")
    assert lines[0] == "before"
    assert lines[-1] == "after"
    assert all(len(line) <= 78 and line.startswith(margin) for line in lines[1:-1])
    assert " ".join(line.removeprefix(margin) for line in lines[1:-1]) == f"Dear {NAME}friend,"


def test_a_list_item_goes_on_below_its_own_text():
    lines = narrow(f"- Dear {NAME}friend,\n12. Dear {NAME}friend,").split("\n")
    assert lines[1].startswith("  ")
    assert lines[-1].startswith("    ")


def test_an_address_in_a_long_line_stays_whole():
    address = "https://example.org/" + "x" * 90
    assert address in narrow(f"see the following page, please: {address} and go on").split()
