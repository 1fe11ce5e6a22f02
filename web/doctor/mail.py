"""What the world makes of our mail: the relay, and the DNS of every domain that stands in it."""

from course.clock import Clock
from emails.doctor.alignment import judge_alignment
from emails.doctor.asking import Unanswered
from emails.doctor.dkim import judge_dkim
from emails.doctor.dmarc import judge_dmarc
from emails.doctor.findings import Finding, Subject
from emails.doctor.hosts import judge_mx, judge_names
from emails.doctor.keys import described
from emails.doctor.relay import is_loopback, judge_relay
from emails.doctor.spf import Senders, judge_spf
from emails.errors import RelayTrouble
from emails.relay import Relay
from web.doctor.patient import Patient

NO_KEY = (
    "Meantime does not sign, and large receivers want a signature: `meantime dkim new FILE` makes a key,"
    " unless your relay signs as the domain of From."
)


def relay(patient: Patient) -> list[Finding]:
    """The mail server takes us."""
    assert patient.meeting is not None and isinstance(patient.relay, Relay), "no_relay says so"
    return [judge_relay(patient.relay, patient.meeting.met(), Clock().now())]


def spf(patient: Patient) -> list[Finding]:
    """The return path's domain lets the relay send."""
    try:
        senders = patient.senders()
    except Unanswered:
        senders = Senders()
    return [judge_spf(patient.return_path, senders, patient.asks)]


def dkim(patient: Patient) -> list[Finding]:
    """The DNS has every key that we sign with, under every domain of From."""
    keys = patient.settings.dkim_keys
    if not keys:
        return [Subject("dkim").warns(NO_KEY)]
    described_keys = [(key.selector, described(key.secret.public_key())) for key in keys]
    return [
        judge_dkim(domain, selector, ours, patient.asks)
        for domain in patient.known_domains
        for selector, ours in described_keys
    ]


def dmarc(patient: Patient) -> list[Finding]:
    """Every domain of From says what to do with forgeries."""
    return [judge_dmarc(domain, patient.asks) for domain in patient.known_domains]


def alignment(patient: Patient) -> list[Finding]:
    """Mail from every domain of From passes DMARC by both ways. We sign as From's domain, if we sign."""
    signs = bool(patient.settings.dkim_keys)
    return [
        judge_alignment(domain, patient.return_path, domain if signs else None, patient.asks)
        for domain in patient.known_domains
    ]


def mx(patient: Patient) -> list[Finding]:
    """Replies and bounces arrive."""
    findings = [judge_mx(patient.return_path, "bounces", patient.asks)]
    others = (domain for domain in patient.known_domains if domain != patient.return_path)
    return [*findings, *(judge_mx(domain, "replies", patient.asks) for domain in others)]


def ptr(patient: Patient) -> list[Finding]:
    """The sending host's address and name lead to each other."""
    try:
        senders = patient.senders()
    except Unanswered as error:
        return [Subject("ptr").unasked(str(error))]
    return [judge_names(senders.addresses, _greeting(patient, senders), patient.asks, certain=senders.certain)]


def _greeting(patient: Patient, senders: Senders) -> str:
    """What the sending host calls itself; empty where that is unknown.

    A server on this machine greets us and the world by one name; a service that takes our mail may send from elsewhere.
    """
    if patient.meeting is None or not isinstance(patient.relay, Relay):
        return ""
    if senders.certain and not is_loopback(patient.relay.host):
        return ""
    met = patient.meeting.met()
    return "" if isinstance(met, RelayTrouble) else met.greeting
