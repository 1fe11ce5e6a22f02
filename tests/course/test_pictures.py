"""Pictures of a draft: their kind is told by their bytes, their names are plain, and published ones stay."""

import pytest

from course.editions import Author, create_course, find_draft
from course.errors import Refused
from course.folder.pictures import MAX_PICTURE_BYTES
from course.models import EditionMedia, Media
from course.pictures import MOST, add_picture, remove_picture
from tests.factories import MONDAY, course_source

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 16
JPEG = b"\xff\xd8\xff" + b"\0" * 16


@pytest.fixture
def draft(database):
    with database.writing() as session:
        course = create_course(session, course_source("welcome"), Author("Ana", MONDAY))
        made = find_draft(session, course)
        assert made is not None
        yield session, made


@pytest.mark.parametrize(
    ("name", "data", "path"),
    [
        ("Sea at Dawn.PNG", PNG, "images/sea-at-dawn.png"),
        ("sea.png", JPEG, "images/sea.jpg"),
        ("../../etc/passwd", PNG, "images/passwd.png"),
        ("C:\\photos\\Été.gif", b"GIF89a" + b"\0" * 16, "images/t.gif"),
        ("<script>", PNG, "images/script.png"),
        ("", PNG, "images/picture.png"),
    ],
)
def test_a_name_is_made_plain_and_ends_as_its_bytes_say(draft, name, data, path):
    session, edition = draft
    assert add_picture(session, edition, name, data) == path
    assert [each.path for each in edition.media] == [path]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no picture that mail programs show"),
        (b"%PDF-1.7", "use PNG, JPEG, GIF or WebP"),
        (b"", "no picture"),
        (PNG + b"\0" * MAX_PICTURE_BYTES, "2 MiB are the most"),
    ],
)
def test_what_is_no_picture_is_refused_whatever_it_is_called(draft, data, reason):
    session, edition = draft
    with pytest.raises(Refused, match=reason):
        add_picture(session, edition, "sea.png", data)
    assert edition.media == []


def test_one_of_the_same_name_is_replaced_and_bytes_are_kept_once(draft):
    session, edition = draft
    add_picture(session, edition, "sea.png", PNG)
    before = edition.saves
    add_picture(session, edition, "sea.png", PNG + b"2")
    add_picture(session, edition, "other.png", PNG)
    assert {each.path for each in edition.media} == {"images/sea.png", "images/other.png"}
    assert session.query(Media).count() == 2
    assert edition.saves == before + 2


def test_a_picture_is_taken_away_once(draft):
    session, edition = draft
    add_picture(session, edition, "sea.png", PNG)
    assert remove_picture(session, edition, "images/sea.png")
    assert not remove_picture(session, edition, "images/sea.png")
    assert edition.media == []


def test_there_is_an_end(draft):
    session, edition = draft
    add_picture(session, edition, "7.png", PNG)
    digest = edition.media[0].digest
    edition.media += [EditionMedia(path=f"images/x{number}.png", digest=digest) for number in range(MOST - 1)]
    with pytest.raises(Refused, match="200 pictures"):
        add_picture(session, edition, "one-more.png", PNG)
    add_picture(session, edition, "7.png", PNG)
