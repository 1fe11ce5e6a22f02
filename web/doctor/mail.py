"""What the world makes of our mail: the relay, and the DNS of every domain that stands in it."""

from course.clock import Clock
from emails.doctor.alignment import judge_alignment
from emails.doctor.asking import Unanswered
from emails.doctor.dkim import judge_dkim
from emails.doctor.dmarc import judge_dmarc
from emails.doctor.findings import Finding, Subject
from emails.doctor.hosts import judge_mx, judge_names
from emails.doctor.keys import described
from emails.doctor.relay import judge_relay
from emails.doctor.spf import Senders, judge_spf
from emails.errors import RelayTrouble
from web.doctor.patient import Meeting, Patient

NO_KEY = (
    "Meantime does not sign, and large receivers want a signature: `meantime dkim new FILE` makes a key,"
    " unless your relay signs as the domain of From."
)


def relay(patient: Patient) -> list[Finding]:
    """Every mail server takes us."""
    return [judge_relay(each.relay, each.met(), Clock().now()) for each in patient.meetings]


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
    """Every sending host's address and name lead to each other.

    A server on this machine greets us and the world by one name; a service that takes our mail may send from elsewhere.
    """
    near = [each for each in patient.meetings if each not in patient.far_relays]
    if patient.wishes.sent_from or not patient.far_relays:
        certain = bool(patient.wishes.sent_from)
        greeting = next(filter(None, map(_greeting, near)), "")
        return [judge_names(patient.wishes.sent_from, greeting, patient.asks, certain=certain)]
    return [_names_of(patient, each) for each in patient.far_relays]


def _names_of(patient: Patient, meeting: Meeting) -> Finding:
    try:
        found = patient.addresses_of(meeting)
    except Unanswered as error:
        return Subject("ptr", meeting.relay.host).unasked(str(error))
    return judge_names(found, _greeting(meeting), patient.asks, certain=False)


def _greeting(meeting: Meeting) -> str:
    met = meeting.met()
    return "" if isinstance(met, RelayTrouble) else met.greeting
