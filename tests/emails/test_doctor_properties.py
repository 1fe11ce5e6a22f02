"""Whatever stands in the DNS, a judgement comes of it; and what cannot be asked is never a PASS."""

from collections.abc import Mapping

from hypothesis import given, settings
from hypothesis import strategies as st

from emails.doctor.alignment import judge_alignment
from emails.doctor.asking import Answer, Outcome, Resolver
from emails.doctor.dkim import judge_dkim
from emails.doctor.dmarc import judge_dmarc
from emails.doctor.findings import Finding, Verdict
from emails.doctor.hosts import judge_mx, judge_names
from emails.doctor.keys import PublicKey
from emails.doctor.spf import Senders, judge_spf
from emails.testing.nameserver import NameServer

OURS = PublicKey("ed25519", 256, "aJQ3xHz4kAUBJE7kRV0mWF9+PaPL/U6yLM+g8PZ63FI=")
SENDERS = Senders(("mail.a.org",), ("192.0.2.1", "2001:db8::1"), certain=True)
NAMES = ("a.org", "b.org", "mail.a.org", "_dmarc.a.org", "_dmarc.org", "s1._domainkey.a.org", "_dmarc.b.org")

terms = st.sampled_from(
    [
        "include:",
        "a:",
        "mx",
        "ptr",
        "exists:",
        "redirect=",
        "ip4:",
        "ip6:",
        "all",
        "-",
        "~",
        "?",
        "a/",
        "//",
        "%{i}",
        "exp=",
    ]
)
tags = st.sampled_from(
    ["p=", "sp=", "np=", "psd=y", "rua=mailto:", "t=y", "adkim=s", "aspf=s", ";", "k=rsa", "h=", "none", "reject"]
)  # fmt: skip
places = st.sampled_from(["a.org", "b.org", "mail.a.org", "192.0.2.1", "2001:db8::1", "@a.org", OURS.data, " ", ""])
words = st.lists(st.one_of(terms, tags, places, st.text(max_size=6)), max_size=14)
texts = st.builds(
    lambda head, rest, gap: head + gap.join(rest),
    st.sampled_from(["v=spf1 ", "v=DMARC1; ", "v=DKIM1; ", ""]),
    words,
    st.sampled_from(["", " ", ";"]),
)
values = {
    "TXT": texts,
    "MX": st.sampled_from(["10 mail.a.org", "0 ", "5 192.0.2.1", "65535 b.org"]),
    "A": st.sampled_from(["192.0.2.1", "198.51.100.7"]),
    "AAAA": st.sampled_from(["2001:db8::1", "2001:db8::2"]),
    "PTR": st.sampled_from(["mail.a.org", "b.org"]),
}


@st.composite
def answers(draw, kind: str) -> tuple[Outcome, tuple[str, ...]]:
    outcome = draw(st.sampled_from(list(Outcome)))
    found = tuple(draw(st.lists(values[kind], min_size=1, max_size=3))) if outcome is Outcome.FOUND else ()
    return outcome, found


zones = st.dictionaries(st.sampled_from(NAMES), st.fixed_dictionaries({kind: answers(kind) for kind in values}))


class Zone:
    """A whole DNS as a table; what is not in it is not there."""

    def __init__(self, table: Mapping[str, Mapping[str, tuple[Outcome, tuple[str, ...]]]]) -> None:
        self._table = table
        self.unknown = False

    def ask(self, name: str, kind: str) -> Answer:
        outcome, found = self._table.get(name, {}).get(kind, (Outcome.MISSING, ()))
        self.unknown = self.unknown or outcome is Outcome.UNKNOWN
        return Answer(name, kind, outcome, found, "drawn")


def judgements(zone: Zone) -> list[tuple[Finding, bool]]:
    """Each finding, and whether a question of its was left open."""
    found = []
    for judge in (
        lambda: judge_spf("a.org", SENDERS, zone),
        lambda: judge_dkim("a.org", "s1", OURS, zone),
        lambda: judge_dmarc("a.org", zone),
        lambda: judge_alignment("a.org", "b.org", "mail.a.org", zone),
        lambda: judge_mx("a.org", "bounces", zone),
        lambda: judge_names(SENDERS.addresses, "mail.a.org", zone, certain=True),
    ):
        zone.unknown = False
        finding = judge()
        found.append((finding, zone.unknown))
    return found


@given(zones)
@settings(max_examples=60, deadline=None)
def test_every_zone_is_judged_and_no_open_question_passes(table):
    for finding, left_open in judgements(Zone(table)):
        assert finding.line and "\n" not in finding.line.strip()
        assert not (left_open and finding.verdict is Verdict.PASS), finding


def test_names_of_every_shape_can_be_asked_for():
    shapes = [
        "",
        ".",
        "..",
        "a..b",
        "\\",
        "\\300.org",
        "é\ud800",
        "ä" * 80,
        "a b",
        "%{i}",
        "*.a.org",
        "x" * 300,
        "\x00.org",
        "-",
        "١.org",
    ]
    with NameServer("a.org A 192.0.2.1") as server:
        asks = Resolver([server.address], 5.0)
        assert all(asks.ask(shape, "TXT").outcome is not Outcome.FOUND for shape in shapes)
