"""A course as a folder: read whole, written back byte for byte, and never over somebody else's files."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from course.errors import SourceError
from course.folder import inspect_folder, read_folder, set_keys, write_folder
from course.folder.pictures import picture_type
from course.folder.spelling import Wrong
from tests.course.courses import FIRST, PNG, SECOND, small_course, tree


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return small_course(tmp_path / "small")


def complaints(folder: Path) -> list[str]:
    with pytest.raises(SourceError) as caught:
        read_folder(folder)
    return [str(problem) for problem in caught.value.problems]


def warnings(folder: Path) -> list[str]:
    source, problems = inspect_folder(folder)
    assert source is not None
    assert {problem.severity for problem in problems} <= {"warning"}
    return [str(problem) for problem in problems]


def test_a_folder_is_read_whole_and_without_warnings(folder):
    course = read_folder(folder)
    assert course.slug == "small"
    assert [lesson.key for lesson in course.lessons] == ["first", "second"]
    assert [(picture.path, picture.media_type) for picture in course.media] == [("images/dot.png", "image/png")]
    assert warnings(folder) == []


def test_what_is_written_is_what_was_read_byte_for_byte(folder, tmp_path):
    (folder / "course.yaml").write_bytes(b"\xef\xbb\xbf" + (folder / "course.yaml").read_bytes() + b"# \xc3\xa9")
    (folder / "01-first.md").write_bytes(FIRST.replace("\n", "\r\n").encode() + b"no line end")
    (folder / "03-third.mjml").write_bytes(FIRST.replace("first", "third").encode() + b"\n\n\n")
    write_folder(read_folder(folder), tmp_path / "copy")
    assert tree(tmp_path / "copy") == tree(folder)


def test_lessons_stand_in_the_order_of_their_names(folder):
    (folder / "02-second.md").rename(folder / "00-second.md")
    assert [lesson.key for lesson in read_folder(folder).lessons] == ["second", "first"]


def test_an_order_that_numbers_do_not_have_is_pointed_out(folder):
    (folder / "10-tenth.md").write_text(FIRST.replace("first", "tenth"))
    (folder / "2-two.md").write_text(FIRST.replace("first", "two"))
    assert warnings(folder) == ["2-two.md: This comes after 10-tenth.md: files are sorted by name. (write 02, not 2)"]


def test_readmes_and_hidden_files_are_passed_over_and_strangers_pointed_out(folder):
    for name in ("README.md", "LICENSE", ".DS_Store", "01-first.md~"):
        (folder / name).write_text("hello")
    (folder / ".git").mkdir()
    assert warnings(folder) == []
    (folder / "03-notes.txt").write_text("hello")
    (folder / "drafts").mkdir()
    assert warnings(folder) == [
        "03-notes.txt: This is passed over. (lessons end in .md or .mjml)",
        "drafts: This is passed over. (lessons end in .md or .mjml)",
    ]


def test_problems_of_all_files_come_together(folder):
    (folder / "course.yaml").write_text("slug: small\ntitle: A\nends: maybe\n")
    (folder / "01-first.md").write_text(FIRST.replace("immediately", "soon"))
    (folder / "images" / "notes.png").write_text("hello")
    assert [each.split(": ")[0] for each in complaints(folder)] == [
        "course.yaml:3:7", "01-first.md:4:7", "images/notes.png",
    ]  # fmt: skip


def test_two_lessons_cannot_have_one_id(folder):
    (folder / "03-third.md").write_text(FIRST)
    assert complaints(folder) == [
        "03-third.md:2:5: `first` is the id of 01-first.md too. (every lesson has an id of its own)"
    ]


def test_an_hour_of_a_lesson_cannot_lie_in_the_quiet_hours_of_the_course(folder):
    (folder / "01-first.md").write_text(set_keys(FIRST, {"hour": "23:30"}))
    assert complaints(folder) == [
        "01-first.md:5:7: The hour 23:30 lies in the course's quiet hours. (choose another hour)"
    ]


@pytest.mark.parametrize("text", ["![a](images/no.png)", '<mj-image src="images/no.png" />', "::: image images/no.png"])
def test_a_picture_that_is_not_there_is_named_where_it_is_shown(folder, text):
    (folder / "01-first.md").write_text(FIRST + f"\n{text}\n")
    column = text.index("images/") + 1
    assert complaints(folder) == [f"01-first.md:8:{column}: There is no images/no.png in the folder."]


def test_a_picture_on_the_web_is_not_looked_for(folder):
    (folder / "01-first.md").write_text(FIRST + "![a](https://example.org/images/no.png)\n")
    assert warnings(folder) == []


def test_a_logo_must_be_there(folder):
    text = (folder / "course.yaml").read_text()
    (folder / "course.yaml").write_text(text + "theme_settings: {logo: images/logo.png}\n")
    assert complaints(folder) == ["course.yaml:7:17: The logo images/logo.png is not in the folder."]
    (folder / "images" / "logo.png").write_bytes(PNG)
    assert warnings(folder) == []


def test_a_picture_that_nothing_shows_is_pointed_out(folder):
    (folder / "images" / "spare.png").write_bytes(PNG)
    assert warnings(folder) == ["images/spare.png: Nothing shows this picture."]


def test_a_course_without_published_lessons_is_pointed_out(folder):
    for name, text in (("01-first.md", FIRST), ("02-second.md", SECOND)):
        (folder / name).write_text(set_keys(text, {"status": "draft"}))
    assert warnings(folder) == ["course.yaml: No lesson is published: readers get nothing."]


@pytest.mark.parametrize(
    ("name", "data", "media_type"),
    [
        ("a.jpg", b"\xff\xd8\xff\xe0", "image/jpeg"),
        ("a.JPEG", b"\xff\xd8\xff\xe0", "image/jpeg"),
        ("a.gif", b"GIF89a", "image/gif"),
        ("a.webp", b"RIFF\0\0\0\0WEBP", "image/webp"),
    ],
)
def test_pictures_are_told_by_their_first_bytes(folder, name, data, media_type):
    (folder / "images" / name).write_bytes(data)
    found = {picture.path: picture.media_type for picture in read_folder(folder).media}
    assert found[f"images/{name}"] == media_type


@pytest.mark.parametrize(
    ("name", "data", "complaint"),
    [
        ("a.svg", b"<svg/>", "This is no picture that mail programs show. (use PNG, JPEG, GIF or WebP)"),
        ("a.png", b"<svg/>", "This is no picture that mail programs show. (use PNG, JPEG, GIF or WebP)"),
        ("a.gif", PNG, "This file is image/png, but its name ends otherwise. (rename it)"),
        ("a.png", PNG + bytes(2 * 1024 * 1024), "This has 2048 KiB; 2048 KiB are the most."),
    ],
)
def test_what_is_no_fitting_picture_is_refused(folder, name, data, complaint):
    (folder / "images" / name).write_bytes(data)
    assert complaints(folder) == [f"images/{name}: {complaint}"]


def test_links_are_followed_inside_the_folder_and_not_out_of_it(folder, tmp_path):
    (tmp_path / "secret.png").write_bytes(PNG)
    (folder / "images" / "same.png").symlink_to("dot.png")
    assert len(read_folder(folder).media) == 2
    (folder / "images" / "out.png").symlink_to(tmp_path / "secret.png")
    (folder / "03-out.md").symlink_to("/etc/passwd")
    (folder / "04-circle.md").symlink_to("04-circle.md")
    assert complaints(folder) == [
        "03-out.md: This link leads out of the folder.",
        "04-circle.md: This link leads out of the folder.",
        "images/out.png: This link leads out of the folder.",
    ]


def test_an_images_folder_elsewhere_is_not_read(folder, tmp_path):
    (folder / "images").rename(tmp_path / "elsewhere")
    (folder / "images").symlink_to(tmp_path / "elsewhere")
    assert complaints(folder) == [
        "images: This link leads out of the folder.",
        "02-second.md:6:14: There is no images/dot.png in the folder.",
    ]


def test_a_pipe_is_not_waited_for(folder):
    os.mkfifo(folder / "03-pipe.md")
    assert complaints(folder) == ["03-pipe.md: This is no ordinary file."]


def test_too_large_a_lesson_is_not_even_read(folder):
    (folder / "01-first.md").write_bytes(b"x" * 300 * 1024)
    assert complaints(folder) == ["01-first.md: This has 300 KiB; 256 KiB are the most."]


def test_a_text_in_another_encoding_is_named_with_its_place(folder):
    (folder / "01-first.md").write_bytes("---\nid: a\nsubject: Ümläut".encode() + " café".encode("latin-1"))
    assert complaints(folder) == ["01-first.md:3:20: This is no UTF-8 text. (save it as UTF-8)"]


def test_a_folder_without_a_course_says_so(tmp_path):
    assert complaints(tmp_path) == [f"course.yaml: There is no course.yaml in {tmp_path}."]
    (tmp_path / "course.yml").write_text("slug: a\n")
    assert complaints(tmp_path)[0].endswith("(rename course.yml)")
    assert "which is no folder" in complaints(tmp_path / "course.yml")[0]
    assert inspect_folder(tmp_path)[0] is None


def test_a_folder_of_a_thousand_files_is_no_course(folder):
    for number in range(1001):
        (folder / f".{number}").touch()
    assert complaints(folder)[0].startswith("small: There are more than 1000 files")


def test_a_folder_that_is_not_empty_is_not_written_over(folder, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "diary.txt").write_text("mine")
    with pytest.raises(SourceError, match="is not empty"):
        write_folder(read_folder(folder), tmp_path / "full")
    with pytest.raises(SourceError, match="holds no course, not small"):
        write_folder(read_folder(folder), tmp_path / "full", replace=True)
    assert tree(tmp_path / "full") == {"diary.txt": b"mine"}


def test_another_course_is_not_written_over(folder, tmp_path):
    other = small_course(tmp_path / "other")
    (other / "course.yaml").write_text("slug: other\ntitle: Other\n")
    with pytest.raises(SourceError, match="holds other, not small"):
        write_folder(read_folder(folder), other, replace=True)


def test_a_file_is_no_folder(folder, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(SourceError, match="is no folder"):
        write_folder(read_folder(folder), tmp_path / "file")


def test_the_same_course_is_replaced_a_renamed_lesson_renamed_and_nothing_unknown_deleted(folder):
    course = read_folder(folder)
    (folder / "README.md").write_text("mine")
    (folder / "03-mine.md").write_text(FIRST.replace("first", "mine"))
    first, second = course.lessons
    changed = replace(
        course, lessons=(replace(second, file_name="01-second.md"), replace(first, file_name="02-first.md"))
    )
    assert write_folder(changed, folder, replace=True) == ("03-mine.md",)
    assert sorted(tree(folder)) == [
        "01-second.md", "02-first.md", "03-mine.md", "README.md", "course.yaml", "images/dot.png",
    ]  # fmt: skip


def test_a_link_in_the_place_of_a_file_is_replaced_and_not_followed(folder, tmp_path):
    course = read_folder(folder)
    (tmp_path / "victim").write_text("mine")
    (folder / "01-first.md").unlink()
    (folder / "01-first.md").symlink_to(tmp_path / "victim")
    write_folder(course, folder, replace=True)
    assert (tmp_path / "victim").read_text() == "mine"
    assert (folder / "01-first.md").read_text() == FIRST


def test_pictures_are_not_written_through_a_link(folder, tmp_path):
    course = read_folder(folder)
    (folder / "images").rename(tmp_path / "elsewhere")
    (folder / "images").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(SourceError, match="we write no pictures through it"):
        write_folder(course, folder, replace=True)


@pytest.mark.parametrize(
    "name", ["../evil.md", "/etc/evil.md", "a/b.md", ".hidden.md", "", "images", "a\0.md", "..\\a.md"]
)
def test_a_name_that_leads_elsewhere_is_never_written(folder, tmp_path, name):
    course = read_folder(folder)
    bad = replace(course, lessons=(replace(course.lessons[0], file_name=name),))
    with pytest.raises(SourceError, match="is no name for a file"):
        write_folder(bad, tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


def test_a_picture_may_lie_in_a_folder_of_images(folder, tmp_path):
    (folder / "images" / "more").mkdir()
    (folder / "images" / "more" / "dot.png").write_bytes(PNG)
    write_folder(read_folder(folder), tmp_path / "copy")
    assert tree(tmp_path / "copy") == tree(folder)


def test_a_picture_from_anywhere_has_at_most_two_mebibytes():
    assert picture_type("a.png", PNG) == "image/png"
    with pytest.raises(Wrong, match=r"This picture has 2\.0 MiB; 2 MiB are the most"):
        picture_type("a.png", PNG + bytes(2 * 1024 * 1024))


def test_a_disk_that_fails_leaves_no_half_written_file(folder, tmp_path):
    course = read_folder(folder)
    (tmp_path / "copy" / "01-first.md" / "in the way").mkdir(parents=True)
    (tmp_path / "copy" / "course.yaml").write_text(course.source)
    with pytest.raises(OSError, match=r"01-first\.md"):
        write_folder(course, tmp_path / "copy", replace=True)
    assert tree(tmp_path / "copy") == {"course.yaml": course.source.encode()}
