"""The linter: what an author must know before a lesson is published, each remark with its line.

The editor, `meantime course check` and publishing ask the same function.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from course.errors import Problem
from emails.contrast import check_contrast
from emails.directives import check_markdown
from emails.grammar import check_tags
from emails.letter import Source
from emails.manuscript import Original
from emails.markup import Block, blocks_of, name_callouts, to_mjml
from emails.mjml import Node
from emails.parsing import LONGEST, Reader
from emails.places import Place
from emails.structure import check_structure, check_withheld
from emails.tags import Vault
from emails.words import words_in

MOST = 100  # remarks; nobody reads more
SUBJECT_LONGEST = 150
PREVIEW = range(40, 111)
WHAT_TO_SAY = "write ![what it shows](address)"
ADDRESSES = {"href", "src", "background-url"}
SECURE = re.compile(r"https://[^\s/][^\s]*")
SCHEME = re.compile(r"\s*([A-Za-z][A-Za-z0-9+.-]*):")
DANGEROUS = re.compile(r"\s*(?:javascript|vbscript|data|file):", re.IGNORECASE)
PLAIN = re.compile(r"(?<![?&=/])http://(?!localhost\b|127\.0\.0\.1\b|\[::1\])\S*")
LOCAL = ("http://localhost", "http://127.0.0.1", "http://[::1]")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


@dataclass
class Manuscript:
    """A source as the compiler takes it: tags in the vault, the body as a tree of sections."""

    vault: Vault
    subject: str
    preview: str
    tree: Node
    blocks: list[Block]  # empty for a lesson in MJML
    problems: tuple[Problem, ...]

    @property
    def document(self) -> Node | None:
        """The `<mjml>` element, where the author wrote a whole document."""
        return next((node for node in self.tree.children if isinstance(node, Node) and node.name == "mjml"), None)


def lint(source: Source) -> tuple[Problem, ...]:
    """Every remark about a source: errors forbid publishing, warnings do not."""
    return read_source(source).problems


def read_source(source: Source, *other_texts: str) -> Manuscript:
    """The source as a manuscript, with every remark; `other_texts` join it later in the same letter."""
    vault = Vault(source.body, source.subject, source.preview, *other_texts)
    start = Place(source.first_line)
    if len(source.body) > LONGEST:
        return Manuscript(vault, "", "", Node("", start), [], (start.problem("The text is longer than 256 KiB."),))
    problems = list(_check_envelope(source))
    fields = []
    for part, text in (("subject", source.subject), ("preview line", source.preview)):
        mark = len(vault.tags())
        fields.append(vault.protect(CONTROL.sub("", text), Place(part=part)))
        problems += check_tags(vault.tags()[mark:])
    mark = len(vault.tags())
    body = source.body.replace("\r\n", "\n").replace("\r", "\n")
    protected = vault.protect(CONTROL.sub("", body), start, mjml=source.format == "mjml")
    problems += check_tags(vault.tags()[mark:], foreign=source.alone)
    blocks: list[Block] = []
    if source.format == "md":
        blocks = blocks_of(protected, vault)
        name_callouts(blocks, words_in(source.language).sentences["lesson"])
        remarks = check_markdown(protected, blocks, source.first_line)
        problems += (replace(each, message=vault.restore(each.message)) for each in remarks)
        # Its own text makes a tree that is sound; only raw MJML blocks and addresses can be wrong.
        protected = to_mjml(blocks)
    # Markdown paints nothing itself.
    painted = source.format == "mjml" or any(block.kind in {"mjml", "columns"} for block in blocks)
    tree, found = _read_tree(protected, vault, source, painted=painted)
    if blocks:
        original = Original(source, protected, blocks, vault.tags())
        found = [original.placed(remark) for remark in found]
    problems += [*found, *check_withheld(tree, alone=source.alone)]
    problems += [] if source.alone else _check_way_out(tree, vault)
    ordered = sorted(dict.fromkeys(problems), key=_rank)
    return Manuscript(vault, fields[0], fields[1], tree, blocks, tuple(ordered[:MOST]))


def _rank(problem: Problem) -> tuple[bool, int, int]:
    return problem.severity == "warning", problem.line or 0, problem.column or 0


def _check_envelope(source: Source) -> Iterator[Problem]:
    subject = Place(part="subject")
    if not source.subject.strip():
        yield subject.problem("it is empty.")
    if len(source.subject) > SUBJECT_LONGEST:
        yield subject.problem(f"it is longer than {SUBJECT_LONGEST} characters.")
    preview = Place(part="preview line")
    for part, text in ((subject, source.subject), (preview, source.preview)):
        if re.search(r"[\r\n]", text) or CONTROL.search(text) or "=?" in text:
            yield part.problem("it must be one line of plain text.")
    if source.preview.strip() == source.subject.strip():
        yield preview.problem("it says what the subject says.", "say what the letter holds", warning=True)
    elif source.format == "md" and len(source.preview) not in PREVIEW:
        yield preview.problem("it is best at 40 to 110 characters.", f"it has {len(source.preview)}", warning=True)
    if not source.body.strip():
        yield Place(source.first_line).problem("The letter is empty.")


def _read_tree(text: str, vault: Vault, source: Source, *, painted: bool) -> tuple[Node, list[Problem]]:
    reader = Reader(text, Place(source.first_line))
    tree = reader.read()
    problems = [
        *reader.problems,
        *check_structure(tree, vault, alone=source.alone),
        *(check_contrast(tree) if painted else ()),
        *_check_addresses(tree, vault, source),
    ]
    return tree, problems


def _check_way_out(tree: Node, vault: Vault) -> Iterator[Problem]:
    """A whole document may bring its own footer; if it does not, it gets ours."""
    document = next((node for node in tree.children if isinstance(node, Node) and node.name == "mjml"), None)
    if document and not leads_to(document, vault, "links.unsubscribe"):
        message = "This document has no link for leaving the course; a footer with one will be added."
        yield document.place.problem(message, 'or write <a href="{{ links.unsubscribe }}"> yourself', warning=True)


def leads_to(tree: Node, vault: Vault, link: str) -> bool:
    """Whether an attribute below `tree` holds the value `link`, such as "links.unsubscribe"."""
    words = (attribute.value for node in tree.elements() for attribute in node.attributes)
    return any(link in tag.inside for word in words for tag in vault.tags_in(word))


def _check_addresses(tree: Node, vault: Vault, source: Source) -> Iterator[Problem]:
    for node in tree.elements():
        for attribute in node.attributes:
            if attribute.name in ADDRESSES:
                message, hint = _address_problem(attribute.name, attribute.value, vault, source)
                if message:
                    harmless = source.alone and not DANGEROUS.match(attribute.value)
                    yield attribute.place.problem(message, hint, warning=harmless)
        if source.format == "md" and _made_of_markdown(node) and not (node.get("alt") or "").strip():
            shown = node.get("src") or "?"
            yield node.place.problem(f"The image `{shown}` has no description.", WHAT_TO_SAY, warning=True)


def _made_of_markdown(node: Node) -> bool:
    """Whether this is a picture of ours: what an author writes in MJML may say by alt="" that it only decorates."""
    if node.name == "mj-image":
        return node.get("css-class") == "mt-image"
    return node.name == "img" and node.get("width") is None


def _address_problem(name: str, value: str, vault: Vault, source: Source) -> tuple[str, str]:
    """A sentence and a hint about one address, or two empty strings."""
    value = value.strip()
    if not value:
        return f"`{name}` is empty.", "give it an address"
    shown = vault.restore(value)[:80]
    tags = vault.tags_in(value)
    if tags and vault.word.match(value):
        begins = tags[0].inside.startswith(("links.", "course.url", 'links["', "if "))
        if begins and (plain := PLAIN.search(value)):
            return f"`{vault.restore(plain[0])[:80]}` cannot be used in a mail.", "write https://"
        return ("", "") if begins else (f"`{shown}` cannot begin a link.", "begin it with https:// or a `links.` value")
    if (
        value in source.media
        or SECURE.fullmatch(value)
        or value.startswith(LOCAL)
        or (name == "href" and value[0] == "#")
    ):
        return "", ""
    scheme = SCHEME.match(value)
    if scheme is None or scheme[1].lower() == "https":
        return f"`{shown}` is no full address.", _full_address(name, value, source)
    if scheme[1].lower() in {"mailto", "tel", "sms"} and name == "href":
        return "", ""
    allowed = (
        "a mail can hold https, mailto and tel addresses" if name == "href" else "a picture needs an https address"
    )
    return f"`{shown}` cannot be used in a mail.", "write https://" if scheme[1].lower() == "http" else allowed


def _full_address(name: str, value: str, source: Source) -> str:
    if name == "href":
        return (
            f"write https://{value}"
            if value.startswith("www.")
            else "begin it with https://, and leave no spaces in it"
        )
    known = ", ".join(sorted(source.media)) or "none"
    return f"write https://…; pictures of this course: {known}"
