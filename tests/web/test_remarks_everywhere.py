"""Every broken source that the linter is tried on, once more as authors meet it: `meantime course check` on a folder
of them, and the desk's editor while one of them is written. The place is that of the file, or of the box."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path

import pytest

from course.clock import open_clock
from course.database import Database
from course.editions import Author, find_course, replace_draft
from course.folder.parsing import parse_lesson
from course.settings import Settings
from tests.emails import test_remarks_structure as structure
from tests.emails import test_remarks_tags as tags
from tests.emails import test_remarks_values as values
from tests.emails import test_remarks_whole as whole
from tests.web.desk import COURSE, AtTheDesk
from tests.web.folders import Command, write
from tests.web.sample import source

IN_A_COLUMN = "<mj-section>\n  <mj-column>\n{}\n  </mj-column>\n</mj-section>"
KINDS = {
    "elements": structure.ELEMENTS,
    "attributes": structure.ATTRIBUTES,
    "nesting": structure.NESTING,
    "closing": structure.CLOSING,
    "values": values.VALUES,
    "alt": values.ALT,
    "links": values.LINKS,
    "contrast": values.CONTRAST,
    "unclosed": [(f"<mj-text>{inside}</mj-text>", remark) for inside, remark in tags.UNCLOSED],
    "variables": [(f"<mj-text>{inside}</mj-text>", remark) for inside, remark in tags.VARIABLES],
}
FRONT = """\
---
id: {}
# A line that nobody reads.
subject: Your own weather
preview: A preview line that is long enough to be a good one.
status: published
wait: 1 day
---

"""
ABOVE = FRONT.count("\n")


@dataclass(frozen=True)
class Row:
    """A broken body, and its remark: the line counted in the body, and the beginning of the sentence."""

    body: str
    line: int
    column: int
    sentence: str


def rows() -> Iterator[Row]:
    for table in KINDS.values():
        for inside, remark in table:
            yield _row(IN_A_COLUMN.replace("{}", inside), remark)
    for inside in whole.WITHOUT_A_WAY_OUT:
        yield _row(whole.document(inside).lstrip("\n"), "1:1: This document has no link for leaving the course;")
    for piece in whole.HEAVY:
        yield _row(whole.heavy(piece), "3:3: The letter takes ")


def _row(body: str, remark: str) -> Row:
    line, column, sentence = remark.split(":", 2)
    return Row(body, int(line), int(column), sentence.strip().partition(" (")[0])


ROWS = {f"row{number}": row for number, row in enumerate(rows(), 1)}


@pytest.mark.parametrize("kind", [*KINDS, "way out", "size"])
def test_there_are_a_dozen_of_each_kind(kind: str):
    table = KINDS.get(kind) or {"way out": whole.WITHOUT_A_WAY_OUT, "size": whole.HEAVY}[kind]
    assert len({str(each) for each in table}) >= 12


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_folder_of_broken_lessons_is_told_each_mistake_in_its_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, database_url: str
):
    folder = write(tmp_path / "tea", kettle="0 days")
    for key, row in ROWS.items():
        (folder / f"{key}.mjml").write_text(FRONT.replace("{}", key) + row.body, "utf-8", newline="")
    said = Command(monkeypatch, tmp_path, database_url).run("course", "check", folder).output
    missing = [
        f"{key}.mjml:{row.line + ABOVE}:{row.column}: {row.sentence}"
        for key, row in ROWS.items()
        if f"{key}.mjml:{row.line + ABOVE}:{row.column}: {row.sentence}" not in said
    ]
    assert missing == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_whoever_writes_one_at_the_desk_sees_the_mistake_at_its_line(
    ana: AtTheDesk, database: Database, settings: Settings
):
    author = Author("Ana", open_clock(settings.state_dir, development=True).now())
    with database.writing() as session:
        mine = source()
        raw = parse_lesson(FRONT.replace("{}", "raw") + "<mj-section></mj-section>", "05-raw.mjml")
        folder = type(mine)(**{**vars(mine), "lessons": (*mine.lessons, raw)})
        replace_draft(session, find_course(session, "slow-bread"), folder, author)
    page = f"{COURSE}/lessons/raw"
    fields = ana.fields(page, page)
    missing = [
        row
        for row in ROWS.values()
        if (row.line, row.column, row.sentence)
        not in _shown(ana.browser.post(f"{page}/remarks", data=fields | {"body": row.body}).text, row)
    ]
    assert missing == []


def _shown(piece: str, row: Row) -> set[tuple[int, int, str]]:
    """The remarks of a page's piece, each cut to the length of the sentence that is looked for."""
    found = re.findall(r'data-line="(\d+)" data-column="(\d+)">.*?<span>(.*?)</span>', piece, re.DOTALL)
    plain = ((line, column, unescape(re.sub(r"<code>|</code>", "`", text))) for line, column, text in found)
    return {(int(line), int(column), text[: len(row.sentence)]) for line, column, text in plain}
