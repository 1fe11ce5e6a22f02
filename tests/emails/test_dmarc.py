"""DMARC by the tree walk of RFC 9989, asked of a real name server."""

import pytest

from emails.doctor.alignment import judge_alignment
from emails.doctor.asking import Resolver, Unanswered
from emails.doctor.dmarc import judge_dmarc
from emails.doctor.findings import Finding, Verdict
from emails.doctor.policies import walk_up
from emails.testing.nameserver import NameServer

SOUND = "v=DMARC1; p=reject; rua=mailto:reports@a.org"


def at(domain: str, text: str = SOUND) -> str:
    return f'_dmarc.{domain} TXT "{text}"'


def judged(*lines: str, domain: str = "a.org", seconds: float = 5.0) -> Finding:
    with NameServer(*lines) as server:
        return judge_dmarc(domain, Resolver([server.address], seconds))


def organisation(domain: str, *lines: str) -> str:
    with NameServer(*lines) as server:
        return walk_up(domain, Resolver([server.address], 5.0)).organisation


def aligned(*lines: str, path: str = "a.org", signing: str | None = "a.org", domain: str = "a.org") -> Finding:
    with NameServer(*lines) as server:
        return judge_alignment(domain, path, signing, Resolver([server.address], 5.0))


def test_a_record_of_one_s_own_passes():
    assert judged(at("a.org")) == Finding("dmarc", Verdict.PASS, "p=reject at _dmarc.a.org.", "a.org")


def test_none_at_all_fails_with_the_record_to_publish():
    finding = judged("a.org A 192.0.2.1", domain="news.a.org")
    assert finding.verdict is Verdict.FAIL and finding.record is not None
    assert str(finding.record) == '_dmarc.news.a.org. TXT "v=DMARC1; p=none; rua=mailto:postmaster@news.a.org"'


@pytest.mark.parametrize("misbehaviour", ["SERVFAIL", "SILENCE"])
@pytest.mark.parametrize("domain", ["a.org", "org"])
def test_a_gap_in_the_walk_is_no_pass_and_no_accusation(misbehaviour: str, domain: str):
    lines = [] if domain == "a.org" else [at("a.org")]
    finding = judged(f"_dmarc.{domain} {misbehaviour}", *lines, seconds=0.4)
    assert finding.verdict is Verdict.WARN and "Could not be asked" in finding.line


@pytest.mark.parametrize(
    ("tags", "exists", "wanted"),
    [
        ("p=reject", True, "reject for a subdomain,"),
        ("p=reject; sp=quarantine", True, "quarantine for a subdomain,"),
        ("p=reject; sp=quarantine; np=none", True, "quarantine for a subdomain,"),
        ("p=reject; sp=quarantine; np=none", False, "none for a subdomain that does not exist,"),
        ("p=reject; sp=quarantine", False, "quarantine for a subdomain that does not exist,"),
        ("p=reject", False, "reject for a subdomain that does not exist,"),
    ],
)
def test_a_subdomain_goes_by_its_organisation(tags: str, exists: bool, wanted: str):
    there = ["news.a.org A 192.0.2.1"] if exists else []
    finding = judged(at("a.org", f"v=DMARC1; {tags}; rua=mailto:r@a.org"), *there, domain="news.a.org")
    assert finding.verdict is Verdict.PASS and finding.line == f"{wanted} from _dmarc.a.org."


@pytest.mark.parametrize(
    ("domain", "lines", "expected"),
    [
        ("a.mail.a.org", [at("mail.a.org"), at("a.org")], "a.org"),
        ("a.mail.a.org", [at("mail.a.org", f"{SOUND}; psd=n"), at("a.org")], "mail.a.org"),
        ("a.mail.a.org", [at("org", "v=DMARC1; p=none; psd=y")], "a.org"),
        ("a.mail.a.org", [at("a.org", f"{SOUND}; psd=y")], "mail.a.org"),
        ("a.org", [at("a.org", f"{SOUND}; psd=y"), at("org")], "a.org"),
        ("a.mail.a.org", [], "a.mail.a.org"),
        ("mail.a.org", [at("mail.a.org"), at("a.org"), at("a.org", "v=DMARC1; p=none")], "mail.a.org"),
        ("mail.a.org", [at("mail.a.org"), at("a.org", "v=DMARC1; p=none; p=none")], "mail.a.org"),
        ("mail.a.org", [at("mail.a.org"), at("org", "v=dmarc1; p=none; psd=y")], "mail.a.org"),
        ("co.uk", [at("co.uk", "v=DMARC1; p=none; psd=y")], "co.uk"),
    ],
)
def test_the_organisation_is_found_by_walking_up(domain: str, lines: list[str], expected: str):
    assert organisation(domain, *lines) == expected


def test_a_long_name_costs_eight_questions():
    with NameServer() as server:
        walk_up("a.b.c.d.e.f.g.h.i.j.mail.example.com", Resolver([server.address], 5.0))
        asked = [name.removeprefix("_dmarc.") for name, _ in server.asked]
    whole = "a.b.c.d.e.f.g.h.i.j.mail.example.com"
    assert asked[:2] == [whole, "g.h.i.j.mail.example.com"]
    assert asked[-1] == "com" and len(asked) == 8


def test_a_public_suffix_speaks_where_nobody_else_does():
    finding = judged(
        at("org", "v=DMARC1; p=reject; sp=quarantine; np=reject; psd=y; rua=mailto:x@org"), "a.org A 192.0.2.1"
    )
    assert finding.verdict is Verdict.PASS and finding.line == "quarantine for a subdomain, from _dmarc.org."


def test_several_records_count_as_none_but_other_text_does_not_disturb():
    two = judged(at("a.org"), at("a.org", "v=DMARC1; p=none"))
    assert two.verdict is Verdict.FAIL and "2 DMARC records" in two.line
    assert judged(at("a.org"), at("a.org", "v=spf1 -all"), at("a.org", "v=DMARC10; p=x")).verdict is Verdict.PASS


@pytest.mark.parametrize(
    ("text", "verdict", "words"),
    [
        ("v=DMARC1; p=reject; rua=mailto:r@a.org; p=none", Verdict.FAIL, "p= stands twice"),
        ("v=DMARC1; p=reject; quarantine", Verdict.FAIL, "'quarantine' is no tag"),
        ("v=DMARC1; p=monitor", Verdict.FAIL, "pass over the whole record"),
        ("v=DMARC1; p=monitor; rua=mailto:r@a.org", Verdict.WARN, "count it as p=none"),
        ("v=DMARC1; p=reject; sp=block; rua=mailto:r@a.org", Verdict.WARN, "sp=block"),
        ("v=DMARC1; rua=mailto:r@a.org", Verdict.WARN, "has no p="),
        ("v=DMARC1; p=none", Verdict.WARN, "Nobody gets its reports"),
        ("v=DMARC1; p=none; rua=r@a.org", Verdict.WARN, "Nobody gets its reports"),
        ("v=DMARC1; p=reject", Verdict.PASS, "Nobody gets its reports"),
        ("v=DMARC1; p=none; rua=mailto:r@a.org", Verdict.PASS, "p=none at _dmarc.a.org"),
        ("v=DMARC1; p=reject; t=y; rua=mailto:r@a.org", Verdict.WARN, "t=y"),
        ("v=DMARC1; p=reject; psd=y; rua=mailto:r@a.org", Verdict.WARN, "public suffix"),
        ("v=DMARC1; p=reject; adkim=strict; rua=mailto:r@a.org", Verdict.WARN, "adkim=strict"),
        ("v=DMARC1; p=reject; pct=20; ri=60; rua=mailto:r@a.org!10m", Verdict.PASS, "pct=, ri= means nothing"),
        ("v = DMARC1 ;p = reject; rua=mailto:r@a.org , mailto:s@a.org;;", Verdict.PASS, "p=reject"),
    ],
)
def test_what_a_record_says_is_weighed(text: str, verdict: Verdict, words: str):
    finding = judged(at("a.org", text))
    assert (finding.verdict, words in finding.line) == (verdict, True), finding.line


def test_reports_to_strangers_need_their_word():
    asks = at("a.org", "v=DMARC1; p=reject; rua=mailto:r@reports.b.org,https://c.org/x")
    silent = judged(asks)
    assert silent.verdict is Verdict.WARN and "a.org._report._dmarc.reports.b.org" in silent.line
    assert judged(asks, 'a.org._report._dmarc.reports.b.org TXT "v=DMARC1;"').verdict is Verdict.PASS


def test_reports_within_the_house_need_no_word():
    assert judged(at("a.org", "v=DMARC1; p=reject; rua=mailto:r@mail.a.org")).verdict is Verdict.PASS


@pytest.mark.parametrize(
    ("path", "signing", "tags", "verdict", "words"),
    [
        ("a.org", "a.org", "", Verdict.PASS, "in line with the return path (a.org) and with DKIM's d= (a.org)"),
        ("bounces.a.org", "mail.a.org", "", Verdict.PASS, "in line with"),
        ("bounces.a.org", "a.org", "aspf=s", Verdict.WARN, "MEANTIME_BOUNCE_DOMAIN"),
        ("a.org", "mail.a.org", "adkim=s", Verdict.WARN, "not with DKIM's d= (mail.a.org)"),
        ("bounces.a.org", "mail.a.org", "adkim=s; aspf=s", Verdict.FAIL, "all mail fails DMARC"),
        ("b.org", "a.org", "", Verdict.WARN, "not with the return path (b.org)"),
        ("b.org", "c.org", "", Verdict.FAIL, "in line with neither"),
        ("a.org", None, "", Verdict.WARN, "Sign, so that forwarded mail passes too"),
        ("b.org", None, "", Verdict.FAIL, "all mail fails DMARC"),
    ],
)
def test_from_is_held_against_both(path: str, signing: str | None, tags: str, verdict: Verdict, words: str):
    finding = aligned(at("a.org", f"{SOUND}; {tags}"), path=path, signing=signing)
    assert (finding.verdict, words in finding.line) == (verdict, True), finding.line


def test_without_records_only_the_same_domain_is_in_line():
    assert aligned(path="bounces.a.org").verdict is Verdict.WARN
    assert aligned().verdict is Verdict.PASS


def test_alignment_that_could_not_be_asked_is_no_pass():
    finding = aligned("_dmarc.org SERVFAIL", at("a.org"), path="bounces.a.org")
    assert finding.verdict is Verdict.WARN and "Could not be asked" in finding.line
    with NameServer("_dmarc.org SERVFAIL") as server, pytest.raises(Unanswered):
        walk_up("a.org", Resolver([server.address], 5.0))
