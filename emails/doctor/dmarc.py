"""What receivers are asked to do with mail in our name that fails."""

from collections.abc import Iterator

from emails.doctor.asking import Asks, Unanswered
from emails.doctor.findings import Finding, Record, Remark, Subject, Verdict
from emails.doctor.policies import Policy, Tree, exists, find_policies, walk_up
from emails.doctor.tag_list import BadTags

WARN, FAIL, PASS = Verdict.WARN, Verdict.FAIL, Verdict.PASS
REMOVED = ("pct", "rf", "ri")


def judge_dmarc(domain: str, asks: Asks) -> Finding:
    """The DMARC record that counts for mail from `domain`."""
    subject = Subject("dmarc", domain)
    try:
        unreadable = _unreadable(domain, asks)
        tree = walk_up(domain, asks)
        policy = tree.applied
        if unreadable:
            return subject.fails(unreadable, _suggestion(domain))
        if policy is None:
            return subject.fails(
                "There is no DMARC record, and large receivers want one. Publish it where its mail is read.",
                _suggestion(tree.organisation),
            )
        remarks = [*_faults(policy, domain), *_manners(policy), *_strangers(policy, tree, asks)]
        return subject.sums_up(remarks, _praise(policy, domain, asks))
    except Unanswered as error:
        return subject.unasked(str(error))


def _unreadable(domain: str, asks: Asks) -> str:
    """Why the record of the domain itself does not count, if so."""
    try:
        found = find_policies(domain, asks)
    except BadTags as error:
        return f"Receivers cannot read the record at _dmarc.{domain}: {error}."
    if len(found) > 1:
        return f"There are {len(found)} DMARC records at _dmarc.{domain}, and receivers then take none: leave one."
    return ""


def _suggestion(domain: str) -> Record:
    return Record(f"_dmarc.{domain}", "TXT", f"v=DMARC1; p=none; rua=mailto:postmaster@{domain}")


def _faults(policy: Policy, domain: str) -> Iterator[Remark]:
    for tag in policy.wrong_requests:
        meant = "count it as p=none" if policy.counts else "pass over the whole record"
        sentence = f"{tag}={policy.tags[tag]} is none of none, quarantine, reject; receivers {meant}: mend it."
        yield (WARN if policy.counts else FAIL), sentence
    if "p" not in policy.tags:
        yield WARN, "It has no p=, which counts as p=none: say p=none, p=quarantine or p=reject."
    if policy.domain == domain and policy.psd == "y":
        yield WARN, f"psd=y says that {domain} is a public suffix such as com: take it out unless it is."


def _manners(policy: Policy) -> Iterator[Remark]:
    where = f"_dmarc.{policy.domain}"
    if not policy.reports_to:
        asked = policy.request(("p",))
        yield (
            (WARN if asked == "none" else PASS),
            f"Nobody gets its reports: add rua=mailto:you@{policy.domain} to {where}.",
        )
    for tag in ("adkim", "aspf"):
        if policy.tags.get(tag, "r") not in {"r", "s"}:
            yield WARN, f"{tag}={policy.tags[tag]} is neither r nor s and counts as r: mend it."
    if policy.tags.get("t") == "y":
        yield WARN, "t=y asks receivers only to test its policy: take it out when its reports look well."
    removed = [tag for tag in REMOVED if tag in policy.tags]
    if removed:
        yield PASS, f"{', '.join(f'{tag}=' for tag in removed)} means nothing since RFC 9989 and can go."


def _strangers(policy: Policy, tree: Tree, asks: Asks) -> Iterator[Remark]:
    """Reports to another organisation arrive only where that one agrees (RFC 9990)."""
    for theirs in policy.report_domains:
        if theirs == policy.domain or walk_up(theirs, asks).organisation == tree.organisation:
            continue
        name = f"{policy.domain}._report._dmarc.{theirs}"
        if not any(text.replace(" ", "").startswith("v=DMARC1") for text in asks.ask(name, "TXT").certain()):
            yield WARN, f'Reports to {theirs} are not sent before it agrees: it publishes {name} TXT "v=DMARC1;".'


def _praise(policy: Policy, domain: str, asks: Asks) -> str:
    if policy.domain == domain:
        return f"p={policy.request(('p',))} at _dmarc.{domain}."
    there = exists(domain, asks)
    request = policy.request(("sp", "p") if there else ("np", "sp", "p"))
    kind = "a subdomain" if there else "a subdomain that does not exist"
    return f"{request} for {kind}, from _dmarc.{policy.domain}."
