"""What a domain's SPF record means for our mail."""

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address

from emails.doctor.asking import Asks, Unanswered
from emails.doctor.findings import Finding, Record, Remark, Subject, Verdict
from emails.doctor.spf_match import result_for
from emails.doctor.spf_terms import BadRecord
from emails.doctor.spf_walk import MOST_LOOKUPS, MOST_VOID, Walk, find_record, walk

WARN, FAIL = Verdict.WARN, Verdict.FAIL


@dataclass(frozen=True)
class Senders:
    """Where our mail leaves for the world: the relays' names, and addresses, which are `certain` if we were told them.

    A relay is reached at one address and may well send from another; then only its owner knows.
    """

    hosts: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    certain: bool = False

    @property
    def terms(self) -> str:
        """Them in the words of an SPF record."""
        if not self.certain and self.hosts:
            return " ".join(f"a:{host}" for host in self.hosts)
        return " ".join(f"ip{ip_address(each).version}:{each}" for each in self.addresses) or "mx"


def judge_spf(domain: str, senders: Senders, asks: Asks) -> Finding:
    """The return path's domain: one record, readable, short enough, and it covers who sends."""
    subject = Subject("spf", domain)
    try:
        record = find_record(domain, asks)
    except Unanswered as error:
        return subject.unasked(str(error))
    except BadRecord as error:
        return subject.fails(f"{error}: join them into one.")
    if record is None:
        wanted = Record(domain, "TXT", f"v=spf1 {senders.terms} ~all")
        return subject.fails("There is no SPF record. Publish one, or the one that your mail service names.", wanted)
    walked = walk(domain, record, asks)
    remarks = [*_obstacles(walked), *_openness(walked), *_doubts(walked)]
    sound = all(verdict is not FAIL for verdict, _ in remarks)
    covered = list(_coverage(domain, senders, asks)) if sound else []
    finding = subject.sums_up([*remarks, *covered], _praise(walked, senders))
    if any(verdict is not Verdict.PASS for verdict, _ in covered) and senders.addresses:
        return Finding("spf", finding.verdict, finding.line, domain, _extended(domain, record, senders))
    return finding


def _obstacles(walked: Walk) -> Iterator[Remark]:
    """Why receivers would not take it at all."""
    for reason in dict.fromkeys(walked.broken):
        yield FAIL, f"Receivers cannot use the record: {reason}."
    if walked.overlong:
        yield (
            FAIL,
            f"It needs {walked.lookups} look-ups and receivers stop at {MOST_LOOKUPS}: replace an include, a or mx"
            " by the ip4: and ip6: addresses behind it.",
        )
    if len(walked.dead) > MOST_VOID:
        yield FAIL, f"Receivers give up after {MOST_VOID} names that are not there: take out {_names(walked.dead)}."
    elif walked.dead:
        yield WARN, f"It names what is not there: take out {_names(walked.dead)}."


def _openness(walked: Walk) -> Iterator[Remark]:
    if walked.default == "pass":
        yield FAIL, "It ends in +all, so everybody may send as you: end it in ~all."
    elif walked.default == "neutral" and not walked.unasked and not walked.broken:
        yield WARN, "It says nothing about other senders: end it in ~all or -all."


def _doubts(walked: Walk) -> Iterator[Remark]:
    for question in dict.fromkeys(walked.unasked):
        yield WARN, f"Could not be asked: {question}."
    if walked.uses_ptr:
        yield WARN, "It uses ptr, which is slow and which many receivers pass over: name addresses instead."
    if walked.unjudged:
        yield Verdict.PASS, f"Not judged, because only a mail fills in their macros: {_names(walked.unjudged)}."


def _coverage(domain: str, senders: Senders, asks: Asks) -> Iterator[Remark]:
    if not senders.addresses:
        yield (
            WARN,
            "Which address your mail leaves from cannot be seen from here: try `meantime doctor --sent-from ADDRESS`.",
        )
    for address in senders.addresses:
        try:
            result = result_for(domain, address, asks)
        except Unanswered as error:
            yield WARN, f"Whether it covers {address} could not be asked: {error}."
            continue
        if result == "unjudged":
            yield WARN, f"Whether it covers {address} depends on a macro, which only a mail fills in."
        elif result != "pass" and senders.certain:
            yield FAIL, f"It does not cover {address} ({result}), which you send from: add that address."
        elif result != "pass":
            yield (
                WARN,
                f"It does not cover {address} ({result}), an address of {', '.join(senders.hosts)}: add it, unless"
                " your mail service sends from others; `meantime doctor --sent-from ADDRESS` judges those.",
            )


def _praise(walked: Walk, senders: Senders) -> str:
    covered = f", covers {_names(list(senders.addresses))}" if senders.addresses else ""
    return f"One record, {walked.lookups} of {MOST_LOOKUPS} look-ups{covered}."


def _extended(domain: str, record: str, senders: Senders) -> Record:
    """The record as it stands, and those of our senders that it does not name, first."""
    version, _, rest = record.partition(" ")
    missing = [term for term in senders.terms.split() if term not in rest.split()]
    return Record(domain, "TXT", " ".join([version, *missing, rest]).strip())


def _names(names: list[str]) -> str:
    return ", ".join(dict.fromkeys(names))
