"""Whether the relay takes us, and how well the way there is guarded."""

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

from emails.doctor.findings import Finding, Remark, Subject, Verdict
from emails.errors import RelayTrouble
from emails.relay import Relay
from emails.transport import Met

SOON = timedelta(days=14)


def judge_relay(relay: Relay, met: Met | RelayTrouble, now: datetime) -> Finding:
    """One session with it: reached, encrypted, signed in, and how long for. `now` is the real time."""
    subject = Subject("relay", str(relay))
    if isinstance(met, RelayTrouble):
        return subject.fails(f"{met}. No mail leaves: look at MEANTIME_SMTP_URL, or at the server.")
    signed_in = f", signed in as {relay.user}" if relay.user else ""
    guarded = f"{met.encryption}{signed_in}" if met.encryption else f"in the open{signed_in}"
    return subject.sums_up([*_openness(relay, met), *_certificate(met, now)], f"It answers ({guarded}).")


def _openness(relay: Relay, met: Met) -> Iterator[Remark]:
    if met.encryption or is_loopback(relay.host):
        return
    if relay.password:
        yield Verdict.FAIL, "Password and mail travel in the open: write ?tls=starttls into MEANTIME_SMTP_URL."
    else:
        yield Verdict.WARN, "Mail travels in the open: write ?tls=starttls into MEANTIME_SMTP_URL, if the server can."


def _certificate(met: Met, now: datetime) -> Iterator[Remark]:
    if not met.valid_until:
        return
    ends = datetime.fromtimestamp(ssl.cert_time_to_seconds(met.valid_until), UTC)
    if ends - now < SOON:
        yield Verdict.WARN, f"Its certificate ends on {ends:%Y-%m-%d}: let its owner renew it."


def is_loopback(host: str) -> bool:
    """Whether that is this machine."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"
