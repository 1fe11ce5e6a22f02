"""Publishing: what an author wrote becomes compilations, or a list of problems with their lines."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from course.editions import find_published
from course.errors import SourceError
from course.folder import Media
from course.models import Compilation, Course, EditionLesson, House
from emails.compile import Compiler
from emails.publish import compile_edition, compile_folder, preview
from tests.emails import posting
from tests.emails.posting import COURSE, CRUST, FLOUR, JAR, SETTINGS


def compilation(session: Session, course: Course, key: str) -> Compilation:
    edition = find_published(session, course)
    assert edition is not None
    place = next(place for place in edition.lessons if place.lesson.key == key)
    return session.get_one(Compilation, place.compilation_id)


def problems_of(session: Session, compiler: Compiler, **texts: str) -> list[str]:
    with pytest.raises(SourceError) as refused:
        posting.publish(session, compiler, posting.source(**texts))
    return [str(problem) for problem in refused.value.problems]


def test_pictures_get_their_public_address_in_markdown_and_in_mjml(session: Session, compiler: Compiler):
    course = posting.publish(session, compiler)
    edition = find_published(session, course)
    assert edition is not None
    address = f"https://courses.example.org/media/{edition.media[0].digest}"
    assert f'src="{address}"' in compilation(session, course, "flour").html
    assert f'src="{address}"' in compilation(session, course, "crust").html


def test_a_folder_is_compiled_to_the_same_before_there_is_an_edition_of_it(session: Session, compiler: Compiler):
    edition = find_published(session, posting.publish(session, compiler))
    assert edition is not None
    folder = compile_folder(compiler, posting.source(), SETTINGS)
    assert folder.of(edition) == compile_edition(compiler, edition, SETTINGS)


def test_a_whole_mjml_lesson_gets_the_ways_out_that_its_author_left_out(session: Session, compiler: Compiler):
    made = compilation(session, posting.publish(session, compiler), "crust")
    for part in (made.html, made.text):
        assert "Steam at first, then none, {{ reader.name }}." in part
        assert "links.unsubscribe" in part


@pytest.mark.parametrize(
    ("texts", "place"),
    [
        ({"flour": FLOUR.replace("jar.png", "jug.png")}, "01-flour.md:10"),
        ({"crust": CRUST.replace("jar.png", "jug.png")}, "02-crust.mjml:9:"),
    ],
)
def test_a_missing_picture_is_a_problem_with_its_line(
    session: Session, compiler: Compiler, texts: dict[str, str], place: str
):
    (problem,) = problems_of(session, compiler, **texts)
    assert problem.startswith(place)
    assert "images/jug.png" in problem


def test_a_sentence_may_speak_of_pictures_that_are_not_there(session: Session, compiler: Compiler):
    text = FLOUR.replace("![A jar on a shelf](images/jar.png)", "We keep the images/text balance of `images/old.png`.")
    course = posting.publish(session, compiler, posting.source(text))
    assert "images/text balance" in compilation(session, course, "flour").html


def test_the_problems_of_all_lessons_come_at_once_and_nothing_is_published(session: Session, compiler: Compiler):
    found = problems_of(
        session,
        compiler,
        flour=FLOUR.replace("lesson.number", "lesson.nummer"),
        crust=CRUST.replace("mj-text", "mj-txet"),
    )
    assert any(each.startswith("01-flour.md:8") and "lesson.nummer" in each for each in found)
    assert any(each.startswith("02-crust.mjml:8") and "mj-txet" in each for each in found)
    course = session.scalars(select(Course)).one()
    assert find_published(session, course) is None
    assert session.scalar(select(func.count()).select_from(Compilation)) == 0


def test_a_draft_lesson_is_neither_compiled_nor_judged(session: Session, compiler: Compiler):
    broken = CRUST.replace("mj-text", "mj-txet").replace("wait:", "status: draft\nwait:")
    course = posting.publish(session, compiler, posting.source(crust=broken))
    places = session.scalars(select(EditionLesson).order_by(EditionLesson.position)).all()
    assert [place.compilation_id is None for place in places] == [False, True]
    assert find_published(session, course) is not None


def test_the_same_input_is_compiled_into_the_same_row(session: Session, compiler: Compiler):
    course = posting.publish(session, compiler)
    before = {key: compilation(session, course, key).id for key in ("flour", "crust")}
    posting.publish_again(session, compiler, course, posting.source(FLOUR.replace("Dear", "Dearest")))
    assert compilation(session, course, "crust").id == before["crust"]
    assert compilation(session, course, "flour").id != before["flour"]
    posting.publish_again(session, compiler, course, posting.source())
    assert compilation(session, course, "flour").id == before["flour"]


def test_a_new_picture_elsewhere_leaves_compilations_as_they_are(session: Session, compiler: Compiler):
    course = posting.publish(session, compiler)
    before = compilation(session, course, "flour").id
    more = posting.source()
    more = type(more)(**{**vars(more), "media": (JAR, Media("images/oven.png", JAR.data + b"1", "image/png"))})
    posting.publish_again(session, compiler, course, more)
    assert compilation(session, course, "flour").id == before


def test_the_house_s_own_letter_is_compiled_once(session: Session, compiler: Compiler):
    posting.publish(session, compiler)
    before = session.get_one(House, 1).sign_in_id
    posting.compile_house_letters(session, compiler, posting.NOW)
    assert before is not None
    assert session.get_one(House, 1).sign_in_id == before


def test_a_theme_that_does_not_exist_names_the_courses_file(session: Session, compiler: Compiler):
    found = problems_of(session, compiler, course=COURSE + "theme: velvet\n")
    assert found
    assert all("velvet" in each for each in found)


def test_a_preview_shows_sample_values_and_the_courses_own_names(session: Session, compiler: Compiler):
    course = posting.publish(session, compiler)
    edition = find_published(session, course)
    assert edition is not None
    shown = preview(compiler, FLOUR, "01-flour.md", edition, SETTINGS)
    assert shown.subject == "Ana, flour and water"
    for part in (shown.html, shown.text):
        assert "Dear Ana, this is lesson 1 of 2." in " ".join(part.split())
        assert "Quiet Lane 4" in part
        assert "Slow bread" in part
    assert "{{" not in shown.html + shown.text


def test_a_preview_of_a_broken_text_says_where(session: Session, compiler: Compiler):
    course = posting.publish(session, compiler)
    edition = find_published(session, course)
    assert edition is not None
    with pytest.raises(SourceError, match=r"01-flour\.md:8.*reader\.nmae"):
        preview(compiler, FLOUR.replace("Dear {{ reader.name", "Dear {{ reader.nmae"), "01-flour.md", edition, SETTINGS)
