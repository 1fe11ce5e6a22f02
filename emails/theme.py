"""Themes: a layout in MJML, and the settings that a course may choose.

A theme is a folder with `layout.mjml` and `theme.yaml`. Ours are in `emails/themes`; a house keeps its own in a folder
that the compiler is told, and there one of the same name comes first. See docs/themes.md.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml
from jinja2 import StrictUndefined, Template
from jinja2.sandbox import SandboxedEnvironment

from course.errors import Problem
from emails.colors import LEAST, contrast, parse_color, readable, said_ratio, spelled
from emails.errors import Unpublishable

THEMES = Path(__file__).parent / "themes"
TEMPLATES = Path(__file__).parent / "templates"
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
KINDS = {
    "color": (re.compile(r"#[0-9a-fA-F]{6}"), "a colour such as #b8452b"),
    "url": (
        re.compile(r"(?:(?:https://|http://(?:localhost|127\.0\.0\.1)\b)[^\s\"'<>]+)?"),
        "an https address, or nothing",
    ),
    "fonts": (re.compile(r"[A-Za-z0-9 ,'\"-]{1,200}"), "names of fonts with commas between them"),
}

# The layout's own delimiters: `{{ }}` belongs to the reader's values and must survive.
PRESS = SandboxedEnvironment(
    variable_start_string="[[",
    variable_end_string="]]",
    block_start_string="[%",
    block_end_string="%]",
    comment_start_string="[#",
    comment_end_string="#]",
    undefined=StrictUndefined,
    autoescape=True,
    keep_trailing_newline=True,
)


@dataclass(frozen=True)
class Setting:
    """What a course may choose. `against` are the colours that a chosen one must be readable on, or under."""

    kind: str
    default: str
    against: tuple[str, ...] = ()


@dataclass(frozen=True)
class Theme:
    """A theme's layout and settings; `own` says that it is the house's and not one of ours."""

    name: str
    layout: str
    settings: Mapping[str, Setting]
    own: bool = False

    def chosen(self, wishes: Mapping[str, str]) -> dict[str, str]:
        """Every setting, a course's wishes over the defaults. Raises Unpublishable for what cannot be."""
        if refused := self.refusals(wishes):
            raise Unpublishable(*refused.values())
        # Styles stand in attributes, between double quotes.
        return {name: wishes.get(name, about.default).replace('"', "'") for name, about in self.settings.items()}

    def refusals(self, wishes: Mapping[str, str]) -> dict[str, Problem]:
        """What cannot be, by the setting's name: no such setting, no value of its kind, or hard to read."""
        found = ((name, next(self._refused(name, value), None)) for name, value in wishes.items())
        return {name: problem for name, problem in found if problem}

    def _refused(self, name: str, value: str) -> Iterator[Problem]:
        if name not in self.settings:
            known = ", ".join(self.settings)
            yield Problem(f"The theme `{self.name}` has no setting `{name}`.", hint=f"There are: {known}")
            return
        setting = self.settings[name]
        pattern, says = KINDS[setting.kind]
        if not pattern.fullmatch(value):
            yield Problem(f"`{name}` must be {says}, not `{value[:60]}`.")
        elif setting.kind == "color":
            yield from _unreadable(name, value, setting.against)


def _unreadable(name: str, value: str, grounds: tuple[str, ...]) -> Iterator[Problem]:
    """One remark, about the ground on which it is hardest to read."""
    color = parse_color(value)
    found = [ground for each in grounds if (ground := parse_color(each))]
    if color is None or not found:
        return
    hardest = min(found, key=lambda ground: contrast(color, ground))
    if contrast(color, hardest) < LEAST:
        yield Problem(
            f"`{name}` cannot be `{value}`: on {spelled(hardest)} its contrast is {said_ratio(color, hardest)}.",
            hint=f"{LEAST} is the least that everybody can read; {spelled(readable(color, *found))} would do",
        )


def theme_names(own_themes: str = "") -> tuple[str, ...]:
    """Every theme there is, with those of the folder `own_themes`."""
    folders = [THEMES, *([Path(own_themes)] if own_themes else [])]
    return tuple(sorted({path.parent.name for folder in folders for path in folder.glob("*/layout.mjml")}))


def load_theme(name: str, own_themes: str = "") -> Theme:
    """The theme of this name. Raises Unpublishable if there is none, or if it is broken."""
    if NAME.fullmatch(name):
        for folder in [*([Path(own_themes)] if own_themes else []), THEMES]:
            files = (folder / name / "layout.mjml", folder / name / "theme.yaml")
            if files[0].is_file():
                return _read(files, tuple(_stamp(file) for file in files))
    raise Unpublishable(
        Problem(f"There is no theme `{name[:60]}`.", hint="There are: " + ", ".join(theme_names(own_themes)))
    )


def _stamp(file: Path) -> int:
    return file.stat().st_mtime_ns if file.is_file() else 0


@lru_cache(maxsize=32)
def _read(files: tuple[Path, Path], stamps: tuple[int, ...]) -> Theme:
    """A theme as it stood at `stamps`: whoever edits one sees it at the next letter."""
    layout, settings = files
    name = layout.parent.name
    try:
        text, about = layout.read_text("utf-8"), settings.read_text("utf-8")
    except (OSError, UnicodeError) as error:
        raise _unreadable_theme(name, str(error)) from None
    return Theme(name, text, dict(_settings(name, about)), layout.parent.parent != THEMES)


def _settings(name: str, text: str) -> Iterator[tuple[str, Setting]]:
    """The settings that a theme.yaml names. Raises Unpublishable with the line of what is wrong."""
    try:
        about, root = yaml.safe_load(text) or {}, yaml.compose(text, yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise _unreadable_theme(name, f"{error.problem}.", mark.line + 1 if mark else None) from None
    except yaml.YAMLError as error:
        raise _unreadable_theme(name, str(error)) from None
    if not isinstance(about, dict):
        raise _unreadable_theme(name, "theme.yaml must hold one line for each setting.", 1)
    lines = {key.value: key.start_mark.line + 1 for key, _ in root.value} if root else {}
    for setting, fields in about.items():
        if not isinstance(fields, dict) or not {"kind", "default"} <= fields.keys() <= {"kind", "default", "against"}:
            sentence = f"`{setting}` needs `kind` and `default`, and may have `against`."
            raise _unreadable_theme(name, sentence, lines.get(str(setting)))
        if fields["kind"] not in KINDS:
            sentence = f"`{setting}` has no kind that we know; there are: {', '.join(KINDS)}."
            raise _unreadable_theme(name, sentence, lines.get(str(setting)))
        yield str(setting), Setting(fields["kind"], str(fields["default"]), tuple(map(str, fields.get("against", ()))))


def _unreadable_theme(name: str, reason: str, line: int | None = None) -> Unpublishable:
    sentence = f"The theme `{name}` cannot be read: {' '.join(reason.split())}"
    return Unpublishable(Problem(sentence, f"{name}/theme.yaml", line))


@lru_cache
def template_text(path: str) -> str:
    """One file of `emails/templates`."""
    return (TEMPLATES / path).read_text("utf-8")


@lru_cache
def pressed(layout: str) -> Template:
    """The layout as a template of its own delimiters; it leaves every `{{ }}` as it is. Raises TemplateSyntaxError."""
    return PRESS.from_string(layout)
