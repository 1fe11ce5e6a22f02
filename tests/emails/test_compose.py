"""From a delivery to a message: its values, its headers, its name, and the same bytes once more."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from course import enrollment
from course.custom_fields import set_fields
from course.models import Course, Delivery, EditionLesson, Kind, Reader
from emails.compile import Compiler
from emails.compose import NotTheSame, Uncomposable
from emails.dates import in_words
from emails.testing import lint_message
from tests.emails import posting
from tests.emails.posting import FLOUR, NOW, SETTINGS, begin, composer, mail_to, parsed, part


@pytest.fixture
def course(session: Session, compiler: Compiler) -> Course:
    return posting.publish(session, compiler)


def data_of(session: Session, delivery: Delivery) -> bytes:
    return composer(session).compose(session, delivery, NOW).message.data


def test_a_lesson_says_what_it_knows_of_its_reader_and_its_course(session: Session, course: Course):
    data = data_of(session, mail_to(session, posting.join(session, course)))
    text, page = part(data, "plain"), part(data, "html")
    assert parsed(data)["Subject"] == "Ana, flour and water"
    for each in (text, page):
        assert "Dear Ana, this is lesson 1 of 2." in " ".join(each.split())
        assert "Wednesday, 3 March at 09:00" in " ".join(each.split())
        assert "Quiet Lane 4" in each
        assert "https://courses.example.org/unsubscribe/" in each
    assert "A crust that sings" in text


def test_without_a_name_the_letter_has_another_word(session: Session, course: Course):
    data = data_of(session, mail_to(session, posting.join(session, course, name="")))
    assert parsed(data)["Subject"] == "Friend, flour and water"
    assert parsed(data)["To"] == "ana@example.net"


def test_the_last_lesson_announces_no_other(session: Session, course: Course):
    reader = posting.join(session, course)
    lessons = session.scalars(select(EditionLesson.lesson_id).order_by(EditionLesson.position)).all()
    last = mail_to(session, reader)
    last.lesson_id = lessons[-1]
    values = composer(session).compose(session, last, NOW).record.values
    assert values["next_lesson"] == {"date": "", "subject": ""}
    assert values["lesson"]["number"] == 2


def letters(session: Session, course: Course) -> dict[str, Delivery]:
    """One of each kind, under way."""
    return {
        "confirmation": mail_to(session, posting.sign_up(session, course, "new@example.net"), Kind.CONFIRMATION),
        "lesson": mail_to(session, posting.join(session, course)),
        "already_in": already_in(session, course),
        "completion": posting.complete(session, posting.join(session, course, "done@example.net")),
        "test": trial(session, course),
    }


def already_in(session: Session, course: Course) -> Delivery:
    reader = posting.join(session, course, "again@example.net")
    begin(session, mail_to(session, reader))
    enrollment.enroll(session, course.slug, enrollment.Signup("again@example.net"), NOW + timedelta(minutes=30))
    return mail_to(session, reader, Kind.SIGN_IN)


def trial(session: Session, course: Course) -> Delivery:
    place = session.scalars(select(EditionLesson)).first()
    assert place is not None
    mail = mail_to(session, posting.join(session, course, "trial@example.net"))
    assert mail.lesson_id == place.lesson_id
    return Delivery(
        kind=Kind.TEST,
        admin=posting.admin_mail(session, Kind.TEST).admin,
        lesson_id=place.lesson_id,
        compilation_id=place.compilation_id,
        values={"lesson": {"number": 1, "count": 2, "subject": "Flour"}},
        created_at=NOW,
    )


BULK = ["List-Unsubscribe", "List-Unsubscribe-Post", "List-Id", "Feedback-ID", "Precedence"]


@pytest.mark.parametrize("name", ["confirmation", "lesson", "already_in", "completion", "test"])
def test_every_kind_of_letter_passes_the_linter(session: Session, course: Course, name: str):
    data = data_of(session, letters(session, course)[name])
    assert [str(problem) for problem in lint_message(data)] == []
    found = [header for header in BULK if header in parsed(data)]
    assert found == (BULK if name in {"lesson", "completion"} else [])


def test_the_letter_with_a_sign_in_link_passes_the_linter(session: Session, course: Course):
    data = data_of(session, posting.admin_mail(session, Kind.SIGN_IN, secrets={"token": "once"}))
    assert [str(problem) for problem in lint_message(data)] == []
    assert "https://courses.example.org/admin/sign-in/once" in part(data, "plain")
    assert parsed(data)["To"] == "The Owner <owner@example.org>"


def test_a_lessons_headers_are_the_courses(session: Session, course: Course):
    made = composer(session).compose(session, mail_to(session, posting.join(session, course)), NOW)
    headers = parsed(made.message.data)
    assert headers["From"] == "Robin Hale <robin@example.org>"
    assert headers["To"] == "Ana <ana@example.net>"
    assert headers["Reply-To"] == "ask@example.org"
    assert headers["List-Id"] == "<bread.example.org>"
    assert headers["Feedback-ID"] == "flour:bread:lesson:meantime"
    assert headers["Date"].datetime == NOW
    web, mail = headers["List-Unsubscribe"].split(", ")
    assert web.startswith("<https://courses.example.org/unsubscribe/")
    assert mail == f"<mailto:school@example.org?subject=unsubscribe%20{web.rpartition('/')[2]}"
    assert made.message.sender == f"b+{made.record.message_id.strip('<>').partition('@')[0]}@example.org"
    assert made.message.recipient == "ana@example.net"


@pytest.mark.parametrize("name", ["<b>Mallory</b>", "=?utf-8?q?Ana=0D=0ABcc=3A_x=40example.com?=", "{{ 7*7 }} win"])
def test_a_confirmation_shows_nothing_that_somebody_typed_into_a_form(session: Session, course: Course, name: str):
    reader = posting.sign_up(session, course, name=name)
    reader.reader.name = name
    data = data_of(session, mail_to(session, reader, Kind.CONFIRMATION))
    shown = " ".join([part(data, "plain"), part(data, "html"), *map(str, parsed(data).values())])
    # Links and ids are random letters, in which any short word may stand.
    shown = re.sub(r"[\w-]{16,}", "", shown)
    assert not any(word in shown for word in ("Mallory", "Bcc", "7*7", "49", "win"))
    assert parsed(data)["To"] == "ana@example.net"
    assert "https://courses.example.org/confirm/" in shown


def test_who_is_in_already_is_told_what_comes_next(session: Session, course: Course):
    row = already_in(session, course)
    values = composer(session).compose(session, row, NOW - timedelta(days=1)).record.values
    assert values["next_lesson"]["subject"] == "Ana, flour and water"


def test_asking_for_the_next_lesson_is_offered_where_the_course_allows_it(session: Session, compiler: Compiler):
    strict = posting.source(course=posting.COURSE.replace("hour, next_now", "hour"))
    course = posting.publish(session, compiler, strict)
    mail = mail_to(session, posting.join(session, course))
    assert "#next" not in part(data_of(session, mail), "plain")
    posting.publish_again(session, compiler, course, posting.source())
    assert "#next" in part(data_of(session, mail), "plain")


def test_pausing_and_another_pace_are_offered_where_the_course_allows_them(session: Session, compiler: Compiler):
    strict = posting.source(course=re.sub(r"reader_may: .*", "reader_may: [hour, pause]", posting.COURSE))
    mail = mail_to(session, posting.join(session, posting.publish(session, compiler, strict)))
    text = part(data_of(session, mail), "plain")
    assert "#pause" in text
    assert "#wishes" not in text


def test_a_message_id_is_the_mails_own_whenever_it_is_made(session: Session, course: Course):
    ana, ben = posting.join(session, course), posting.join(session, course, "ben@example.net")
    lesson = mail_to(session, ana)
    ids = [begin(session, each).record.message_id for each in (lesson, mail_to(session, ben))]
    assert composer(session).compose(session, lesson, NOW + timedelta(days=9)).record.message_id == ids[0]
    lesson.lesson_id = session.scalars(select(EditionLesson.lesson_id).order_by(EditionLesson.position)).all()[-1]
    session.flush()
    session.expire(lesson)
    ids.append(composer(session).compose(session, lesson, NOW).record.message_id)
    ids.append(composer(session).compose(session, mail_to(session, ana, Kind.CONFIRMATION), NOW).record.message_id)
    assert len(set(ids)) == 4


def test_the_same_bytes_are_made_again_from_what_was_written_down(session: Session, course: Course):
    mail = mail_to(session, posting.join(session, course))
    first = begin(session, mail)
    assert composer(session).again(session, mail) == first.message


def test_a_new_edition_and_a_new_name_leave_the_repeat_as_it_was(session: Session, course: Course, compiler: Compiler):
    reader = posting.join(session, course)
    mail = mail_to(session, reader)
    first = begin(session, mail)
    reader.reader.name = "Anna"
    posting.publish_again(session, compiler, course, posting.source(posting.FLOUR.replace("Dear", "Dearest")))
    assert composer(session).again(session, mail) == first.message


def test_a_repeat_that_cannot_be_the_same_is_refused(session: Session, course: Course):
    mail = mail_to(session, posting.join(session, course))
    begin(session, mail)
    moved = composer(session, SETTINGS.model_copy(update={"base_url": "https://elsewhere.example.org"}))
    with pytest.raises(NotTheSame):
        moved.again(session, mail)


def test_a_text_that_was_changed_between_two_attempts_goes_out_as_it_is_now(
    session: Session, course: Course, compiler: Compiler
):
    mail = mail_to(session, posting.join(session, course))
    before = begin(session, mail).record
    edition = posting.publish_again(session, compiler, course, posting.source(posting.FLOUR.replace("Dear", "Dearest")))
    made = composer(session).compose(session, mail, NOW)
    assert "Dearest Ana" in part(made.message.data, "plain")
    assert made.record.compilation_id != before.compilation_id
    assert made.record.revision_id == edition.lessons[0].revision_id


def test_a_lesson_sent_again_is_the_text_that_was_asked_for(session: Session, course: Course, compiler: Compiler):
    reader = posting.join(session, course)
    before = begin(session, mail_to(session, reader)).record
    posting.publish_again(session, compiler, course, posting.source(posting.FLOUR.replace("Dear", "Dearest")))
    again = Delivery(
        kind=Kind.REPEAT,
        enrollment=reader,
        reader=session.get_one(Reader, reader.reader_id),
        lesson=mail_to(session, reader).lesson,
        lesson_id=mail_to(session, reader).lesson_id,
        compilation_id=before.compilation_id,
        revision_id=before.revision_id,
        request_key="again:1",
        created_at=NOW,
    )
    record = composer(session).compose(session, again, NOW).record
    assert (record.compilation_id, record.revision_id) == (before.compilation_id, before.revision_id)
    assert record.message_id != before.message_id


def test_a_mail_without_a_compiled_text_fails_with_a_sentence(session: Session, course: Course):
    nameless = mail_to(session, posting.join(session, course), Kind.CONFIRMATION)
    nameless.kind = Kind.REPEAT
    with pytest.raises(Uncomposable, match="publish the course again"):
        composer(session).compose(session, nameless, NOW)


def test_before_the_house_has_its_letters_nobody_is_sent_a_sign_in_link(session: Session):
    with pytest.raises(Uncomposable, match="meantime init"):
        composer(session).compose(session, posting.admin_mail(session, Kind.SIGN_IN, secrets={"token": "x"}), NOW)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Monday, 1 March at 09:00"),
        ("en-GB", "Monday, 1 March at 09:00"),
        ("de-AT", "Montag, 1. März um 09:00 Uhr"),
        ("fr", "lundi 1 mars à 09:00"),
        ("es", "lunes 1 de marzo a las 09:00"),
        ("ar", "الاثنين 1 مارس الساعة 09:00"),
        ("pl", "poniedziałek, 1 marca, 09:00"),
        ("ja", "3月1日(月曜日), 09:00"),
        ("zz", "Monday, 1 March at 09:00"),
        ("not a language", "Monday, 1 March at 09:00"),
    ],
)
def test_dates_are_said_in_words(language: str, words: str):
    assert in_words(NOW, language) == words


def test_a_readers_own_fields_stand_in_their_letter_and_leave_no_trace_where_they_are_missing(
    session: Session, compiler: Compiler
):
    text = FLOUR.replace("Dear ", 'From {{ fields.city | fallback("afar") }}{% if fields.town %}!{% endif %}. Dear ')
    course = posting.publish(session, compiler, posting.source(flour=text))
    ana, bo = posting.join(session, course), posting.join(session, course, "bo@example.net", "Bo")
    set_fields(ana.reader, {"city": "Porto"})
    session.flush()
    for reader, words in ((ana, "From Porto. Dear Ana"), (bo, "From afar. Dear Bo")):
        data = data_of(session, mail_to(session, reader))
        for each in (part(data, "plain"), part(data, "html")):
            assert words in " ".join(each.split())


def test_the_letters_of_a_course_are_in_its_language(session: Session, compiler: Compiler):
    course = posting.publish(session, compiler, posting.source(course=f"{posting.COURSE}language: de\n"))
    mail = data_of(session, mail_to(session, posting.sign_up(session, course), Kind.CONFIRMATION))
    assert "Bitte bestätigen Sie, dass Sie ihn haben" in " ".join(part(mail, "html").split())
    assert '<html lang="de" dir="ltr"' in part(mail, "html")
    lesson = data_of(session, mail_to(session, posting.join(session, course, "bo@example.net")))
    assert "Lektion 1 von 2" in part(lesson, "plain")
    assert "Uhr" in part(lesson, "plain")
