"""One session with a relay, and a question to a time server: what they show, and what that means."""

from datetime import UTC, datetime, timedelta

import pytest

from emails.doctor import ntp
from emails.doctor.findings import Finding, Verdict
from emails.doctor.relay import judge_relay
from emails.errors import RelayTrouble
from emails.relay import Relay
from emails.testing import Rule, ScriptedServer, Setup
from emails.transport import Met, meet
from tests.emails.clocks import time_server
from tests.emails.relays import relay_to

NOW = datetime(2027, 1, 10, 12, tzinfo=UTC)
FAR = Relay("mail.a.org", 587, user="robin", password="x")
MET = Met("mail.a.org", "TLSv1.3", "Apr 10 12:00:00 2027 GMT")


def judged(relay: Relay, met: Met | RelayTrouble = MET) -> Finding:
    return judge_relay(relay, met, NOW)


@pytest.mark.parametrize("implicit", [False, True])
def test_a_guarded_session_shows_its_name_and_how_long_its_certificate_lasts(certificate, implicit: bool):
    context, ca = certificate
    with ScriptedServer(Setup(tls=context, implicit=implicit, users={"robin": "x"})) as server:
        relay = relay_to(server, tls="implicit" if implicit else "starttls", ca=ca, user="robin", password="x")
        met = meet(relay)
        assert met.greeting and met.encryption.startswith("TLSv1.")
        # The certificate of the fixture lasts a day.
        finding = judge_relay(relay, met, datetime.now(UTC))
        assert (
            finding.verdict is Verdict.WARN
            and f"ends on {datetime.now(UTC) + timedelta(days=1):%Y-%m-}" in finding.line
        )
        assert server.commands[-1].upper() == "QUIT" and not server.journal


def test_an_open_session_on_this_machine_is_as_it_should_be(server):
    met = meet(relay_to(server))
    assert (met.encryption, met.valid_until) == ("", "")
    assert judged(relay_to(server), met).line == "It answers (in the open)."


def test_a_server_that_is_rude_at_the_end_was_met_all_the_same(server):
    server.script(Rule("quit", hang_up=True))
    assert meet(relay_to(server)).greeting


def test_who_turns_us_away_is_quoted():
    with ScriptedServer(Setup(users={"robin": "x"})) as server:
        relay = relay_to(server, user="robin", password="wrong")
        with pytest.raises(RelayTrouble) as refused:
            meet(relay)
        server.script(Rule("connect", answer="421 4.3.2 Down for repairs"))
        with pytest.raises(RelayTrouble) as away:
            meet(relay)
    for trouble, words in ((refused.value, "535"), (away.value, "Down for repairs")):
        finding = judged(relay, trouble)
        assert finding.verdict is Verdict.FAIL and "MEANTIME_SMTP_URL" in finding.line
        assert words in finding.line and "wrong" not in finding.line


def test_a_relay_far_away_is_judged_by_its_guard():
    assert judged(FAR) == Finding("relay", Verdict.PASS, "It answers (TLSv1.3, signed in as robin).", "mail.a.org:587")
    in_the_open = Met("mail.a.org", "", "")
    assert judged(FAR, in_the_open).verdict is Verdict.FAIL
    assert judged(Relay("mail.a.org", 25, tls="none"), in_the_open).verdict is Verdict.WARN
    assert judged(Relay("localhost", 25, tls="none"), in_the_open).verdict is Verdict.PASS


@pytest.mark.parametrize(("days", "verdict"), [(13, Verdict.WARN), (15, Verdict.PASS), (-1, Verdict.WARN)])
def test_a_certificate_that_ends_soon_is_told(days: int, verdict: Verdict):
    until = f"{NOW + timedelta(days=days):%b %d %H:%M:%S %Y} GMT"
    assert judged(FAR, Met("mail.a.org", "TLSv1.3", until)).verdict is verdict


@pytest.mark.parametrize("ahead", [0.0, 90.0, -4000.0])
def test_a_time_server_says_how_far_we_are_off(ahead: float):
    with time_server(ahead) as port:
        assert ntp.offset("127.0.0.1", port) == pytest.approx(ahead, abs=1.0)


@pytest.mark.parametrize(("first", "forged"), [(0x24, True), (0xE4, False), (0x23, False)])
def test_who_does_not_know_the_time_or_was_not_asked_is_not_believed(first: int, forged: bool):
    with time_server(0, first, forged=forged) as port, pytest.raises(OSError, match="does not know"):
        ntp.offset("127.0.0.1", port)


def test_a_time_server_that_is_not_there_is_an_error(free_port):
    with pytest.raises(OSError):
        ntp.offset("127.0.0.1", free_port)
