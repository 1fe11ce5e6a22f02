"""Where mail for a domain goes, and what a sending host is called."""

import pytest

from emails.doctor.asking import Resolver
from emails.doctor.findings import Finding, Verdict
from emails.doctor.hosts import judge_mx, judge_names
from emails.testing.nameserver import NameServer

HOST = "mail.a.org A 192.0.2.1"
NAMED = "1.2.0.192.in-addr.arpa PTR mail.a.org."


def mx(*lines: str) -> Finding:
    with NameServer(*lines) as server:
        return judge_mx("a.org", "bounces", Resolver([server.address], 5.0))


def names(*lines: str, sending=("192.0.2.1",), greeting: str = "mail.a.org", certain: bool = True) -> Finding:
    with NameServer(*lines) as server:
        return judge_names(sending, greeting, Resolver([server.address], 5.0), certain=certain)


def test_servers_are_named_in_their_order():
    finding = mx("a.org MX 20 back.a.org.", "a.org MX 5 mail.a.org.", HOST, "back.a.org AAAA 2001:db8::2")
    assert finding == Finding("mx", Verdict.PASS, "Bounces go to mail.a.org, back.a.org.", "a.org")


@pytest.mark.parametrize(
    ("lines", "verdict", "words"),
    [
        ([], Verdict.FAIL, "no such domain"),
        (['a.org TXT "x"'], Verdict.FAIL, "neither MX nor address"),
        (["a.org A 192.0.2.1"], Verdict.WARN, "no MX record"),
        (["a.org MX 0 ."], Verdict.FAIL, "takes no mail"),
        (["a.org MX 5 gone.a.org."], Verdict.FAIL, "gone.a.org, which has no address"),
        (["a.org MX 5 192.0.2.1."], Verdict.FAIL, "names an address"),
        (["a.org SERVFAIL"], Verdict.WARN, "Could not be asked"),
        (["a.org MX 5 mail.a.org.", "mail.a.org SERVFAIL"], Verdict.WARN, "Could not be asked"),
    ],
)
def test_where_mail_cannot_arrive(lines: list[str], verdict: Verdict, words: str):
    finding = mx(*lines)
    assert (finding.verdict, words in finding.line) == (verdict, True), finding.line


def test_an_address_and_its_name_lead_to_each_other():
    six = "2001:db8::1"
    where = ".".join("20010db8000000000000000000000001"[::-1]) + ".ip6.arpa"
    lines = [HOST, NAMED, f"mail.a.org AAAA {six}", f"{where} PTR mail.a.org."]
    assert names(*lines, sending=("192.0.2.1", six)).verdict is Verdict.PASS


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ([HOST], "sets a PTR at 1.2.0.192.in-addr.arpa"),
        (["1.2.0.192.in-addr.arpa PTR other.a.org.", "other.a.org A 192.0.2.9", HOST], "does not lead back"),
        (["1.2.0.192.in-addr.arpa PTR gone.a.org.", HOST], "does not lead back"),
    ],
)
def test_a_sender_without_a_name_fails_and_a_relay_that_may_send_elsewhere_warns(lines: list[str], words: str):
    ours, relay = names(*lines), names(*lines, certain=False)
    assert (ours.verdict, relay.verdict) == (Verdict.FAIL, Verdict.WARN)
    assert words in ours.line and words in relay.line


@pytest.mark.parametrize(
    ("greeting", "words"),
    [
        ("localhost", "no full name"),
        ("[192.0.2.1]", "no full name"),
        ("gone.a.org", "has no address"),
        ("b.org", "leads elsewhere"),
    ],
)
def test_what_a_server_calls_itself_should_be_its_name(greeting: str, words: str):
    finding = names(HOST, NAMED, "b.org A 192.0.2.77", greeting=greeting)
    assert finding.verdict is Verdict.WARN and words in finding.line


def test_no_greeting_is_no_fault_and_no_address_is_no_pass():
    assert names(HOST, NAMED, greeting="").verdict is Verdict.PASS
    finding = names(sending=())
    assert finding.verdict is Verdict.WARN and "--sent-from" in finding.line


def test_no_answer_is_no_pass():
    finding = names("1.2.0.192.in-addr.arpa SERVFAIL", HOST)
    assert finding.verdict is Verdict.WARN and "Could not be asked" in finding.line
