"""One source and one look become one compilation. Runs in the guarded child of `emails.compile`.

Markdown → sections ┐
MJML sections ──────┴→ theme's layout ┐
a whole <mjml> document ──────────────┴→ pictures, styles → normal form → MRML → finish → tags back
"""

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from importlib.metadata import version

from jinja2 import TemplateError
from mjml import mjml2html

from course.errors import Problem
from emails.dress import dress
from emails.errors import Unpublishable, Unrenderable
from emails.inlining import take_sheets, write_styles
from emails.layout import fill, press
from emails.letter import Compiled, Look, Source
from emails.lint import Manuscript, leads_to, read_source
from emails.mending import mend, mend_html
from emails.mirror import lead_from_the_right, mirror
from emails.mjml import Attribute, Node, Text, inner_html, normal_form, text_of
from emails.parsing import Reader
from emails.places import Place
from emails.plain import PROSE, Margin, Paper, write_markdown, write_mjml
from emails.render import OUTPUT_LIMIT, render
from emails.sandbox import sample_values
from emails.sheets import TITLE, Sheet, lesson_sheet
from emails.styles import inline_styles
from emails.tags import Vault, bare_tags
from emails.theme import load_theme, template_text
from emails.widths import settle_widths
from emails.words import direction
from emails.wrappers import take_out

COMPILER = f"meantime-1/mrml-{version('mjml-python')}"
KIB = 1024
HEAVY = 80 * KIB  # octets of HTML, of which Gmail cuts off what is beyond 102 KiB
HEAVIEST = 100 * KIB
# In this order: SpamAssassin charges a whole point for a style that begins with `display:none`.
HIDDEN = "font-size:1px;line-height:1px;max-height:0;max-width:0;opacity:0;overflow:hidden;mso-hide:all;display:none"
# How the footer looks in a document that knows nothing of our themes' classes.
SMALL = {"padding": "0 40px", "font-size": "14px", "line-height": "1.6", "color": "#5b5f6b"}
PICTURES = {"src", "background-url"}


def typeset(source: Source, look: Look, sheet: Sheet | None = None, text: str | None = None) -> Compiled:
    """The compilation of a source. `text` is a text part that was written by hand.

    Raises Unpublishable with every error that forbids it.
    """
    sheet = sheet or lesson_sheet(source.language)
    theme = load_theme(look.theme, look.own_themes)
    settings = theme.chosen(look.settings)
    frame = (theme.layout, *settings.values(), look.course_title, sheet.footer, sheet.text_head, sheet.text_foot)
    manuscript = read_source(source, *frame, text or "", source.asks)
    errors = [problem for problem in manuscript.problems if problem.severity == "error"]
    if errors:
        raise Unpublishable(*errors)
    asks = _asks(manuscript, source)
    # Before the document gets what it lacks: the text part has its own.
    if source.alone and manuscript.document:
        sheet = replace(sheet, text_head="", text_foot="")
    text = text if text is not None else _text(manuscript, asks, sheet, look.course_title)
    document = manuscript.document
    if document is None:
        document = _in_layout(manuscript, asks, sheet, press(theme, settings, _values(manuscript, look, sheet)))
    elif not source.alone:
        _complete(document, asks, sheet, manuscript.vault)
    if direction(source.language) == "rtl" and not source.alone:
        lead_from_the_right(document)
    _use_media(document, source)
    if document is not manuscript.document:
        inline_styles(document)
    html = _html(document, manuscript, source)
    compiled = Compiled(
        subject=manuscript.vault.restore(manuscript.subject),
        html=html,
        text=text,
        links=tuple(_links(manuscript)),
        compiler=COMPILER,
        warnings=tuple(_weighed(html, manuscript, source)),
    )
    if not source.alone:
        _try_out(compiled)
    return compiled


def _values(manuscript: Manuscript, look: Look, sheet: Sheet) -> dict[str, object]:
    title = manuscript.vault.literal(look.course_title)
    return {**sheet.words.for_layouts(), "course_title": title, "kind": sheet.kind, "title": manuscript.subject}


def _asks(manuscript: Manuscript, source: Source) -> str:
    """The label of the button that says "done", unless the author's text has such a link itself."""
    if not source.asks.strip() or leads_to(manuscript.tree, manuscript.vault, "links.done"):
        return ""
    return manuscript.vault.literal(" ".join(source.asks.split()))


def _in_layout(manuscript: Manuscript, asks: str, sheet: Sheet, layout: str) -> Node:
    vault = manuscript.vault
    page = _part(layout, vault)
    if direction(sheet.words.wanted) == "rtl":
        mirror(page)
    body = Node("", Place(), [], list(manuscript.tree.children))
    if not manuscript.blocks:
        dress(body)
    if asks:
        body.children += _part(_button(asks), vault).children
    fill(page, {"mt-body": body, "mt-footer": _part(sheet.footer, vault)})
    return next(node for node in page.components() if node.name == "mjml")


def _complete(document: Node, asks: str, sheet: Sheet, vault: Vault) -> None:
    """A whole document keeps its own look, and gets at its end what it must not lack."""
    body = next(node for node in document.components() if node.name == "mj-body")
    if asks:
        body.children += _part(_button(asks), vault).children
    if not leads_to(document, vault, "links.unsubscribe"):
        footer = _part(sheet.footer, vault)
        for node in footer.elements():
            if node.name == "mj-text":
                node.attributes += [Attribute(name, value, node.place) for name, value in SMALL.items()]
        body.children += footer.children


def _button(asks: str) -> str:
    return template_text("lesson/asks.mjml").replace("[[ asks ]]", html.escape(asks))


def _part(text: str, vault: Vault) -> Node:
    return Reader(vault.protect(text, Place()), Place()).read()


def _use_media(document: Node, source: Source) -> None:
    """Addresses for the course's pictures, and an empty description where there is none, lest the address be read."""
    for node in document.elements():
        if node.name == "img" and node.get("alt") is None and not source.alone:
            node.attributes.append(Attribute("alt", "", node.place))
        for attribute in node.attributes:
            if attribute.name in PICTURES:
                attribute.value = source.media.get(attribute.value, attribute.value)


def _html(document: Node, manuscript: Manuscript, source: Source) -> str:
    vault = manuscript.vault
    _put_head(document, manuscript.subject, source)
    mend(document)
    settle_widths(document)
    sheet = take_sheets(document) if document is manuscript.document else ""
    clear = normal_form(document, vault)
    try:
        made = mjml2html(clear, fonts={}, disable_comments=False)
    except BaseException as error:  # MRML panics with an exception that is no Exception
        raise Unpublishable(Problem(f"MJML cannot be made into HTML: {str(error)[:200]}")) from None
    preheader = f'<div style="{HIDDEN}">{html.escape(manuscript.preview)}</div>' if manuscript.preview.strip() else ""
    made = mend_html(take_out(made, vault), document)
    made = re.sub(r"<body\b[^>]*>", lambda match: match[0] + preheader, made, count=1)
    made = write_styles(vault.unpack(made), sheet) if sheet else made
    return vault.restore(made.replace("</title>", f"</title>{_schemes(document)}", 1))


def _schemes(document: Node) -> str:
    """A document that says nothing of nights must not be given a dark page under its dark letters."""
    sheets = ("".join(text_of(node)) for node in document.components() if node.name == "mj-style")
    scheme = "light dark" if any("prefers-color-scheme" in sheet for sheet in sheets) else "light only"
    return "".join(f'<meta name="{name}" content="{scheme}">' for name in ("color-scheme", "supported-color-schemes"))


def _weighed(made: str, manuscript: Manuscript, source: Source) -> Iterator[Problem]:
    size = len(made.encode())
    hint = "its longest piece begins here"
    if size > HEAVIEST:
        message = f"The letter takes {size // KIB} KiB; Gmail cuts off what is longer than {HEAVIEST // KIB}."
        problem = _longest_piece(manuscript, source).problem(message, hint, warning=source.alone)
        if not source.alone:
            raise Unpublishable(problem)
        yield problem
    elif size > HEAVY:
        message = f"The letter takes {size // KIB} KiB; from {HEAVIEST // KIB} on Gmail cuts it off."
        yield _longest_piece(manuscript, source).problem(message, hint, warning=True)


def _longest_piece(manuscript: Manuscript, source: Source) -> Place:
    """Where the longest paragraph of Markdown stands, or the longest element of MJML with words in it."""
    if manuscript.blocks:
        tokens = (token for block in manuscript.blocks for token in block.tokens if token.map and token.content)
        longest = max(tokens, key=lambda token: len(token.content), default=None)
        return Place(source.first_line + (longest.map[0] if longest and longest.map else 0))
    written = (node for node in manuscript.tree.components() if node.name in PROSE)
    return max(written, key=lambda node: len(inner_html(node)), default=manuscript.tree).place


def _put_head(document: Node, title: str, source: Source) -> None:
    """The title is the subject and the language the course's, unless the document stands alone and says its own."""
    place = document.place
    language = (document.get("lang") if source.alone else "") or source.language
    document.attributes = [each for each in document.attributes if each.name not in {"lang", "dir"}]
    document.attributes += [Attribute("lang", language, place), Attribute("dir", direction(language), place)]
    head = next((node for node in document.children if isinstance(node, Node) and node.name == "mj-head"), None)
    if head is None:
        head = Node("mj-head", place)
        document.children.insert(0, head)
    left_out = {"mj-font"} if source.alone else {"mj-title", "mj-preview", "mj-font"}
    head.children = [child for child in head.children if not (isinstance(child, Node) and child.name in left_out)]
    if not any(isinstance(child, Node) and child.name == "mj-title" for child in head.children):
        head.children.insert(0, Node("mj-title", place, [], [Text(html.escape(title), place)]))


def _text(manuscript: Manuscript, asks: str, sheet: Sheet, course_title: str) -> str:
    vault = manuscript.vault
    paper = Paper(vault, sheet.words.sentences["lesson"]["footnote"])
    if manuscript.blocks:
        paper.heading(manuscript.subject, Margin(), "=")
        write_markdown(manuscript.blocks, paper)
    else:
        write_mjml(manuscript.tree, paper)
    if asks:
        paper.block(f"{asks}:\n{vault.protect('{{ links.done }}', Place())}")
    head = sheet.text_head.replace(TITLE, vault.literal(course_title))
    body = vault.restore(head + paper.text())
    leaves = manuscript.document is not None and "links.unsubscribe" in body
    return body if leaves or not sheet.text_foot else f"{body}\n{sheet.text_foot}"


def _links(manuscript: Manuscript) -> Iterator[str]:
    """Every https address that the author's text leads to, once, in order."""
    seen: set[str] = set()
    for node in manuscript.tree.elements():
        if written := node.get("href"):
            href = manuscript.vault.restore(written)
            if href.startswith(("https://", "http://")) and href not in seen:
                seen.add(href)
                yield href


def _try_out(compiled: Compiled) -> None:
    """A letter that cannot be personalised is found now, not while it is sent.

    Only its tags can fail, so only they are tried: a template takes longer to read than all else here.
    """
    tags = replace(compiled, html=bare_tags(compiled.html), text=bare_tags(compiled.text))
    around = max(len(whole) - len(bare) for whole, bare in ((compiled.html, tags.html), (compiled.text, tags.text)))
    full = sample_values()
    empty = {
        group: {name: "" if isinstance(value, str) else value for name, value in fields.items()}
        for group, fields in full.items()
    }
    for values in (full, empty):
        try:
            render(tags, values, OUTPUT_LIMIT - around)
        except (Unrenderable, TemplateError) as error:
            raise Unpublishable(Problem(f"The letter cannot be personalised: {error}")) from error
