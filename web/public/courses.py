"""The catalogue, a course's page with its form, and signing up."""

from dataclasses import dataclass, field

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from course import catalog, enrollment
from course.enrollment import Signup
from course.errors import Refused
from web.caps import capped
from web.database import ground, now, reading, ring, write
from web.public import messages
from web.public.course_page import CoursePage, course_page
from web.public.places import zones
from web.public.stamp import Stamps
from web.security import policy

SEE_OTHER = 303
TOO_QUICK = "That was quicker than people type. If you are one, press the button once more."


@dataclass(frozen=True)
class Form:
    """The sign-up form as it stands: what was typed, why it was refused, when it was opened."""

    stamp: str
    entered: Signup = field(default_factory=lambda: Signup(email=""))
    reasons: dict[str, str] = field(default_factory=dict)

    @property
    def untouched(self) -> bool:
        """Nothing was sent yet: the browser may fill in its time zone."""
        return not self.reasons


def register(pages: Blueprint) -> None:
    """Put the pages of courses at their addresses."""
    pages.add_url_rule("/", "courses", courses)
    pages.add_url_rule("/courses/<slug:slug>", "course", course)
    pages.add_url_rule("/courses/<slug:slug>/embed", "embed", embed)
    pages.add_url_rule("/courses/<slug:slug>/inbox", "inbox", inbox)
    pages.add_url_rule("/courses/<slug:slug>/enrollments", "form", back_to_form)
    pages.add_url_rule("/courses/<slug:slug>/enrollments", "enrollments", capped(enrollments), methods=["POST"])


def courses() -> str:
    """Every course that can be taken."""
    with reading() as session:
        views = catalog.list_courses(session)
    base_url = ground().settings.base_url
    return render_template("public/courses.html", courses=[course_page(view, base_url) for view in views])


def course(slug: str) -> str:
    """A course: what it is, what one gets, the form."""
    return _course_with(slug, Form(_stamps().make(now())))


def embed(slug: str) -> Response:
    """The form alone, for a frame on somebody's own site; the only page that may be framed."""
    form = Form(_stamps().make(now()))
    answer = make_response(render_template("public/embed.html", course=_page(slug), form=form, zones=zones()))
    answer.headers["Content-Security-Policy"] = policy(frame_ancestors="*")
    return answer


def enrollments(slug: str) -> AnyResponse | tuple[str, int]:
    """Sign up. The answer is the same for everybody; a form that cannot be right comes back with the reasons."""
    if request.form.get("website"):  # the field that people do not see
        return _thanks(slug)
    at = now()
    entered = Signup(**{name: request.form.get(name, "") for name in ("email", "name", "timezone", "hour")})
    opened = request.form.get("opened", "")
    try:
        if _stamps().too_quick(opened, at):
            raise Refused({"form": TOO_QUICK})
        write(lambda session: enrollment.enroll(session, slug, entered, at))
    except Refused as refused:
        return _course_with(slug, Form(_stamps().make(at), entered, refused.reasons)), 422
    ring()
    return _thanks(slug)


def inbox(slug: str) -> str:
    """What happens next, after signing up."""
    return render_template("public/message.html", message=messages.check_inbox(_page(slug).title, slug))


def back_to_form(slug: str) -> AnyResponse:
    """Somebody reloads a form that was refused."""
    return redirect(url_for("public.course", slug=slug), SEE_OTHER)


def _thanks(slug: str) -> AnyResponse:
    return redirect(url_for("public.inbox", slug=slug), SEE_OTHER)


def _course_with(slug: str, form: Form) -> str:
    return render_template("public/course.html", course=_page(slug), form=form, zones=zones())


def _page(slug: str) -> CoursePage:
    with reading() as session:
        return course_page(catalog.find_course(session, slug), ground().settings.base_url)


def _stamps() -> Stamps:
    settings = ground().settings
    return Stamps(settings.secret_key, settings.form_seconds)
