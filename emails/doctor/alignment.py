"""Whether our mail passes DMARC: From against the signing domain and the return path's (RFC 9989, 4.4)."""

from emails.doctor.asking import Asks, Unanswered
from emails.doctor.findings import Finding, Subject
from emails.doctor.policies import walk_up


def judge_alignment(from_domain: str, return_path: str, signing: str | None, asks: Asks) -> Finding:
    """Both should be in line with From. `signing` is DKIM's d=, None where we do not sign ourselves."""
    subject = Subject("alignment", from_domain)
    try:
        by_path = in_line(from_domain, return_path, "aspf", asks)
        by_key = signing is not None and in_line(from_domain, signing, "adkim", asks)
    except Unanswered as error:
        return subject.unasked(str(error))
    path = f"the return path ({return_path})"
    key = f"DKIM's d= ({signing})" if signing else "DKIM, since we do not sign"
    if by_path and by_key:
        return subject.passes(f"From is in line with {path} and with {key}.")
    other_path = f"Choose a MEANTIME_BOUNCE_DOMAIN in line with {from_domain}."
    other_key = f"Sign as {from_domain}." if signing else "Sign, so that forwarded mail passes too."
    if by_path:
        return subject.warns(f"From is in line with {path} but not with {key}. {other_key}")
    if by_key:
        return subject.warns(f"From is in line with {key} but not with {path}. {other_path}")
    neither = f"From is in line with neither {path} nor {key}, so all mail fails DMARC."
    return subject.fails(f"{neither} {other_path} {other_key}")


def in_line(from_domain: str, other: str, tag: str, asks: Asks) -> bool:
    """Strict: the same domain. Relaxed: the same organisation. Raises Unanswered."""
    if from_domain == other:
        return True
    tree = walk_up(from_domain, asks)
    if tree.applied is not None and tree.applied.strict(tag):
        return False
    return tree.organisation == walk_up(other, asks).organisation
