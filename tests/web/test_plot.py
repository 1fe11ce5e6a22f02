"""Plots: laid out once, painted as SVG and PNG; nothing stands outside the picture or carries a style on a page."""

from datetime import date, timedelta
from io import BytesIO
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from PIL import Image

from web.plot.calendar import Calendar, days_from, drawn
from web.plot.png import png
from web.plot.shapes import Box, Picture, Words
from web.plot.svg import document, inline
from web.spans import span

MONDAY = date(2027, 3, 1)
SVG = "{http://www.w3.org/2000/svg}"


def calendar(days: int, heading: str = "") -> Calendar:
    """More mail from day to day, all of it at nine and at six."""
    each = days_from(MONDAY, days)
    hours = {(day, hour): 1000 * number + hour for number, day in enumerate(each) for hour in (9, 18)}
    return Calendar(each, hours, heading, "Mails & <days>.")


@pytest.mark.parametrize("width", [340, 760, 960])
@pytest.mark.parametrize("days", [1, 14, 60, 366])
def test_everything_stands_inside_the_picture(days: int, width: int):
    picture = drawn(calendar(days, "A heading"), width)
    for shape in picture.shapes:
        assert 0 <= shape.x <= picture.width
        assert 0 <= shape.y <= picture.height
        if isinstance(shape, Box):
            assert shape.x + shape.width <= picture.width
            assert shape.y + shape.height <= picture.height


def test_the_busiest_day_and_hour_stand_out_once_and_are_labelled():
    shapes = drawn(calendar(14), 760).shapes
    assert [isinstance(each, Box) for each in shapes if each.role == "accent"] == [True, False, True, False]
    texts = [each.text for each in shapes if isinstance(each, Words) and each.role == "accent"]
    assert texts == ["26,027", "13,018 on Sun 14 Mar between 18:00 and 19:00"]


def test_bars_are_as_high_as_their_numbers():
    bars = [each for each in drawn(calendar(5), 760).shapes if isinstance(each, Box) and each.role in ("bar", "accent")]
    heights = [each.height for each in bars[:5]]
    assert heights[4] / heights[2] == pytest.approx(8027 / 4027)
    assert len({round(each.y + each.height, 3) for each in bars[:5]}) == 1


def test_no_mail_is_a_picture_too():
    picture = drawn(Calendar(days_from(MONDAY, 14), {}), 340)
    assert not any(each.role == "accent" for each in picture.shapes)
    assert png(picture)


def test_dates_do_not_run_into_each_other():
    for days in (5, 14, 60, 200):
        dates = [each for each in drawn(calendar(days), 340).shapes if isinstance(each, Words) and "Mar" in each.text]
        places = sorted(each.x for each in dates if each.size == 11)
        assert all(after - before >= 40 for before, after in pairwise(places))


def test_a_file_brings_its_colours_and_a_page_keeps_its_own():
    picture = drawn(calendar(3, 'Tea & "cake" <for> two'), 760)
    page, file = inline(picture), document(picture)
    assert "style" not in page
    assert "prefers-color-scheme: dark" in file
    for text in (page, file):
        root = ElementTree.fromstring(text)
        assert root.get("aria-label") == "Mails & <days>."
        assert 'Tea & "cake" <for> two' in [each.text for each in root.iter(f"{SVG}text")]


def test_a_png_is_twice_as_fine_and_shows_the_accent():
    picture = Picture(40, 30, (Box(10, 10, 20, 10, "accent"), Box(0, 0, 5, 5, "ink", 0.5), Words(2, 28, "x")), "")
    with Image.open(BytesIO(png(picture))) as image:
        assert image.size == (80, 60)
        assert image.getpixel((30, 30)) == (0xB8, 0x45, 0x2B)
        assert image.getpixel((70, 5)) == (0xFB, 0xF8, 0xF2)
        assert image.getpixel((4, 4)) == (142, 142, 144)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0.0 s"),
        (59.94, "59.9 s"),
        (59.97, "1 min 0 s"),
        (2000, "33 min 20 s"),
        (7380, "2 h 3 min"),
        (400_000, "4.6 days"),
    ],
)
def test_lengths_of_time_have_two_units_at_most(seconds: float, words: str):
    assert span(timedelta(seconds=seconds)) == words
