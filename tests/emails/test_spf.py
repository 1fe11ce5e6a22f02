"""SPF records as receivers read them, asked of a real name server."""

import pytest

from emails.doctor.asking import Resolver
from emails.doctor.findings import Finding, Verdict
from emails.doctor.spf import Senders, judge_spf
from emails.doctor.spf_match import result_for
from emails.doctor.spf_terms import BadRecord, read_terms
from emails.testing.nameserver import NameServer

OURS = Senders(("mail.a.org",), ("192.0.2.1",), certain=True)
RELAY = Senders(("mail.a.org",), ("192.0.2.1",))
HOST = "mail.a.org A 192.0.2.1"


def judged(*lines: str, senders: Senders = OURS, seconds: float = 5.0) -> Finding:
    with NameServer(*lines) as server:
        return judge_spf("a.org", senders, Resolver([server.address], seconds))


def spf(text: str, domain: str = "a.org") -> str:
    return f'{domain} TXT "{text}"'


def test_a_sound_record_passes():
    included = spf("v=spf1 mx ~all", "b.org"), "b.org MX 5 m.b.org", "m.b.org A 192.0.2.9"
    finding = judged(spf("v=spf1 a:mail.a.org include:b.org -all"), HOST, *included)
    assert finding == Finding("spf", Verdict.PASS, "One record, 3 of 10 look-ups, covers 192.0.2.1.", "a.org")


def test_text_that_only_begins_like_a_record_is_none():
    finding = judged(spf("v=spf10 -all"), spf("google-site-verification=1"))
    assert (finding.verdict, str(finding.record)) == (Verdict.FAIL, 'a.org. TXT "v=spf1 ip4:192.0.2.1 ~all"')


@pytest.mark.parametrize(
    ("senders", "record"),
    [
        (RELAY, "v=spf1 a:mail.a.org ~all"),
        (
            Senders(("mail.a.org",), ("192.0.2.1", "2001:db8::1"), certain=True),
            "v=spf1 ip4:192.0.2.1 ip6:2001:db8::1 ~all",
        ),
        (Senders(("mail.a.org", "b.org"), ("192.0.2.1",)), "v=spf1 a:mail.a.org a:b.org ~all"),
        (Senders(), "v=spf1 mx ~all"),
    ],
)
def test_the_record_to_publish_names_who_sends(senders: Senders, record: str):
    found = judged(HOST, senders=senders).record
    assert found is not None and found.value == record


@pytest.mark.parametrize("misbehaviour", ["SERVFAIL", "SILENCE"])
def test_no_answer_is_never_a_pass_and_never_an_accusation(misbehaviour: str):
    own = judged(f"a.org {misbehaviour}", seconds=0.4)
    deeper = judged(spf("v=spf1 ip4:192.0.2.1 include:b.org -all"), f"b.org {misbehaviour}", seconds=0.4)
    assert (own.verdict, deeper.verdict) == (Verdict.WARN, Verdict.WARN)
    assert "Could not be asked: TXT of a.org" in own.line
    assert "Could not be asked: TXT of b.org" in deeper.line


@pytest.mark.parametrize("term", ["a:mail.a.org", "mx:mail.a.org", "exists:mail.a.org"])
def test_a_term_that_could_not_be_asked_is_no_pass_even_behind_the_one_that_covers_us(term: str):
    finding = judged(spf(f"v=spf1 ip4:192.0.2.1 {term} -all"), "mail.a.org SERVFAIL")
    assert finding.verdict is Verdict.WARN and "Could not be asked" in finding.line and "mail.a.org" in finding.line


def test_whether_an_address_is_behind_what_could_not_be_asked_stays_open():
    finding = judged(spf("v=spf1 include:b.org -all"), "b.org SERVFAIL")
    assert finding.verdict is Verdict.WARN and "Whether it covers 192.0.2.1 could not be asked" in finding.line


def chain(count: int, last: str = "v=spf1 -all") -> list[str]:
    """`count` includes in a row, behind the one of a.org."""
    lines = [spf(f"v=spf1 include:{at + 1}.b.org -all", f"{at}.b.org") for at in range(1, count)]
    return [spf("v=spf1 ip4:192.0.2.1 include:1.b.org -all"), *lines, spf(last, f"{count}.b.org")]


def test_ten_look_ups_are_allowed_and_eleven_are_not():
    assert judged(*chain(10)).verdict is Verdict.PASS
    eleven = judged(*chain(11))
    assert eleven.verdict is Verdict.FAIL and "It needs 11 look-ups" in eleven.line


def test_the_same_include_twice_costs_twice_and_addresses_cost_nothing():
    twice = " ".join(["include:b.org"] * 2 + ["ip4:192.0.2.1", "ip6:2001:db8::/32"])
    included = spf("v=spf1 exists:x.b.org -all", "b.org"), "x.b.org A 127.0.0.2"
    assert "4 of 10 look-ups" in judged(spf(f"v=spf1 {twice} -all"), *included).line


def test_what_stands_behind_all_and_a_redirect_beside_it_cost_nothing():
    finding = judged(spf("v=spf1 ip4:192.0.2.1 redirect=b.org -all include:c.org"))
    assert finding.verdict is Verdict.PASS and "0 of 10" in finding.line


def test_a_redirect_decides_in_the_record_s_place():
    finding = judged(spf("v=spf1 redirect=b.org"), spf("v=spf1 ip4:192.0.2.0/24 -all", "b.org"))
    assert finding.verdict is Verdict.PASS and "1 of 10" in finding.line


@pytest.mark.parametrize("pointer", ["include:b.org", "redirect=b.org"])
def test_pointing_to_a_domain_without_a_record_breaks_it(pointer: str):
    finding = judged(spf(f"v=spf1 ip4:192.0.2.1 {pointer}"), "b.org A 192.0.2.7")
    assert finding.verdict is Verdict.FAIL and "b.org, which has no SPF record" in finding.line


def test_a_circle_of_includes_is_named():
    finding = judged(spf("v=spf1 include:b.org -all"), spf("v=spf1 include:a.org -all", "b.org"))
    assert finding.verdict is Verdict.FAIL and "a.org → b.org → a.org is a circle" in finding.line


@pytest.mark.parametrize("domain", ["a.org", "b.org"])
def test_two_records_are_none(domain: str):
    finding = judged(spf("v=spf1 include:b.org -all"), spf("v=spf1 -all", "b.org"), spf("v=spf1 mx -all", domain))
    assert finding.verdict is Verdict.FAIL and f"{domain} has 2 SPF records" in finding.line


def test_dead_names_are_told_and_three_are_too_many():
    two = judged(spf("v=spf1 ip4:192.0.2.1 a:x.a.org mx:y.a.org -all"), HOST)
    three = judged(spf("v=spf1 ip4:192.0.2.1 a:x.a.org mx:y.a.org a:z.a.org -all"), HOST)
    assert (two.verdict, three.verdict) == (Verdict.WARN, Verdict.FAIL)
    assert "take out x.a.org, y.a.org" in two.line


def test_a_domain_with_too_many_mail_servers_breaks_mx():
    mx = [f"a.org MX {at} m{at}.a.org" for at in range(11)]
    finding = judged(spf("v=spf1 mx -all"), *mx)
    assert finding.verdict is Verdict.FAIL and "11 MX records" in finding.line


@pytest.mark.parametrize(
    ("end", "verdict", "words"),
    [
        ("+all", Verdict.FAIL, "everybody may send as you"),
        ("all", Verdict.FAIL, "everybody may send as you"),
        ("?all", Verdict.WARN, "says nothing about other senders"),
        ("", Verdict.WARN, "says nothing about other senders"),
        ("~all", Verdict.PASS, "One record"),
        ("ptr -all", Verdict.WARN, "uses ptr"),
        ("exists:%{i}.b.org -all", Verdict.PASS, "Not judged"),
    ],
)
def test_how_open_it_is(end: str, verdict: Verdict, words: str):
    finding = judged(spf(f"v=spf1 ip4:192.0.2.1 {end}".strip()))
    assert finding.verdict is verdict and words in finding.line


@pytest.mark.parametrize(
    "term",
    [
        "ip4:192.0.2.300", "ip4:192.0.2.1/33", "ip4", "ip4:2001:db8::1", "ip6:192.0.2.1", "inlcude:b.org", "include",
        "include:", "include:localhost", "a:b.org/99", "all:b.org", "a/24b", "-", "exists", "192.0.2.1", "=x",
        "redirect=b.org redirect=c.org", "include:%b.org",
    ],
)  # fmt: skip
def test_what_receivers_cannot_read_fails(term: str):
    finding = judged(spf(f"v=spf1 ip4:192.0.2.1 {term}"))
    assert finding.verdict is Verdict.FAIL and "cannot use the record" in finding.line


def test_what_they_can_read_is_taken():
    text = (
        "v=spf1 A:B.org/24//64 mx/30 +include:%{d2}.b.org ?exists:%{ir}.%{v}._spf.%{d} ptr:b.org unknown=%x exp=e.b.org"
    )
    assert [term.name for term in read_terms(text)] == ["a", "mx", "include", "exists", "ptr", "ignored"]
    with pytest.raises(BadRecord, match="exp= stands twice"):
        read_terms("v=spf1 exp=a.org exp=b.org")


@pytest.mark.parametrize(
    "term", ["a", "a:mail.a.org", "a:b.org/24", "mx", "ip4:192.0.2.0/24", "include:c.org", "exists:b.org", "ptr:a.org"]
)
def test_every_mechanism_can_cover_an_address(term: str):
    lines = [
        "a.org A 192.0.2.1", HOST, "b.org A 192.0.2.200", "a.org MX 5 mail.a.org",
        spf("v=spf1 ip4:192.0.2.1 -all", "c.org"), "1.2.0.192.in-addr.arpa PTR mail.a.org",
    ]  # fmt: skip
    with NameServer(spf(f"v=spf1 {term} -all"), *lines) as server:
        asks = Resolver([server.address], 5.0)
        assert result_for("a.org", "192.0.2.1", asks) == "pass"
        assert result_for("a.org", "203.0.113.9", asks) == ("pass" if term == "exists:b.org" else "fail")


def test_what_no_receiver_could_use_lets_nobody_send():
    lines = [
        spf("v=spf1 include:b.org ~all"), spf("v=spf1 nonsense", "b.org"), spf("v=spf1 redirect=d.org", "c.org"),
        spf("v=spf1 redirect=e.org", "e.org"),
    ]  # fmt: skip
    with NameServer(*lines) as server:
        asks = Resolver([server.address], 5.0)
        results = [result_for(domain, "192.0.2.1", asks) for domain in ("a.org", "b.org", "c.org", "d.org", "e.org")]
    assert results == ["softfail", "permerror", "permerror", "none", "permerror"]


def test_an_ipv6_sender_is_matched_by_ipv6():
    six = Senders(("mail.a.org",), ("2001:db8::1",), certain=True)
    lines = ["a.org AAAA 2001:db8::ffff", "a.org A 192.0.2.1"]
    assert judged(spf("v=spf1 a//64 -all"), *lines, senders=six).verdict is Verdict.PASS
    assert judged(spf("v=spf1 a -all"), *lines, senders=six).verdict is Verdict.FAIL


def test_a_sender_that_is_left_out_gets_the_record_that_lets_it_in():
    ours = judged(spf("v=spf1 ip4:203.0.113.0/24 -all"))
    relay = judged(spf("v=spf1 ip4:203.0.113.0/24 -all"), senders=RELAY)
    assert (ours.verdict, relay.verdict) == (Verdict.FAIL, Verdict.WARN)
    assert str(ours.record) == 'a.org. TXT "v=spf1 ip4:192.0.2.1 ip4:203.0.113.0/24 -all"'
    assert relay.record is not None and relay.record.value == "v=spf1 a:mail.a.org ip4:203.0.113.0/24 -all"


def test_where_nobody_knows_the_sender_nothing_is_promised():
    finding = judged(spf("v=spf1 mx -all"), "a.org MX 5 mail.a.org", HOST, senders=Senders())
    assert finding.verdict is Verdict.WARN and "--sent-from" in finding.line and finding.record is None


def test_an_address_behind_a_macro_is_not_judged():
    finding = judged(spf("v=spf1 include:%{d}.b.org -all"))
    assert finding.verdict is Verdict.WARN and "depends on a macro" in finding.line
