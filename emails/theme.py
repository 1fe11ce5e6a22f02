"""Themes: a layout in MJML, and the settings that a course may choose."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml
from jinja2 import Environment, StrictUndefined, Template

from course.errors import Problem
from emails.errors import Unpublishable

THEMES = Path(__file__).parent / "themes"
TEMPLATES = Path(__file__).parent / "templates"
KINDS = {
    "color": (re.compile(r"#[0-9a-fA-F]{6}"), "a colour such as #b8452b"),
    "url": (re.compile(r"(?:https://[^\s\"'<>]+)?"), "an https address, or nothing"),
    "fonts": (re.compile(r"[A-Za-z0-9 ,'\"-]{1,200}"), "names of fonts with commas between them"),
}

# The layout's own delimiters: `{{ }}` belongs to the reader's values and must survive.
PRESS = Environment(
    variable_start_string="[[",
    variable_end_string="]]",
    block_start_string="[%",
    block_end_string="%]",
    comment_start_string="[#",
    comment_end_string="#]",
    undefined=StrictUndefined,
    autoescape=True,
)


@dataclass(frozen=True)
class Theme:
    """A theme's layout, and for every setting its default and its kind."""

    name: str
    layout: str
    settings: Mapping[str, Mapping[str, str]]

    def chosen(self, wishes: Mapping[str, str]) -> dict[str, str]:
        """Every setting, a course's wishes over the defaults. Raises Unpublishable for what cannot be."""
        problems = [problem for name, value in wishes.items() if (problem := self._refused(name, value))]
        if problems:
            raise Unpublishable(*problems)
        return {name: wishes.get(name, about["default"]) for name, about in self.settings.items()}

    def _refused(self, name: str, value: str) -> Problem | None:
        if name not in self.settings:
            known = ", ".join(self.settings)
            return Problem(f"The theme `{self.name}` has no setting `{name}`.", hint=f"There are: {known}")
        pattern, says = KINDS[self.settings[name]["kind"]]
        return None if pattern.fullmatch(value) else Problem(f"`{name}` must be {says}, not `{value[:60]}`.")


def theme_names() -> tuple[str, ...]:
    """Every theme there is."""
    return tuple(sorted(path.parent.name for path in THEMES.glob("*/layout.mjml")))


@lru_cache
def load_theme(name: str) -> Theme:
    """The theme of this name. Raises Unpublishable if there is none."""
    if name not in theme_names():
        raise Unpublishable(Problem(f"There is no theme `{name}`.", hint="There are: " + ", ".join(theme_names())))
    folder = THEMES / name
    settings = yaml.safe_load((folder / "theme.yaml").read_text("utf-8"))
    return Theme(name, (folder / "layout.mjml").read_text("utf-8"), settings)


@lru_cache
def template_text(path: str) -> str:
    """One file of `emails/templates`."""
    return (TEMPLATES / path).read_text("utf-8")


@lru_cache
def pressed(layout: str) -> Template:
    """The layout as a template of its own delimiters; it leaves every `{{ }}` as it is."""
    return PRESS.from_string(layout)
