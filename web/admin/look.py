"""How a course's letters look: theme, colours, fonts and logo, with a lesson beside them that follows each choice."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from course.authoring import save_course_source
from course.editions import draft_lessons
from course.errors import Refused, SourceError, Stale
from course.folder.parsing import COURSE_FILE, parse_course
from course.folder.source import CourseSource, LessonSource
from course.folder.splicing import Value, set_keys
from course.models import Edition
from course.pictures import add_picture
from emails.errors import EmailsError, Unpublishable
from emails.publish import preview_look
from emails.theme import Setting, Theme, load_theme, theme_names
from web.admin.compiling import compiler
from web.admin.drafts import head_of, mark_of, opened, refuse_stale, shown
from web.admin.forms import sentence
from web.admin.gate import SEE_OTHER, edits
from web.admin.preview import framed, no_letter
from web.admin.remarks import Remark
from web.database import ground, now, reading, writing

SAVED = "Saved in the draft. Readers notice when you publish."
LABELS = {
    "accent": "Colour of links and buttons",
    "accent_dark": "The same by night",
    "paper": "Paper",
    "font": "Font of the text",
    "heading_font": "Font of headings",
    "logo": "Logo",
}
SAYS = {
    "letter": "A calm letter on a card, in a serif.",
    "editorial": "A page of a magazine: a masthead, a large title, rules instead of boxes.",
    "modern": "A clean sheet in the reader’s interface font, with a progress bar.",
}
FONTS = (
    "Charter, 'Bitstream Charter', 'Iowan Old Style', Georgia, serif",
    "Georgia, 'Times New Roman', serif",
    "Palatino, 'Palatino Linotype', 'Book Antiqua', serif",
    "system-ui, -apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif",
    "Verdana, Geneva, sans-serif",
    "'Trebuchet MS', Tahoma, sans-serif",
)


@dataclass(frozen=True)
class Field:
    """One setting of one theme in the form; its input is called `theme.setting`."""

    name: str
    label: str
    setting: Setting
    value: str


def register(desk: Blueprint) -> None:
    """Put a course's look at its addresses."""
    place = "/courses/<slug:slug>/look"
    desk.add_url_rule(place, "look", look)
    desk.add_url_rule(place, "save_look", edits(save), methods=["POST"])
    desk.add_url_rule(f"{place}/preview", "look_preview", preview, methods=["GET", "POST"])


def look(slug: str) -> str:
    """The form."""
    return _page(slug, {}, {})


def save(slug: str) -> AnyResponse | tuple[str, int]:
    """Write theme and settings into the draft; what is as the theme has it by itself is not written."""
    at = now()
    try:
        with writing() as session:
            draft = opened(session, slug, at)
            refuse_stale(mark_of(draft.source), draft.source)
            wishes = _wishes(request.form) | _uploaded(session, draft)
            text = _written(draft.source, _theme(), wishes)
            if text != draft.source:
                save_course_source(session, draft, text, draft.saves)
    except Stale as stale:
        flash(str(stale), "waiting")
        return _page(slug, request.form, {}), 409
    except Refused as refused:
        return _page(slug, request.form, refused.reasons), 422
    except SourceError as error:
        return _page(slug, request.form, {"theme": sentence(error.problems[0])}), 422
    flash(SAVED, "done")
    return redirect(url_for("admin.look", slug=slug), SEE_OTHER)


def preview(slug: str) -> Response:
    """A lesson in the look that is posted, or in the one that is saved. Changes nothing."""
    settings = ground().settings
    with reading() as session:
        edition = shown(session, slug)
        course = parse_course(edition.source)
        try:
            if request.method == "POST":
                theme = _theme()
                _check(theme, wishes := _wishes(request.form))
                course = replace(course, theme=theme.name, theme_settings=wishes)
            rendered = preview_look(compiler(), course, _lesson(edition), edition, settings)
        except Refused as refused:
            return framed(no_letter(Remark(reason) for reason in refused.reasons.values()))
        except (SourceError, EmailsError) as error:
            return framed(no_letter([Remark(str(error))]))
    return framed(rendered.html)


def _lesson(edition: Edition) -> LessonSource | None:
    """The first lesson that has a text."""
    return next((each.source for each in draft_lessons(edition) if each.source.body.strip()), None)


def _theme() -> Theme:
    """The theme that the form chooses. Raises Refused."""
    try:
        return load_theme(request.form.get("theme", ""), compiler().own_themes)
    except Unpublishable as error:
        raise Refused({"theme": sentence(error.problems[0])}) from None


def _wishes(form: Mapping[str, str]) -> dict[str, str]:
    """What the form says of the chosen theme, but for what the theme has by itself."""
    theme = _theme()
    said = {name: form.get(f"{theme.name}.{name}", "").strip() for name in theme.settings}
    return {name: value for name, value in said.items() if value and value != theme.settings[name].default}


def _uploaded(session: Session, draft: Edition) -> dict[str, str]:
    """The logo that was chosen from the admin's own disk, now a picture of the course."""
    upload = request.files.get("logo_file")
    if upload is None or not upload.filename or "logo" not in _theme().settings:
        return {}
    try:
        return {"logo": add_picture(session, draft, upload.filename, upload.read())}
    except Refused as refused:
        raise Refused({f"{_theme().name}.logo": str(refused)}) from None


def _written(text: str, theme: Theme, wishes: Mapping[str, str]) -> str:
    """course.yaml with this look. Raises Refused by the form's fields, and SourceError."""
    _check(theme, wishes)
    before = parse_course(text)
    changes: dict[str, Value] = {} if before.theme == theme.name else {"theme": theme.name}
    gone = [name for name in before.theme_settings if name not in wishes]
    if gone and len(gone) == len(before.theme_settings):
        text, gone = set_keys(text, {"theme_settings": None}, COURSE_FILE), []
    changes |= {f"theme_settings.{name}": None for name in gone}
    changes |= {f"theme_settings.{name}": value for name, value in wishes.items()}
    return set_keys(text, changes, COURSE_FILE)


def _check(theme: Theme, wishes: Mapping[str, str]) -> None:
    """Raises Refused with what the theme says. A picture of the course is no address yet."""
    said = {name: value for name, value in wishes.items() if not value.startswith("images/")}
    if refusals := theme.refusals(said):
        raise Refused({f"{theme.name}.{name}": sentence(problem) for name, problem in refusals.items()})


def _page(slug: str, entered: Mapping[str, str], reasons: Mapping[str, str]) -> str:
    with reading() as session:
        edition = shown(session, slug)
        course = parse_course(edition.source)
        themes, broken = _themes()
        return render_template(
            "admin/look.html",
            head=head_of(session, slug, now()),
            chosen=entered.get("theme") or course.theme,
            themes={theme.name: _fields(theme, course, entered) for theme in themes},
            broken=broken,
            says=SAYS,
            fonts=FONTS,
            pictures=[each.path for each in edition.media],
            reasons=reasons,
            saves=mark_of(edition.source),
        )


def _themes() -> tuple[list[Theme], list[str]]:
    """Every theme that can be read, and why the others cannot."""
    found: list[Theme] = []
    broken: list[str] = []
    for name in theme_names(compiler().own_themes):
        try:
            found.append(load_theme(name, compiler().own_themes))
        except Unpublishable as error:
            broken += [str(problem) for problem in error.problems]
    return found, broken


def _fields(theme: Theme, course: CourseSource, entered: Mapping[str, str]) -> list[Field]:
    """What stands in the fields: as it was entered, as the course has it, or as the theme has it."""
    fields = []
    for name, setting in theme.settings.items():
        # Colours belong to their theme; a font or a logo may come along to another.
        kept = course.theme_settings.get(name, "") if course.theme == theme.name or setting.kind != "color" else ""
        value = entered.get(f"{theme.name}.{name}", kept or setting.default)
        fields.append(Field(name, LABELS.get(name, name.replace("_", " ").capitalize()), setting, value))
    return fields
