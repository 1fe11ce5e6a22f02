"""Whether the DNS has the key that we sign with."""

from collections.abc import Iterator, Mapping

from emails.doctor.asking import Asks, Unanswered
from emails.doctor.findings import Finding, Record, Remark, Subject, Verdict
from emails.doctor.keys import LEAST_BITS, BadKey, PublicKey, published_key
from emails.doctor.tag_list import BadTags, read_tags

WARN, FAIL = Verdict.WARN, Verdict.FAIL


def judge_dkim(domain: str, selector: str, ours: PublicKey, asks: Asks) -> Finding:
    """The key at `selector._domainkey.domain` against ours."""
    name = f"{selector}._domainkey.{domain}"
    subject, wanted = Subject("dkim", name), Record(name, "TXT", ours.record)
    try:
        found = asks.ask(name, "TXT").certain()
    except Unanswered as error:
        return subject.unasked(str(error))
    keys = [text for text in found if "p=" in text.replace(" ", "")]
    if not keys:
        strange = f" What is there is none: {found[0][:60]!r}; is it a wildcard's?" if found else ""
        return subject.fails(f"The key that we sign with is not in the DNS.{strange} Publish it.", wanted)
    if len(keys) > 1:
        return subject.fails(f"There are {len(keys)} keys under one selector; leave the one that we sign with.", wanted)
    try:
        tags = read_tags(keys[0])
        theirs = _key(tags)
    except (BadTags, BadKey) as error:
        return subject.fails(f"Receivers cannot use this record: {error}. Publish ours.", wanted)
    remarks = [*_differences(theirs, ours), *_restrictions(tags)]
    finding = subject.sums_up(remarks, f"The key is ours: {theirs.kind}, {theirs.bits} bits.")
    to_publish = wanted if theirs != ours or (finding.verdict is FAIL and not ours.weak) else None
    return Finding("dkim", finding.verdict, finding.line, name, to_publish)


def _key(tags: Mapping[str, str]) -> PublicKey:
    if "v" in tags and (tags["v"] != "DKIM1" or next(iter(tags)) != "v"):
        raise BadTags("v=DKIM1 must stand first")
    kind = tags.get("k", "rsa")
    if kind not in {"rsa", "ed25519"}:
        raise BadKey(f"it is of the unknown kind {kind!r}")
    if not tags.get("p"):
        raise BadKey("its p= is empty, which means that the key was revoked")
    return published_key(kind, tags["p"])


def _differences(theirs: PublicKey, ours: PublicKey) -> Iterator[Remark]:
    if theirs != ours:
        yield FAIL, "The DNS holds another key than the one that we sign with: publish ours, or sign with theirs."
    for whose, key in (("The published key", theirs), ("Our key", ours)):
        if key.weak:
            yield FAIL, f"{whose} has {key.bits} bits: make one of {LEAST_BITS} (openssl genrsa {LEAST_BITS})."
            return


def _restrictions(tags: Mapping[str, str]) -> Iterator[Remark]:
    flags = tags.get("t", "").replace(" ", "").split(":")
    if "y" in flags:
        yield WARN, "It is marked as a test (t=y), and receivers may treat the mail as unsigned: take t=y out."
    if "h" in tags and "sha256" not in tags["h"].replace(" ", "").split(":"):
        yield FAIL, "It does not allow sha256 (h=), with which we sign: take h= out."
    if "s" in tags and not {"*", "email"} & set(tags["s"].replace(" ", "").split(":")):
        yield FAIL, "It is not for mail (s=): take s= out."
