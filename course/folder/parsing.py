"""What the text of a course.yaml or of a lesson means; every problem in it is reported together."""

from datetime import date, time, timedelta
from pathlib import PurePath

from course.addresses import check_address
from course.errors import Problem, SourceError
from course.folder import spelling
from course.folder.fields import Fields
from course.folder.frontmatter import course_sheet, lesson_sheet, problem_at
from course.folder.source import READER_RIGHTS, Asks, CourseSource, Format, LessonSource, Sender
from course.schedule import Rules
from course.schedule.waits import IMMEDIATELY, Wait, parse_wait
from course.schedule.walltime import is_quiet

COURSE_FILE = "course.yaml"
LESSON_ENDINGS = (".md", ".mjml")
PICTURES = "images"
COURSE_KEYS = (
    "slug",
    "title",
    "summary",
    "language",
    "theme",
    "theme_settings",
    "ends",
    "sender",
    "schedule",
    "reader_may",
)
SCHEDULE_KEYS = ("hour", "timezone", "weekdays", "skip", "quiet", "gap", "cap")
LESSON_KEYS = ("id", "subject", "preview", "status", "wait", "hour", "useless_after", "asks")
MAX_LESSON_BYTES = 256 * 1024

USUAL_RULES = Rules(
    hour=time(9),
    timezone="UTC",
    weekdays=frozenset(range(7)),
    skip=(),
    quiet=(time(21), time(8)),
    gap=timedelta(hours=18),
    cap=None,
)


def parse_course(text: str, file: str = COURSE_FILE) -> CourseSource:
    """A course without its lessons and media; raises SourceError."""
    fields = Fields(course_sheet(text, file), COURSE_KEYS)
    title = fields.need("title", spelling.line(200), "")
    source = CourseSource(
        slug=fields.need("slug", spelling.identifier, ""),
        title=title,
        summary=fields.take("summary", spelling.prose(2000), ""),
        language=fields.take("language", spelling.language, "en"),
        theme=fields.take("theme", spelling.identifier, "letter"),
        theme_settings=_theme_settings(fields),
        ends=fields.take("ends", spelling.yes_or_no, True),
        sender=_sender(fields, title),
        rules=_rules(fields),
        reader_may=_reader_may(fields),
        source=text,
    )
    fields.finish()
    return source


def parse_lesson(text: str, file_name: str) -> LessonSource:
    """A lesson; its format is told by the ending of its name; raises SourceError."""
    _check_length(text, file_name)
    sheet = lesson_sheet(text, file_name)
    fields = Fields(sheet, LESSON_KEYS)
    body = text[sheet.body_start :]
    lesson = LessonSource(
        key=fields.need("id", spelling.identifier, ""),
        file_name=file_name,
        format=_format(file_name),
        source=text,
        subject=fields.need("subject", spelling.line(200), ""),
        preview=fields.take("preview", spelling.line(300), ""),
        status=fields.take("status", spelling.status, "published"),
        wait=fields.need("wait", parse_wait, IMMEDIATELY),
        hour=fields.take("hour", spelling.hour, None),
        useless_after=fields.take("useless_after", spelling.day, None),
        asks=_asks(fields),
        body=body.replace("\r\n", "\n"),
        body_line=problem_at(text, file_name, sheet.body_start, ("", None)).line or 1,
    )
    if lesson.status == "published" and not body.strip():
        fields.problems.append(
            problem_at(
                text, file_name, sheet.body_start, ("There is no text here.", "write one, or set `status: draft`")
            )
        )
    _check_usefulness(fields, lesson.wait, lesson.useless_after)
    fields.finish()
    return lesson


def _check_length(text: str, file_name: str) -> None:
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > MAX_LESSON_BYTES:
        raise SourceError(Problem(f"This lesson has {size // 1024} KiB; 256 KiB are the most.", file=file_name))


def _format(file_name: str) -> Format:
    return "mjml" if PurePath(file_name).suffix == ".mjml" else "md"


def _check_usefulness(fields: Fields, wait: Wait, useless_after: date | None) -> None:
    if wait.date and useless_after and useless_after < wait.date:
        fields.wrong("useless_after", f"This lesson comes on {wait.date}, when it is already useless.")


def _asks(fields: Fields) -> Asks | None:
    asks = fields.within("asks", ("done", "fallback"))
    if asks is None:
        return None
    return Asks(
        done=asks.need("done", spelling.line(100), ""),
        fallback_days=asks.take("fallback", spelling.fallback_days, None),
    )


def _sender(fields: Fields, title: str) -> Sender:
    sender = fields.within("sender", ("name", "email", "reply_to"))
    if sender is None:
        return Sender(title)
    return Sender(
        name=sender.take("name", spelling.line(100), title),
        email=sender.take("email", check_address, ""),
        reply_to=sender.take("reply_to", check_address, None),
    )


def _rules(fields: Fields) -> Rules:
    schedule = fields.within("schedule", SCHEDULE_KEYS)
    usual = USUAL_RULES
    if schedule is None:
        return usual
    rules = Rules(
        hour=schedule.take("hour", spelling.hour, usual.hour),
        timezone=schedule.take("timezone", spelling.zone, usual.timezone),
        weekdays=_weekdays(schedule),
        skip=schedule.take_all("skip", spelling.days, usual.skip),
        quiet=schedule.take("quiet", spelling.quiet, usual.quiet),
        gap=schedule.take("gap", spelling.gap, usual.gap),
        cap=schedule.take("cap", spelling.cap, usual.cap),
    )
    if is_quiet(rules.hour, rules.quiet):
        place = "hour" if "hour" in schedule.names() else "quiet"
        schedule.wrong(place, f"The hour {rules.hour:%H:%M} lies in the quiet hours.", "choose another hour")
    return rules


def _weekdays(schedule: Fields) -> frozenset[int]:
    if "weekdays" not in schedule.names():
        return USUAL_RULES.weekdays
    found_before = len(schedule.problems)
    open_days: frozenset[int] = frozenset().union(*schedule.take_all("weekdays", spelling.weekdays, ()))
    if not open_days and len(schedule.problems) == found_before:
        schedule.wrong("weekdays", "No day of the week is open.", "name one at least")
    return open_days


def _reader_may(fields: Fields) -> frozenset[str]:
    words = fields.take_all("reader_may", spelling.one_of((*READER_RIGHTS, "all", "none")), ("all",))
    if "all" in words:
        return frozenset(READER_RIGHTS)
    return frozenset(words) - {"none"}


def _theme_settings(fields: Fields) -> dict[str, str]:
    settings = fields.within("theme_settings", None)
    if settings is None:
        return {}
    return {name: settings.need(name, spelling.setting, "") for name in settings.names()}
