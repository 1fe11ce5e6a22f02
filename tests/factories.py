"""Published courses, readers and sent lessons out of a few words, made by the product's own verbs.

    course = publish_course(session, "welcome: immediately", "trust: 1 day")
    reader = join(session, course, "ana@example.org", NOON)                 an active enrollment
    publish_change(session, course, "welcome: immediately", "space: 2 days", at=LATER)
    send_next(session, reader, LATER)                                       "welcome"

A lesson is "key: wait" (the wait is a day where none is said), or what `lesson()` gives. Instants are aware UTC;
`at("2027-01-04 09:00")` and `at("2027-01-04 09:00", "America/New_York")` make them.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from course import chores, enrollment, outbox, planning
from course.editions import Author, create_course, draft_lessons, replace_draft
from course.folder import CourseSource, LessonSource, parse_course, parse_lesson
from course.models import Course, Delivery, DeliveryState, Edition, Enrollment, Kind, Lesson, Reader
from course.outbox import Claimed, Leases, Record
from course.publishing import Compilations, Compiled, PublishOptions, publish
from course.schedule.zones import zone

LEASES = Leases()
EVERY_DAY = "[mon, tue, wed, thu, fri, sat, sun]"


def at(text: str, timezone: str = "UTC") -> datetime:
    """The instant at which a wall clock in that zone shows `text`, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=zone(timezone) or ZoneInfo(timezone)).astimezone(UTC)


# A Monday morning; courses are published then unless said otherwise.
MONDAY = at("2027-01-04 08:00")
# `immediately` is strictly after its anchor: ask for it a little later.
SOON = timedelta(seconds=5)


def lesson(key: str, wait: str = "1 day", *, body: str = "", **keys: str) -> LessonSource:
    """A lesson file; `keys` are further lines of its front matter (`status="draft"`, `hour="18:00"`)."""
    lines = {"id": key, "subject": f"About {key}", "status": "published", "wait": wait} | keys
    front = "".join(f'{name}: "{value}"\n' for name, value in lines.items())
    text = f"---\n{front}---\n\n{body or f'Dear {{{{ reader.name }}}}, this is about {key}.'}\n"
    return parse_lesson(text, f"{key}.md")


def course_source(
    *lessons: str | LessonSource, slug: str = "small", ends: str = "yes", **schedule: str
) -> CourseSource:
    """A course folder's content. `schedule` holds keys of its schedule (`quiet="21:00-08:00"`); by default every day is
    open at 09:00 in New York, there are no quiet hours, and the gap is 18 hours."""
    rules = {"hour": "09:00", "timezone": "America/New_York", "weekdays": EVERY_DAY, "quiet": "none"} | schedule
    lines = "".join(
        f"  {name}: {value}\n" if value.startswith("[") else f'  {name}: "{value}"\n' for name, value in rules.items()
    )
    text = (
        f"slug: {slug}\ntitle: The {slug} course\nsender: {{name: Robin, email: robin@example.org}}\n"
        f"ends: {ends}\nreader_may: [hour, timezone, pace, pause, next_now]\nschedule:\n{lines}"
    )
    return replace(parse_course(text), lessons=tuple(_in_order(lessons or ("welcome: immediately", "trust", "space"))))


def _in_order(lessons: tuple[str | LessonSource, ...]) -> list[LessonSource]:
    """Files are sorted by name, so each gets its number in front."""
    made = [lesson(*(part.strip() for part in each.split(":"))) if isinstance(each, str) else each for each in lessons]
    return [replace(each, file_name=f"{number:02d}-{each.key}.md") for number, each in enumerate(made, 1)]


def publish_course(session: Session, *lessons: str | LessonSource, at: datetime = MONDAY, **course: str) -> Course:
    """A new course, published; keywords as for `course_source`."""
    made = create_course(session, course_source(*lessons, **course), Author("Robin", at))
    assert made.draft is not None
    publish_draft(session, made.draft, at)
    return made


def publish_change(
    session: Session,
    course: Course,
    *lessons: str | LessonSource,
    at: datetime,
    options: PublishOptions | None = None,
    **changes: str,
) -> Edition:
    """Publish another state of the course and plan every reader anew, as the worker's chore does."""
    draft = replace_draft(session, course, course_source(*lessons, slug=course.slug, **changes), Author("Robin", at))
    publish_draft(session, draft, at, options)
    do_chores(session, at)
    return draft


def publish_draft(session: Session, draft: Edition, at: datetime, options: PublishOptions | None = None) -> None:
    """Publish a draft as it is, compiled by hand; the replanning chore is left open."""
    lessons = {
        each.place.lesson_id: compiled(each.source.source)
        for each in draft_lessons(draft)
        if each.source.status == "published"
    }
    letters = {name: compiled(name) for name in ("confirmation", "completion", "already_in")}
    publish(session, draft, Compilations(lessons, letters), options or PublishOptions(), Author("Robin", at))
    session.flush()


def compiled(text: str) -> Compiled:
    """What the compiler might have made of a text."""
    html = f"<!doctype html><title>{{{{ lesson.subject }}}}</title><pre>{text}</pre>"
    return Compiled(sha256(text.encode()).hexdigest(), "{{ lesson.subject }}", html, text, (), "by hand")


def do_chores(session: Session, now: datetime) -> None:
    """All open chores to their end."""
    while (mine := chores.take(session)) is not None:
        while chores.step(session, *mine, now):
            pass
    session.expire_all()  # a worker does them, in transactions of its own


def sign_up(session: Session, course: Course, email: str, now: datetime, **form: str) -> Enrollment:
    """The newest enrollment of an address after it was typed into the form; `form`: name, timezone, hour."""
    enrollment.enroll(session, course.slug, enrollment.Signup(email, **form), now)
    return newest(session, email, course)


def join(
    session: Session, course: Course, email: str = "ana@example.org", now: datetime = MONDAY, **form: str
) -> Enrollment:
    """Sign up, get the confirmation mail and confirm: an active enrollment."""
    pending = sign_up(session, course, email, now, **form)
    for row in deliveries(session, pending, Kind.CONFIRMATION):
        if row.state is DeliveryState.PLANNED:
            row.state, row.sent_at, row.due_at = DeliveryState.SENT, now, None
    return enrollment.confirm(session, pending.handle, now)


def newest(session: Session, email: str, course: Course) -> Enrollment:
    """The newest run of an address in a course."""
    mine = select(Enrollment).join(Reader).where(Reader.email == email, Enrollment.course_id == course.id)
    return session.scalars(mine.order_by(Enrollment.run.desc())).first() or _nobody(email)


def deliveries(session: Session, enrollment: Enrollment, *kinds: Kind) -> list[Delivery]:
    """The enrollment's deliveries of these kinds (all where none is named), oldest first, as the database has them."""
    session.flush()
    rows = select(Delivery).where(Delivery.enrollment_id == enrollment.id, Delivery.kind.in_(kinds or tuple(Kind)))
    return list(session.scalars(rows.order_by(Delivery.id).execution_options(populate_existing=True)))


def planned(session: Session, enrollment: Enrollment) -> Delivery:
    """The enrollment's open lesson."""
    row = outbox.open_lesson(session, enrollment.id)
    assert row is not None, "no lesson is open"
    return row


def key_of(session: Session, delivery: Delivery) -> str:
    """Which lesson a delivery carries; "" for other letters."""
    return session.get_one(Lesson, delivery.lesson_id).key if delivery.lesson_id else ""


def claim(session: Session, now: datetime, most: int = 50) -> list[Claimed]:
    """What a courier would take now."""
    taken = outbox.claim(session, now, (outbox.URGENT, outbox.SCHEDULED), most, LEASES)
    session.expire_all()  # a courier claims in one transaction and begins in the next
    return taken


def begin(session: Session, claimed: Claimed, now: datetime, leases: Leases = LEASES) -> bool:
    """The courier's begin, with a record made by hand; False when the mail does not leave now."""
    if claimed.enrollment_id is not None:
        planning.lock(session, claimed.enrollment_id)
    delivery = outbox.hold(session, claimed)
    if delivery is None or not planning.may_begin(session, delivery, now):
        return False
    if delivery.repeats:
        outbox.begin_again(session, delivery, leases)
    else:
        outbox.begin(session, delivery, _record(session, delivery), now, leases)
    session.flush()
    return True


def record_sent(session: Session, claimed: Claimed, now: datetime) -> bool:
    """The courier's record of a 250, and what follows from it; False when the claim is gone."""
    if claimed.enrollment_id is not None:
        planning.lock(session, claimed.enrollment_id)
    if not outbox.record_sent(session, claimed, "250 OK", now):
        return False
    delivery = session.get_one(Delivery, claimed.delivery_id, populate_existing=True)
    if delivery.kind is Kind.LESSON and claimed.enrollment_id is not None:
        planning.advance(session, claimed.enrollment_id, now)
    return True


def claim_lesson(session: Session, enrollment: Enrollment, now: datetime) -> Claimed:
    """The enrollment's lesson, claimed; what else is due stays as it is."""
    row = planned(session, enrollment)
    due = session.execute(select(Delivery.id, Delivery.due_at).where(Delivery.due_at <= now))
    dues = {row.id: row.due_at for row in due}
    taken = {each.delivery_id: each for each in claim(session, now, most=10_000)}
    assert row.id in taken, f"the lesson is not due at {now}, but at {row.due_at}"
    mine = taken.pop(row.id)
    outbox.release(session, list(taken.values()), now)
    for delivery_id in taken:
        session.get_one(Delivery, delivery_id, populate_existing=True).due_at = dues[delivery_id]
    session.flush()
    return mine


def send_due(session: Session, now: datetime, took: timedelta = timedelta()) -> list[str]:
    """Send all that is due and may leave, until nothing is due any more; gives lessons' keys, other letters' kinds.

    `took` is how long the mail server thinks about each batch."""
    sent: list[str] = []
    for _ in range(100):
        batch = claim(session, now)
        for each in batch:
            if begin(session, each, now):
                assert record_sent(session, each, now + took)
                row = session.get_one(Delivery, each.delivery_id)
                sent.append(key_of(session, row) if row.kind is Kind.LESSON else str(row.kind))
        if not batch:
            return sent
        now += took
    raise AssertionError("something is due, may not begin, and is due again")


def send_next(session: Session, enrollment: Enrollment, now: datetime | None = None) -> str:
    """Send the enrollment's planned lesson, at its due time unless said otherwise, and give its key."""
    row = planned(session, enrollment)
    moment = now or row.due_at
    assert moment is not None, "the lesson is held"
    mine = claim_lesson(session, enrollment, moment)
    assert begin(session, mine, moment), "the lesson may not begin then"
    assert record_sent(session, mine, moment)
    return key_of(session, row)


def _record(session: Session, delivery: Delivery) -> Record:
    places = session.get_one(Edition, delivery.edition_id).lessons if delivery.edition_id else []
    place = next((each for each in places if each.lesson_id == delivery.lesson_id), None)
    letters = session.get_one(Edition, delivery.edition_id).letters if delivery.edition_id else []
    compilation_id = place.compilation_id if place else letters[0].compilation_id if letters else None
    assert compilation_id is not None, "what is sent was compiled"
    revision_id = place.revision_id if place else None
    values: dict[str, dict[str, str | int]] = {"reader": {"name": "Ana"}}
    return Record(compilation_id, revision_id, values, "0" * 64, f"<{delivery.id}@example.org>", 1000)


def _nobody(email: str) -> Enrollment:
    raise AssertionError(f"{email} is not enrolled.")
