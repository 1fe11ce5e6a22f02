"""One source and one look become one compilation. Runs in the guarded child of `emails.compile`.

Markdown → sections ┐
MJML sections ──────┴→ theme's layout ┐
a whole <mjml> document ──────────────┴→ pictures, styles → normal form → MRML → finish → tags back
"""

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version

from jinja2 import TemplateError
from mjml import mjml2html

from course.errors import Problem
from emails.errors import Unpublishable, Unrenderable
from emails.letter import Compiled, Look, Source
from emails.lint import Manuscript, read_source
from emails.mjml import Attribute, Node, Reader, Text, normal_form
from emails.places import Place
from emails.plain import Margin, Paper, write_markdown, write_mjml
from emails.render import render
from emails.sandbox import sample_values
from emails.styles import inline_styles
from emails.tags import Vault
from emails.theme import load_theme, pressed, template_text

COMPILER = f"meantime-1/mrml-{version('mjml-python')}"
HEAVIEST = 100 * 1024  # octets of HTML: Gmail cuts a mail off at 102 KiB
SCHEMES = '<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">'
# In this order: SpamAssassin charges a whole point for a style that begins with `display:none`.
HIDDEN = "font-size:1px;line-height:1px;max-height:0;max-width:0;opacity:0;overflow:hidden;mso-hide:all;display:none"
PICTURES = {"src", "background-url"}


@dataclass(frozen=True)
class Sheet:
    """What goes around a letter: the footers, the text part's head, and which kind of letter it is."""

    kind: str  # "lesson" or "system"
    footer: str
    text_head: str
    text_foot: str


def lesson_sheet() -> Sheet:
    """Around every lesson: why it came, who sends it, and the way out."""
    return Sheet(
        "lesson",
        template_text("lesson/footer.mjml"),
        template_text("lesson/head.txt"),
        template_text("lesson/footer.txt"),
    )


def typeset(source: Source, look: Look, sheet: Sheet | None = None, text: str | None = None) -> Compiled:
    """The compilation of a source. `text` is a text part that was written by hand.

    Raises Unpublishable with every error that forbids it.
    """
    sheet = sheet or lesson_sheet()
    theme = load_theme(look.theme)
    settings = theme.chosen(look.settings)
    frame = (theme.layout, *settings.values(), look.course_title, sheet.footer, sheet.text_head, sheet.text_foot)
    manuscript = read_source(source, *frame, text or "")
    errors = [problem for problem in manuscript.problems if problem.severity == "error"]
    if errors:
        raise Unpublishable(*errors)
    vault = manuscript.vault
    values = {"settings": settings, "course_title": vault.literal(look.course_title), "kind": sheet.kind}
    document = manuscript.document
    if document is None:
        document = _in_layout(manuscript, theme.layout, sheet, values)
    elif not _can_leave(document, vault):
        _append_footer(document, vault.protect(sheet.footer, Place()))
    _use_media(document, source)
    inline_styles(document)
    compiled = Compiled(
        subject=vault.restore(manuscript.subject),
        html=_html(document, manuscript, source.language),
        text=text if text is not None else _text(manuscript, sheet, look.course_title),
        links=tuple(_links(manuscript)),
        compiler=COMPILER,
    )
    _try_out(compiled)
    return compiled


def _in_layout(manuscript: Manuscript, layout: str, sheet: Sheet, values: Mapping[str, object]) -> Node:
    vault = manuscript.vault
    text = pressed(layout).render(values, title=manuscript.subject)
    page = Reader(vault.protect(text, Place()), Place()).read()
    footer = Reader(vault.protect(sheet.footer, Place()), Place()).read()
    for node in page.elements():
        node.children = [
            piece
            for child in node.children
            for piece in _filled(child, {"mt-body": manuscript.tree, "mt-footer": footer})
        ]
    return next(node for node in page.elements() if node.name == "mjml")


def _filled(child: Node | Text, parts: dict[str, Node]) -> list[Node | Text]:
    return parts[child.name].children if isinstance(child, Node) and child.name in parts else [child]


def _can_leave(document: Node, vault: Vault) -> bool:
    words = (attribute.value for node in document.elements() for attribute in node.attributes)
    return any("links.unsubscribe" in tag.inside for word in words for tag in vault.tags_in(word))


def _append_footer(document: Node, footer: str) -> None:
    body = next((node for node in document.elements() if node.name == "mj-body"), None)
    if body is not None:
        body.children += Reader(footer, Place()).read().children


def _use_media(document: Node, source: Source) -> None:
    for node in document.elements():
        for attribute in node.attributes:
            if attribute.name in PICTURES:
                attribute.value = source.media.get(attribute.value, attribute.value)


def _html(document: Node, manuscript: Manuscript, language: str) -> str:
    vault = manuscript.vault
    _put_head(document, manuscript.subject, language)
    clear = normal_form(document, vault)
    try:
        made = mjml2html(clear, fonts={}, disable_comments=False)
    except BaseException as error:  # MRML panics with an exception that is no Exception
        raise Unpublishable(Problem(f"MJML cannot be made into HTML: {str(error)[:200]}")) from None
    preheader = f'<div style="{HIDDEN}">{html.escape(manuscript.preview)}</div>' if manuscript.preview.strip() else ""
    made = re.sub(r"<body\b[^>]*>", lambda match: match[0] + preheader, made, count=1)
    made = vault.restore(made.replace("</title>", f"</title>{SCHEMES}", 1))
    if len(made.encode()) > HEAVIEST:
        size = len(made.encode()) // 1024
        raise Unpublishable(Problem(f"The letter takes {size} KiB; Gmail cuts off what is longer than 100."))
    return made


def _put_head(document: Node, title: str, language: str) -> None:
    """The title is the subject and the language the course's, whatever the author's document says."""
    place = document.place
    document.attributes = [each for each in document.attributes if each.name not in {"lang", "dir"}]
    document.attributes += [Attribute("lang", language, place), Attribute("dir", "auto", place)]
    head = next((node for node in document.children if isinstance(node, Node) and node.name == "mj-head"), None)
    if head is None:
        head = Node("mj-head", place)
        document.children.insert(0, head)
    left_out = {"mj-title", "mj-preview", "mj-font"}
    head.children = [child for child in head.children if not (isinstance(child, Node) and child.name in left_out)]
    head.children.insert(0, Node("mj-title", place, [], [Text(html.escape(title), place)]))


def _text(manuscript: Manuscript, sheet: Sheet, course_title: str) -> str:
    vault = manuscript.vault
    paper = Paper(vault)
    if manuscript.blocks:
        paper.heading(manuscript.subject, Margin(), "=")
        write_markdown(manuscript.blocks, paper)
    else:
        write_mjml(manuscript.tree, paper)
    head = sheet.text_head.replace("[[ course_title ]]", vault.literal(course_title))
    body = vault.restore(head + paper.text())
    leaves = manuscript.document is not None and "links.unsubscribe" in body
    return body if leaves else f"{body}\n{sheet.text_foot}"


def _links(manuscript: Manuscript) -> Iterator[str]:
    """Every https address that the author's text leads to, once, in order."""
    seen: set[str] = set()
    for node in manuscript.tree.elements():
        href = manuscript.vault.restore(node.get("href") or "")
        if href.startswith(("https://", "http://")) and href not in seen:
            seen.add(href)
            yield href


def _try_out(compiled: Compiled) -> None:
    """A letter that cannot be personalised is found now, not while it is sent."""
    full = sample_values()
    empty = {
        group: {name: "" if isinstance(value, str) else value for name, value in fields.items()}
        for group, fields in full.items()
    }
    for values in (full, empty):
        try:
            render(compiled, values)
        except (Unrenderable, TemplateError) as error:
            raise Unpublishable(Problem(f"The letter cannot be personalised: {error}")) from error
