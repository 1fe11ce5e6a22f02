"""What the pages say that say one thing: every sentence around signing up, confirming and leaving."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Action:
    """A button that posts back to the page's own address."""

    label: str
    main: bool = True
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Link:
    """A quiet way on."""

    label: str
    path: str


@dataclass(frozen=True)
class Message:
    """A title, what happened and what comes next, and what can be done here."""

    title: str
    lead: str
    more: tuple[str, ...] = ()
    actions: tuple[Action, ...] = ()
    links: tuple[Link, ...] = ()


ALL_COURSES = Link("All courses", "/")


def check_inbox(title: str, slug: str) -> Message:
    """The answer to every sign-up, whoever it was."""
    return Message(
        "Check your inbox",
        f"A mail about “{title}” is on its way. Open it and press its button, and the course begins.",
        (
            "It usually takes a minute. If it does not come, look in the spam folder first; "
            "then check the address and sign up once more.",
        ),
        links=(Link("Back to the course", f"/courses/{slug}"),),
    )


def please_confirm(title: str) -> Message:
    """The page behind the link in the confirmation mail: looking at it changes nothing."""
    return Message(
        "One press, and you are in",
        f"“{title}” comes to you by email, lesson by lesson, until it ends or you leave.",
        actions=(Action("Start the course"),),
        links=(Link("No, thank you", "/"),),
    )


def confirmed(title: str, next_lesson: str, reader_page: str) -> Message:
    """After confirming, the first time and any other time; `next_lesson` is a sentence."""
    return Message(
        "You are in",
        next_lesson,
        (f"“{title}” has a page just for you, with your progress, the dates to come, and your hour and time zone.",),
        links=(Link("Open your page", reader_page),),
    )


def confirmation_expired() -> Message:
    """The link is older than three days."""
    return Message(
        "This link has expired",
        "A link to confirm works for three days. Sign up once more, and a fresh one comes at once.",
        links=(ALL_COURSES,),
    )


def confirmation_gone() -> Message:
    """The sign-up behind the link is no longer there."""
    return Message(
        "This sign-up is gone",
        "Sign-ups that nobody confirms are erased after a week. You can sign up again at any time.",
        links=(ALL_COURSES,),
    )


def left_before(title: str, slug: str) -> Message:
    """Confirming a course that was left since."""
    return Message(
        "You have left this course",
        f"This link belongs to an earlier sign-up to “{title}”. To come back, sign up again: "
        "you go on where you stopped.",
        links=(Link("Sign up again", f"/courses/{slug}"), ALL_COURSES),
    )


def leaving(title: str, reader_page: str) -> Message:
    """The page behind the link at the foot of every lesson: looking at it changes nothing."""
    return Message(
        "Leave the course?",
        f"One press, and no more lessons of “{title}” come to you. You can come back at any time.",
        actions=(
            Action("Leave this course", fields={"from": "course"}),
            Action("Leave all courses", main=False, fields={"from": "all"}),
        ),
        links=(Link("Stay", reader_page),),
    )


def left(title: str, slug: str) -> Message:
    """After leaving one course, the first time and any other time."""
    return Message(
        "You have left",
        f"No more lessons of “{title}” come to you. Thank you for having read along.",
        ("If this was a slip, sign up again and go on where you stopped.",),
        actions=(Action("Leave all other courses, too", main=False, fields={"from": "all"}),),
        links=(Link("Sign up again", f"/courses/{slug}"),),
    )


def left_all() -> Message:
    """After leaving everything."""
    return Message(
        "You have left all courses",
        "Nothing more comes to you from here. Thank you for having read along.",
        ("Should you sign up for a course again one day, that lifts this.",),
        links=(ALL_COURSES,),
    )


def nothing_to_leave() -> Message:
    """Leaving when the reader is no longer known."""
    return Message(
        "There is nothing to leave",
        "We no longer have your address, so nothing comes to you from here.",
        links=(ALL_COURSES,),
    )
