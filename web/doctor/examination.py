"""The round of all checks: everything at once, within the patient's time."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import structlog
from sqlalchemy.exc import SQLAlchemyError

from course.errors import Misconfigured
from emails.doctor.findings import Finding, Subject, Verdict, worst
from web.doctor import house, mail
from web.doctor.patient import Patient

Check = Callable[[Patient], Finding | Sequence[Finding]]

HOUSE: Mapping[str, Check] = {
    "database": house.database,
    "disk": house.disk,
    "broker": house.broker,
    "heartbeat": house.timetable,
    "outbox": house.outbox,
    "alarms": house.relays,
    "backup": house.backup,
    "clock": house.clock,
    "zones": house.zones,
}
DNS: Mapping[str, Check] = {
    "spf": mail.spf,
    "dkim": mail.dkim,
    "dmarc": mail.dmarc,
    "alignment": mail.alignment,
    "mx": mail.mx,
    "ptr": mail.ptr,
}
CHECKS: Mapping[str, Check] = {**HOUSE, "relay": mail.relay, **DNS}

log = structlog.get_logger("doctor")


@dataclass(frozen=True)
class Report:
    """What was found, in the order of the checks; and `later`: the checks that do not apply yet, each with why not."""

    findings: tuple[Finding, ...]
    later: Mapping[str, str]

    @property
    def reasons(self) -> Mapping[str, tuple[str, ...]]:
        """The same by reason: those that wait for one thing together."""
        reasons = dict.fromkeys(self.later.values())
        return {why: tuple(name for name in self.later if self.later[name] == why) for why in reasons}

    @property
    def verdict(self) -> Verdict:
        """The worst of all."""
        return worst(finding.verdict for finding in self.findings)


def examine(patient: Patient, only: Sequence[str] = ()) -> Report:
    """Make all checks, or those named in `only`. Never raises, and answers within the patient's time."""
    asked = [name for name in CHECKS if not only or name in only]
    reasons = {"relay": patient.no_relay()} | dict.fromkeys(DNS, patient.no_dns())
    later = {name: reasons[name] for name in asked if reasons.get(name)}
    ends = time.monotonic() + patient.wishes.seconds
    rounds = [_Round(name, patient) for name in asked if name not in later]
    findings: list[Finding] = []
    for each in rounds:
        each.join(max(ends - time.monotonic(), 0))
        findings += each.findings if each.findings is not None else [_silent(each.name, patient.wishes.seconds)]
    return Report(tuple(findings), later)


class _Round(threading.Thread):
    """One check in a thread of its own: one that hangs costs nobody else their time, nor the process its end."""

    def __init__(self, name: str, patient: Patient) -> None:
        super().__init__(name=name, daemon=True)
        self._patient = patient
        self.findings: list[Finding] | None = None
        self.start()

    def run(self) -> None:
        """Make the check."""
        try:
            found = CHECKS[self.name](self._patient)
        except SQLAlchemyError as error:
            reason = str(getattr(error, "orig", None) or type(error).__name__).strip().splitlines()[0]
            found = Subject(self.name).fails(f"The database does not answer: {reason}.")
        except Misconfigured as error:
            found = Subject(self.name).fails(str(error))
        except Exception:  # the thread's end: a check that broke is told, and the others go on
            log.exception("a check broke", check=self.name)
            found = Subject(self.name).warns("The check itself broke; the log says how.")
        self.findings = [found] if isinstance(found, Finding) else list(found)


def _silent(name: str, seconds: float) -> Finding:
    line = f"No answer within {seconds:.0f} seconds."
    return Subject(name).fails(line) if name in {"database", "broker"} else Subject(name).warns(line)
