"""Where mail for our domains goes, and the names that our server goes by."""

from collections.abc import Iterator, Sequence
from ipaddress import ip_address

from emails.doctor.asking import Asks, Outcome, Unanswered, addresses, reverse_name
from emails.doctor.findings import Finding, Record, Remark, Subject, Verdict

WARN, FAIL = Verdict.WARN, Verdict.FAIL


def judge_mx(domain: str, why: str, asks: Asks) -> Finding:
    """Whether mail to `domain` arrives; `why` says what comes there ("bounces")."""
    subject = Subject("mx", domain)
    try:
        answer = asks.ask(domain, "MX")
        hosts = [host for _, host in sorted(map(_preference, answer.certain()))]
        if answer.outcome is Outcome.MISSING:
            return subject.fails(f"There is no such domain, so {why} cannot arrive. Name the server.", _wanted(domain))
        if not hosts:
            return _without_mx(subject, domain, why, asks)
        if hosts == [""]:
            return subject.fails(f"Its MX record says that it takes no mail, so {why} cannot arrive.")
        remarks = [remark for host in hosts for remark in _host_remarks(host, why, asks)]
        return subject.sums_up(remarks, f"{why.capitalize()} go to {', '.join(hosts)}.")
    except Unanswered as error:
        return subject.unasked(str(error))


def _preference(value: str) -> tuple[int, str]:
    number, _, host = value.partition(" ")
    return int(number), host


def _without_mx(subject: Subject, domain: str, why: str, asks: Asks) -> Finding:
    if addresses(domain, asks):
        words = f"It has no MX record; {why} go to its address, if a mail server listens there."
        return subject.warns(words, _wanted(domain))
    words = f"It has neither MX nor address, so {why} cannot arrive. Name the server that takes it."
    return subject.fails(words, _wanted(domain))


def _wanted(domain: str) -> Record:
    return Record(domain, "MX", f"10 mail.{domain}.")


def _host_remarks(host: str, why: str, asks: Asks) -> Iterator[Remark]:
    if _is_address(host):
        yield FAIL, f"Its MX record names an address ({host}), where only the name of a server may stand."
    elif not addresses(host, asks):
        yield FAIL, f"Its MX record names {host}, which has no address: {why} cannot arrive there."


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def judge_names(sending: Sequence[str], greeting: str, asks: Asks, *, certain: bool) -> Finding:
    """PTR and HELO of the host that our mail leaves from. `greeting` is its name in SMTP, empty if not known.

    `certain`: these are its addresses for sure; else a fault may be of a host that never sends.
    """
    subject = Subject("ptr", greeting or ", ".join(sending))
    bad = FAIL if certain else WARN
    if not sending:
        return subject.warns(
            "Which address your mail leaves from cannot be seen from here: try `meantime doctor --sent-from ADDRESS`."
        )
    try:
        remarks = [remark for address in sending for remark in _name_remarks(address, bad, asks)]
        remarks += _greeting_remarks(sending, greeting, asks)
    except Unanswered as error:
        return subject.unasked(str(error))
    return subject.sums_up(remarks, f"{', '.join(sending)} and its name lead to each other.")


def _name_remarks(address: str, bad: Verdict, asks: Asks) -> Iterator[Remark]:
    where = reverse_name(address)
    names = asks.ask(where, "PTR").certain()
    if not names:
        yield bad, f"{address} has no name, and many receivers refuse such senders: its owner sets a PTR at {where}."
    elif not any(str(ip_address(address)) in addresses(name, asks) for name in names):
        yield bad, f"{address} is called {names[0]}, which does not lead back to it: set an address record there."


def _greeting_remarks(sending: Sequence[str], greeting: str, asks: Asks) -> Iterator[Remark]:
    """A server's name for itself should exist; that it is the one of the address is good, and no more than that."""
    if not greeting:
        return
    if "." not in greeting or _is_address(greeting.strip("[]")):
        yield WARN, f"The server calls itself {greeting}, which is no full name: set its host name."
    elif not set(addresses(greeting, asks)):
        yield WARN, f"The server calls itself {greeting}, which has no address: publish one, or set its host name."
    elif not set(addresses(greeting, asks)) & set(sending):
        yield WARN, f"The server calls itself {greeting}, which leads elsewhere than to {', '.join(sending)}."
