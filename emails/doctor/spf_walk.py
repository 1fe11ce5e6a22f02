"""An SPF record and all that it includes, counted as receivers count (RFC 7208, 4.6.4)."""

from dataclasses import dataclass, field

from emails.doctor.asking import Answer, Asks, Unanswered
from emails.doctor.spf_terms import COSTLY, BadRecord, Term, is_spf, read_terms

MOST_LOOKUPS = 10
MOST_VOID = 2
MOST_MX = 10
# A record that needs more is beyond help; the walk itself must end.
MOST_COUNTED = 30


def find_record(domain: str, asks: Asks) -> str | None:
    """The SPF record of a domain, None where there is none; raises BadRecord for several, Unanswered."""
    found = [text for text in asks.ask(domain, "TXT").certain() if is_spf(text)]
    if len(found) > 1:
        raise BadRecord(f"{domain} has {len(found)} SPF records, and receivers then take none")
    return found[0] if found else None


@dataclass
class Walk:
    """What the whole record costs and leads to, whoever sends: the count of the worst case."""

    asks: Asks
    lookups: int = 0
    dead: list[str] = field(default_factory=list)  # what terms lead to, and is not there: void look-ups
    broken: list[str] = field(default_factory=list)  # why receivers cannot read it
    unasked: list[str] = field(default_factory=list)  # what the DNS would not answer
    unjudged: list[str] = field(default_factory=list)  # terms with macros, which only a mail can fill in
    uses_ptr: bool = False
    default: str = "neutral"  # what it says of everybody else

    @property
    def overlong(self) -> bool:
        """Whether receivers give up on it."""
        return self.lookups > MOST_LOOKUPS


def walk(domain: str, record: str, asks: Asks) -> Walk:
    """Walk through `record`, the one of `domain`, and through what it includes. Raises nothing."""
    walked = Walk(asks)
    _visit(walked, record, (domain,), decides=True)
    return walked


def _visit(walked: Walk, record: str, path: tuple[str, ...], *, decides: bool) -> None:
    """`decides`: whether its `all` is the word on everybody else, which an included record's is not."""
    try:
        terms = read_terms(record)
    except BadRecord as error:
        walked.broken.append(f"{path[-1]}: {error}")
        return
    for term in terms:
        if term.name == "all" and decides:
            walked.default = term.result
        if term.name not in COSTLY or walked.lookups >= MOST_COUNTED:
            continue
        walked.lookups += 1
        if term.has_macros:
            walked.unjudged.append(term.text)
        elif term.name in {"include", "redirect"}:
            _follow(walked, term, path, decides=decides and term.name == "redirect")
        else:
            _touch(walked, term, term.domain or path[-1])


def _follow(walked: Walk, term: Term, path: tuple[str, ...], *, decides: bool) -> None:
    target = term.domain.lower()
    if target in path:
        walked.broken.append(f"{' → '.join((*path, target))} is a circle")
        return
    try:
        record = find_record(target, walked.asks)
    except Unanswered as error:
        walked.unasked.append(str(error))
    except BadRecord as error:
        walked.broken.append(str(error))
    else:
        if record is not None:
            _visit(walked, record, (*path, target), decides=decides)
            return
        walked.broken.append(f"{term.text} leads to {target}, which has no SPF record")
        _mourn(walked, walked.asks.ask(target, "TXT"))


def _touch(walked: Walk, term: Term, target: str) -> None:
    """Ask what the term asks, to see whether anything is there."""
    if term.name == "ptr":
        walked.uses_ptr = True
        return
    kinds = ("MX",) if term.name == "mx" else ("A",) if term.name == "exists" else ("A", "AAAA")
    answers = [walked.asks.ask(target, kind) for kind in kinds]
    try:
        found = [value for answer in answers for value in answer.certain()]
    except Unanswered as error:
        walked.unasked.append(str(error))
        return
    if term.name == "mx" and len(found) > MOST_MX:
        walked.broken.append(f"{term.text}: {target} has {len(found)} MX records, and {MOST_MX} is the limit")
    if not found and term.name != "exists":
        _mourn(walked, answers[0])


def _mourn(walked: Walk, answer: Answer) -> None:
    if answer.void:
        walked.dead.append(answer.name)
