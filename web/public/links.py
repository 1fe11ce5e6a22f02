"""The pages behind the links in mails to confirm and to leave. Looking at them changes nothing; a press does."""

from datetime import datetime

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask_limiter import Limiter
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from course import catalog, enrollment, progress
from course.enrollment import Ended
from course.errors import NotFound
from course.models import Enrollment, EnrollmentState
from course.schedule import Wishes, local_zone
from course.tokens import ExpiredToken, Purpose
from web.database import ground, now, reading, ring, writing
from web.limits import ATTEMPTS_PER_HOUR
from web.public import messages
from web.public.messages import Message
from web.public.wording import line, moment

SEE_OTHER = 303


def register(pages: Blueprint, limiter: Limiter) -> None:
    """Put the pages of links at their addresses."""
    pages.add_url_rule("/confirm/<token>", "confirm", confirm_page)
    # Guesses count, and no others: a whole class may confirm from behind one address.
    guesses = limiter.limit(ATTEMPTS_PER_HOUR, deduct_when=_is_guess)
    pages.add_url_rule("/confirm/<token>", "confirmation", guesses(confirm), methods=["POST"])
    pages.add_url_rule("/unsubscribe/<token>", "unsubscribe", leave_page)
    # Without a limit: a mail provider sends the one-click requests of all its people from a few addresses.
    pages.add_url_rule("/unsubscribe/<token>", "departure", leave, methods=["POST"])


def _is_guess(response: Response) -> bool:
    return response.status_code >= 400


def confirm_page(token: str) -> tuple[str, int]:
    """Ask for the press that confirms; or say what became of the sign-up."""
    at = now()
    try:
        with reading() as session:
            return _say(_about_confirming(session, _enrollment(session, Purpose.CONFIRM, token, at), at))
    except ExpiredToken:
        return _say(messages.confirmation_expired(), 410)
    except NotFound:
        return _say(messages.confirmation_gone(), 410)


def confirm(token: str) -> AnyResponse:
    """Confirm; a second press finds it done."""
    at = now()
    try:
        (handle,) = ground().tokens.read(Purpose.CONFIRM, token, at)
        with writing() as session:
            enrollment.confirm(session, handle, at)
        ring()
    except (ExpiredToken, NotFound, Ended):
        pass  # the page says what became of it
    return redirect(url_for("public.confirm", token=token), SEE_OTHER)


def leave_page(token: str) -> tuple[str, int]:
    """Ask for the press that leaves; or say that it is done."""
    try:
        with reading() as session:
            found = _enrollment(session, Purpose.LEAVE, token, now())
            return _say(_about_leaving(session, found))
    except NotFound:
        return _say(messages.nothing_to_leave())


def leave(token: str) -> AnyResponse:
    """Leave one course or all; a mail program's one click (RFC 8058) gets its plain answer at once."""
    at = now()
    one_click = request.form.get("List-Unsubscribe") == "One-Click"
    everything = not one_click and request.form.get("from") == "all"
    (handle,) = ground().tokens.read(Purpose.LEAVE, token, at)
    try:
        with writing() as session:
            (enrollment.leave_all if everything else enrollment.leave)(session, handle, at)
    except NotFound:
        pass  # erased since: nothing comes to them anyhow
    if one_click:
        return Response("You have left. Nothing more comes from this course.\n", mimetype="text/plain")
    return redirect(url_for("public.unsubscribe", token=token, all=int(everything) or None), SEE_OTHER)


def _enrollment(session: Session, purpose: Purpose, token: str, at: datetime) -> Enrollment:
    (handle,) = ground().tokens.read(purpose, token, at)
    return enrollment.find(session, handle)


def _about_confirming(session: Session, found: Enrollment, at: datetime) -> Message:
    course = catalog.find_course(session, found.course.slug)
    if found.state == EnrollmentState.PENDING:
        return messages.please_confirm(course.title)
    if found.state == EnrollmentState.ENDED:
        return messages.left_before(course.title, course.slug)
    return messages.confirmed(course.title, _coming(session, found, at), _reader_page(found))


def _coming(session: Session, found: Enrollment, at: datetime) -> str:
    """What comes next, as a sentence with its date."""
    page = progress.page(session, found)
    following = next((row for row in page.rows if row.state in ("next", "waiting", "failed")), None)
    if following is None:
        return "All lessons have been sent to you."
    subject = line(following.lesson.subject, page.reader_name)
    if following.at is None:
        return f"“{subject}” comes as soon as the course goes on."
    if following.at <= at:
        return f"“{subject}” is on its way to your inbox."
    zone = local_zone(page.course.rules, Wishes(page.timezone, None)).key
    return f"“{subject}” comes on {moment(following.at, zone, at)}."


def _about_leaving(session: Session, found: Enrollment) -> Message:
    course = catalog.find_course(session, found.course.slug)
    if found.state != EnrollmentState.ENDED:
        return messages.leaving(course.title, _reader_page(found))
    return messages.left_all() if request.args.get("all") else messages.left(course.title, course.slug)


def _reader_page(found: Enrollment) -> str:
    return url_for("public.reader", token=ground().tokens.sign(Purpose.ME, found.handle))


def _say(message: Message, status: int = 200) -> tuple[str, int]:
    return render_template("public/message.html", message=message), status
