"""Courses at the desk: new ones, the order of lessons, settings, resting."""

import pytest

from course.database import Database
from course.editions import find_course, find_draft, find_published
from course.folder import parse_course
from tests.web.desk import COURSE, FLOUR, AtTheDesk, order
from web.admin.names import name_of

PUBLISH = f"{COURSE}/publication"


def yaml_of(database: Database, slug: str = "slow-bread"):
    with database.reading() as session:
        draft = find_draft(session, find_course(session, slug))
        return parse_course(draft.source) if draft else None


def test_the_list_tells_what_is_published(ana: AtTheDesk):
    page = ana.see("/admin/courses")
    assert "Slow Bread: a loaf a week" in page
    assert "edition 1, since" in page


def test_looking_at_every_page_makes_no_draft(ana: AtTheDesk, database: Database):
    for path in (
        COURSE,
        FLOUR,
        f"{FLOUR}/source",
        f"{FLOUR}/removal",
        f"{COURSE}/settings",
        f"{COURSE}/source",
        PUBLISH,
    ):
        ana.see(path)
    assert order(database) == []


def test_a_new_course_starts_with_a_title(ana: AtTheDesk, database: Database):
    answer = ana.send(
        "/admin/new-course", "/admin/courses", title='Café: "slow" mornings', sender="Ana", timezone="Asia/Tokyo"
    )
    assert answer.location == "/admin/courses/cafe-slow-mornings"
    assert "Nobody sees it before you publish it" in ana.follow(answer)
    course = yaml_of(database, "cafe-slow-mornings")
    assert course is not None
    assert (course.title, course.sender.name, course.rules.timezone) == ('Café: "slow" mornings', "Ana", "Asia/Tokyo")


def test_a_second_course_of_the_same_title_gets_an_address_of_its_own(ana: AtTheDesk):
    for slug in ("slow-bread-2", "slow-bread-3"):
        answer = ana.send("/admin/new-course", "/admin/courses", title="Slow bread", sender="")
        assert answer.location == f"/admin/courses/{slug}"


@pytest.mark.parametrize("title", ["", "   ", "x" * 201])
def test_a_course_without_a_proper_title_is_refused(ana: AtTheDesk, title: str):
    answer = ana.send("/admin/new-course", "/admin/courses", title=title)
    assert answer.status_code == 422
    assert 'id="title-error"' in answer.text


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Straße nach Łódź", "strasse-nach-lodz"),
        ("日本", "course"),
        ("Don’t wait!", "dont-wait"),
        ("a" * 60, "course"),
    ],
)
def test_names_for_addresses(text: str, name: str):
    assert name_of(text, "course") == name


def test_a_lesson_moves_without_javascript(ana: AtTheDesk, database: Database):
    assert ana.send(COURSE, f"{COURSE}/lessons/crust/place", step="-1").status_code == 303
    assert order(database) == ["flour", "patience", "crust", "butter"]
    ana.send(COURSE, f"{FLOUR}/place", step="1")
    assert order(database) == ["patience", "flour", "crust", "butter"]
    assert order(database, published=True) == ["flour", "patience", "butter", "crust"]


def test_a_move_on_a_list_that_changed_meanwhile_does_nothing(ana: AtTheDesk, bo: AtTheDesk, database: Database):
    fields = bo.fields(COURSE, f"{FLOUR}/place")
    ana.send(COURSE, f"{COURSE}/lessons/crust/place", step="-1")
    page = bo.follow(bo.browser.post(f"{FLOUR}/place", data=fields | {"step": "1"}))
    assert "Somebody changed the lessons in the meantime" in page
    assert order(database) == ["flour", "patience", "crust", "butter"]


def test_a_lesson_is_removed_after_being_asked(ana: AtTheDesk, database: Database):
    assert "Remove “Patience”?" in ana.see(f"{COURSE}/lessons/patience/removal")
    assert order(database) == []
    ana.send(f"{COURSE}/lessons/patience/removal", f"{COURSE}/lessons/patience/removal")
    assert order(database) == ["flour", "butter", "crust"]


def test_a_removal_from_a_list_that_changed_meanwhile_keeps_the_lesson(
    ana: AtTheDesk, bo: AtTheDesk, database: Database
):
    path = f"{COURSE}/lessons/patience/removal"
    fields = bo.fields(path, path)
    ana.send(COURSE, f"{FLOUR}/place", step="1")
    assert "nothing was changed by you" in bo.follow(bo.browser.post(path, data=fields))
    assert "patience" in order(database)


def test_a_new_lesson_is_a_draft_at_the_end(ana: AtTheDesk, database: Database):
    answer = ana.send(COURSE, f"{COURSE}/lessons", subject="Salt, at last")
    assert answer.location == f"{COURSE}/lessons/salt-at-last"
    assert "Salt, at last" in ana.follow(answer)
    assert order(database)[-1] == "salt-at-last"
    assert ana.send(COURSE, f"{COURSE}/lessons", subject="Salt at last!").location.endswith("/salt-at-last-2")


def test_a_lesson_without_a_subject_is_refused(ana: AtTheDesk, database: Database):
    assert "A lesson needs a subject" in ana.follow(ana.send(COURSE, f"{COURSE}/lessons", subject="  "))
    assert order(database) == []


def test_settings_change_only_what_was_changed(ana: AtTheDesk, database: Database):
    with database.reading() as session:
        published = find_published(session, find_course(session, "slow-bread"))
        assert published is not None
        before = published.source
    ana.follow(ana.send(f"{COURSE}/settings", f"{COURSE}/settings", **{"schedule.hour": "10:30"}))
    after = yaml_of(database)
    assert after is not None
    assert after.source == before.replace('"09:00"', '"10:30"')


def test_days_quiet_hours_and_the_end_are_settings(ana: AtTheDesk, database: Database):
    fields = ana.fields(f"{COURSE}/settings", f"{COURSE}/settings") | {"quiet_from": "", "quiet_to": ""}
    del fields["ends"]
    ana.follow(ana.browser.post(f"{COURSE}/settings", data=fields | {"weekdays": ["mon", "wed"]}))
    course = yaml_of(database)
    assert course is not None
    assert (course.rules.weekdays, course.rules.quiet, course.ends) == (frozenset({0, 2}), None, False)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("schedule.hour", "25:00"),
        ("schedule.hour", "22:00"),
        ("schedule.timezone", "Mars/Base"),
        ("title", ""),
        ("sender.email", "a@b@c"),
    ],
)
def test_a_setting_that_cannot_be_comes_back_with_the_reason_beside_it(
    ana: AtTheDesk, database: Database, field: str, value: str
):
    answer = ana.send(f"{COURSE}/settings", f"{COURSE}/settings", **{field: value, "summary": "kept in the form"})
    assert answer.status_code == 422
    assert f'id="{field.replace(".", "-")}-error"' in answer.text
    assert "kept in the form" in answer.text
    assert order(database) == []


def test_hours_and_quiet_hours_may_change_together(ana: AtTheDesk, database: Database):
    changes = {"schedule.hour": "22:00", "quiet_from": "23:00", "quiet_to": "06:00"}
    ana.follow(ana.send(f"{COURSE}/settings", f"{COURSE}/settings", **changes))
    course = yaml_of(database)
    assert course is not None
    assert f"{course.rules.hour:%H:%M}" == "22:00"


@pytest.mark.parametrize("page", ["settings", "source"])
def test_a_second_save_of_the_settings_is_refused_with_both_texts(
    ana: AtTheDesk, bo: AtTheDesk, database: Database, page: str
):
    path = f"{COURSE}/{page}"
    fields = bo.fields(path, path)
    ana.follow(ana.send(f"{COURSE}/settings", f"{COURSE}/settings", title="Ana was first"))
    mine = {"title": "Bo was second"} if page == "settings" else {"source": fields["source"] + "# Bo was second\r\n"}
    answer = bo.browser.post(path, data=fields | mine)
    assert answer.status_code == 409
    assert "Ana was first" in answer.text
    assert answer.text.count("Bo was second") >= 2
    course = yaml_of(database)
    assert course is not None
    assert course.title == "Ana was first"


def test_the_whole_course_file_can_be_edited_and_says_where_it_is_wrong(ana: AtTheDesk, database: Database):
    path = f"{COURSE}/source"
    text = ana.fields(path, path)["source"]
    answer = ana.send(path, path, source=text + "colour: red\n")
    assert answer.status_code == 422
    assert "Line 10" in answer.text and "colour" in answer.text
    assert ana.send(path, path, source=text.replace("slow-bread", "fast-bread")).status_code == 422
    ana.follow(ana.send(path, path, source=text.replace("a crust that sings", "bread")))
    course = yaml_of(database)
    assert course is not None
    assert course.summary == "From flour and water to bread."


def test_a_course_rests_and_goes_on(ana: AtTheDesk):
    assert "The course rests" in ana.follow(ana.send(COURSE, f"{COURSE}/pause"))
    assert "rests" in ana.see("/admin/courses")
    assert "The course goes on" in ana.follow(ana.send(COURSE, f"{COURSE}/resumption", mode="restart"))
    assert "Let the course rest" in ana.see(COURSE)


def test_an_unknown_course_or_lesson_is_not_found(ana: AtTheDesk):
    for path in (
        "/admin/courses/none",
        f"{COURSE}/lessons/none",
        f"{COURSE}/lessons/none/preview",
        "/admin/readers/none",
    ):
        ana.see(path, 404)
