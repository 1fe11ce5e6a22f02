"""The report on a mail: every concern with a verdict, and a sentence about what to do."""

import json

import pytest

from course.database import Database
from course.editions import draft_lessons
from emails.compile import Compiler
from emails.proofs import report_on_lesson, sample_message
from emails.testing import lint_message
from emails.testing.report import Report, report_on
from emails.testing.spam import Score, spam_score
from tests.emails import posting
from tests.emails.posting import NOW, SETTINGS
from tests.emails.test_lint_message import GOOD, with_bytes, with_html, with_text

HOUSE = "Quiet Lane 4"
WELCOME = Score(-1.0, {"GOOD": -1.1, "SMALL": 0.1})


def verdicts(report: Report) -> dict[str, str]:
    return {check.name: check.verdict for check in report.checks if check.verdict != "PASS"}


def said(report: Report) -> str:
    return "\n".join(str(problem) for check in report.checks for problem in check.problems)


def test_a_real_lesson_gets_a_good_report(database: Database, compiler: Compiler):
    with database.writing() as session:
        edition = posting.publish(session, compiler).published
        assert edition is not None
        lesson = draft_lessons(edition)[0].source
        data = sample_message(compiler, edition, lesson, SETTINGS, NOW)
        assert lint_message(data) == ()
        report = report_on_lesson(compiler, edition, lesson, SETTINGS, NOW)
    # Nobody signs in this house; SpamAssassin may have its own mind about a lesson of one line.
    assert verdicts(report).keys() <= {"Signature", "SpamAssassin"}
    assert report.subject == "Ana, flour and water"


@pytest.mark.parametrize(
    ("data", "concern", "verdict"),
    [
        (with_bytes(rb"To: Ana", b"Bcc: x@example.com\r\nTo: Ana"), "Headers", "FAIL"),
        (with_bytes(rb"Precedence: bulk\r\n", b""), "One click to leave", "FAIL"),
        (with_bytes(rb"multipart/alternative", b"multipart/mixed"), "Two parts", "FAIL"),
        (with_html(' alt="A window"', ""), "HTML", "FAIL"),
        (with_html("Why the gaps", "W"), "Preview line", "PASS"),
        (with_html("<p>You get", '<p style="color: #aaaaaa">You get'), "Colours", "FAIL"),
        (with_text("\nhttps://example.org/read/1\n", "\n"), "Text part", "FAIL"),
    ],
)
def test_a_fault_is_told_under_its_own_heading(data: bytes, concern: str, verdict: str):
    found = {check.name: check.verdict for check in report_on(data, HOUSE, WELCOME).checks}
    assert found[concern] == verdict


def test_what_cannot_be_read_is_named_with_its_colours():
    faint = '<td style="background-color:#777777"><p style="color:#888888;font-size:14px">A small voice</p></td>'
    report = report_on(with_html("</tr>", f"{faint}</tr>"), HOUSE, WELCOME)
    assert "“A small voice” is hard to read: #888888 on #777777 has a contrast of 1.2 to 1." in said(report)
    hidden = faint.replace("color:#888888", "display:none;color:#888888")
    assert "hard to read" not in said(report_on(with_html("</tr>", f"{hidden}</tr>"), HOUSE, WELCOME))


def test_who_and_why_are_asked_of_both_parts():
    report = report_on(GOOD, HOUSE, WELCOME)
    assert "The text part does not hold the postal address." in said(report)
    assert "The HTML part does not hold the postal address." in said(report)
    assert "does not say in our words why it came" in said(report)
    assert verdicts(report)["Who and why"] == "FAIL"


def test_a_house_without_an_address_is_told_what_to_set():
    report = report_on(GOOD, "", WELCOME)
    assert verdicts(report)["Who and why"] == "WARN"
    assert "MEANTIME_POSTAL_ADDRESS" in said(report)


def test_a_mail_that_nobody_signs_is_worth_a_look():
    assert verdicts(report_on(GOOD, HOUSE, WELCOME))["Signature"] == "WARN"


@pytest.mark.parametrize(
    ("score", "verdict", "sentence"),
    [
        (None, "PASS", "apt-get install spamassassin"),
        (WELCOME, "PASS", "-1.0 points; 5 would be spam."),
        (Score(0.0, {}), "WARN", "0.0 points; good letters have -0.5 or less."),
        (Score(-0.6, {"HTML_TINY": 0.7}), "WARN", "HTML_TINY counts 0.7 against it."),
        (Score(6.0, {"AWFUL": 6.0}), "FAIL", "it would be taken for spam"),
    ],
)
def test_spamassassin_has_its_say(score: Score | None, verdict: str, sentence: str):
    check = report_on(GOOD, HOUSE, score).checks[-1]
    assert (check.name, check.verdict) == ("SpamAssassin", verdict)
    assert sentence in f"{check.says} {check.problems}"


def test_programs_can_read_it():
    told = json.loads(json.dumps(report_on(GOOD, HOUSE, WELCOME).as_json()))
    assert told["verdict"] == "FAIL"
    assert told["octets"] == len(GOOD)
    assert told["spamassassin"]["total"] == -1.0
    assert {check["verdict"] for check in told["checks"]} == {"PASS", "WARN", "FAIL"}


def test_what_is_no_message_at_all_gets_a_report_too():
    for data in (b"", b"\0", b"Subject: x\r\n\r\n" + b"=" * 2000, GOOD[:400]):
        assert report_on(data).verdict == "FAIL"


def test_where_spamassassin_does_not_answer_there_is_no_score(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("emails.testing.spam.PATH", "/nowhere")
    assert spam_score(GOOD) is None
    monkeypatch.setattr("emails.testing.spam.PATH", "/usr/bin:/bin")
    monkeypatch.setattr("emails.testing.spam.SECONDS", 0.001)
    assert spam_score(GOOD) is None
