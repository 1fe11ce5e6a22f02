"""The author's desk: every change goes to the draft, and a second save on top of another one is refused."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy.orm import object_session

from course.authoring import (
    add_lesson,
    move_lesson,
    ordered_names,
    remove_lesson,
    save_course_source,
    save_lesson_source,
)
from course.database import Database
from course.editions import Author, find_course, find_place, find_published, open_draft
from course.errors import NotFound, Refused, SourceError, Stale
from course.folder.parsing import COURSE_FILE
from course.folder.splicing import set_body, set_keys
from course.models import Edition, EditionLesson
from tests.factories import MONDAY, publish_course, publish_draft

ROBIN = Author("Robin", MONDAY)


@pytest.fixture
def draft(session) -> Edition:
    return open_draft(session, publish_course(session, "a: 0 days", "b: 2 days", "c: 1 week"), MONDAY)


def edit(place: EditionLesson, saves: int, body: str | None = None, **keys: str | None) -> None:
    """As the desk's form does: some keys or the body of the file, and the whole of it is saved."""
    text = set_keys(place.revision.source, keys, place.file_name)
    text = text if body is None else set_body(text, body, place.file_name)
    save_lesson_source(object_session(place), place, text, saves, ROBIN)


def names(edition) -> list[str]:
    return [place.file_name for place in edition.lessons]


def test_an_edit_changes_its_keys_and_leaves_every_other_byte(session, draft):
    place = find_place(draft, "b")
    before, number = place.revision.source, place.revision.number
    edit(place, draft.saves, wait="3 days", hour="18:00")
    after = place.revision.source
    assert (
        after.replace("wait: 3 days", 'wait: "2 days"')
        .replace("hour: 18:00\n", "")
        .replace('hour: "18:00"\n', "")
        .replace('wait: "3 days"', 'wait: "2 days"')
        == before
    )
    assert (place.revision.number, place.revision.created_by) == (number + 1, "Robin")
    edit(place, draft.saves, hour=None, body="Anew.\n")
    assert "hour" not in place.revision.source
    assert place.revision.source.endswith("Anew.\n")


def test_an_edit_that_changes_nothing_makes_no_revision(session, draft):
    place = find_place(draft, "b")
    revision_id = place.revision_id
    save_lesson_source(session, place, place.revision.source, draft.saves, ROBIN)
    assert place.revision_id == revision_id


def test_readers_see_nothing_of_a_draft(session, draft):
    edit(find_place(draft, "b"), draft.saves, subject="Anew")
    published = find_published(session, draft.course)
    assert "Anew" not in find_place(published, "b").revision.source


def test_a_second_save_is_refused_and_shows_the_text_that_stands(session, draft):
    place, seen = find_place(draft, "b"), draft.saves
    edit(place, seen, body="Theirs.\n")
    with pytest.raises(Stale) as stale:
        edit(place, seen, body="Mine.\n")
    assert "Theirs." in stale.value.theirs
    assert "Theirs." in place.revision.source
    with pytest.raises(Stale) as stale:
        save_course_source(session, draft, set_keys(draft.source, {"title": "Mine"}, COURSE_FILE), seen)
    assert stale.value.theirs == draft.source
    for verb in (lambda: remove_lesson(session, draft, "b", seen), lambda: move_lesson(session, draft, "b", 1, seen)):
        with pytest.raises(Stale):
            verb()


def test_a_draft_that_was_published_meanwhile_takes_no_more_changes(session, draft):
    place, seen = find_place(draft, "b"), draft.saves
    publish_draft(session, draft, MONDAY)
    with pytest.raises(Stale, match="has been published") as stale:
        edit(place, seen, body="Mine.\n")
    assert stale.value.theirs == place.revision.source
    with pytest.raises(Stale):
        add_lesson(session, draft, "new", "New", ROBIN)


def test_what_cannot_be_read_is_refused_with_its_line(session, draft):
    place = find_place(draft, "b")
    with pytest.raises(SourceError) as error:
        edit(place, draft.saves, wait="soon")
    assert (error.value.problems[0].file, error.value.problems[0].line) == ("02-b.md", 5)
    with pytest.raises(SourceError):
        save_course_source(session, draft, "slug: small\n", draft.saves)


def test_a_lesson_keeps_its_id_and_a_course_its_slug(session, draft):
    place = find_place(draft, "b")
    with pytest.raises(Refused, match="keeps its id"):
        save_lesson_source(session, place, place.revision.source.replace('"b"', '"z"'), draft.saves, ROBIN)
    with pytest.raises(Refused, match="keeps its slug"):
        save_course_source(session, draft, set_keys(draft.source, {"slug": "other"}, COURSE_FILE), draft.saves)


def test_a_course_is_edited_key_by_key(session, draft):
    save_course_source(
        session,
        draft,
        set_keys(draft.source, {"title": "Another title", "schedule.hour": "10:30"}, COURSE_FILE),
        draft.saves,
    )
    assert "title: Another title" in draft.source
    assert "10:30" in draft.source
    assert 'timezone: "America/New_York"' in draft.source


def test_lessons_move_up_and_down_and_their_files_with_them(session, draft):
    move_lesson(session, draft, "c", -1, draft.saves)
    assert names(draft) == ["01-a.md", "02-c.md", "03-b.md"]
    move_lesson(session, draft, "a", +1, draft.saves)
    assert names(draft) == ["01-c.md", "02-a.md", "03-b.md"]
    move_lesson(session, draft, "c", -1, draft.saves)
    move_lesson(session, draft, "b", +1, draft.saves)
    assert names(draft) == ["01-c.md", "02-a.md", "03-b.md"]
    assert [place.position for place in draft.lessons] == [1, 2, 3]


def test_a_lesson_is_added_as_a_draft_at_the_end_and_taken_out_again(session, draft):
    place = add_lesson(session, draft, "new", "A new one", ROBIN)
    assert "status: draft" in place.revision.source
    assert names(draft)[-1] == "04-new.md"
    with pytest.raises(Refused, match="already"):
        add_lesson(session, draft, "new", "Again", ROBIN)
    with pytest.raises(SourceError):
        add_lesson(session, draft, "not an id", "x", ROBIN)
    remove_lesson(session, draft, "new", draft.saves)
    assert names(draft) == ["01-a.md", "02-b.md", "03-c.md"]
    with pytest.raises(NotFound):
        remove_lesson(session, draft, "new", draft.saves)


@pytest.mark.parametrize(
    ("given", "dealt"),
    [
        (["02-b.md", "01-a.md"], ["01-b.md", "02-a.md"]),
        (["010-b.md", "005-a.md"], ["005-b.md", "010-a.md"]),
        (["b.md", "01-a.md"], ["01-b.md", "02-a.md"]),
        (["01-b.md", "01-a.md"], ["01-b.md", "02-a.md"]),
        (["9-b.md", "10-a.md"], ["01-b.md", "02-a.md"]),
    ],
)
def test_file_names_sort_as_the_lessons_stand(given, dealt):
    assert ordered_names(given) == dealt == sorted(dealt)


def test_two_admins_saving_at_once_cannot_both_pass(database: Database):
    with database.writing() as session:
        seen = open_draft(session, publish_course(session, "a", "b"), MONDAY).saves
    together = Barrier(2)

    def save(text: str) -> str:
        together.wait()
        try:
            with database.writing() as session:
                place = find_place(open_draft(session, find_course(session, "small"), MONDAY), "b")
                edit(place, seen, body=f"{text}\n")
        except Stale as stale:
            return stale.theirs.splitlines()[-1]
        return "saved"

    with ThreadPoolExecutor(2) as pool:
        answers = dict(zip(("Mine.", "Yours."), pool.map(save, ("Mine.", "Yours.")), strict=True))
    winner = next(text for text, answer in answers.items() if answer == "saved")
    (loser,) = set(answers) - {winner}
    assert answers[loser] == winner
