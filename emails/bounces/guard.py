"""Verdicts from a guarded child process: no mail, however it was made, can hang, fill or end who asks."""

from base64 import b64encode
from collections.abc import Iterable

from emails.bounces.opened import MOST_OCTETS
from emails.bounces.verdict import Verdict
from emails.child import Broken, Child

SECONDS = 10.0


class Judge:
    """Judges in its child; safe to share between threads. Close it, or use it in a `with`."""

    def __init__(self, seconds: float = SECONDS) -> None:
        """`seconds` for each mail; one that takes longer is "other"."""
        self._child = Child("emails.bounces.in_child", seconds)

    def __enter__(self) -> "Judge":
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def judge(self, raw: bytes, recipients: Iterable[str] = ()) -> Verdict:
        """What this mail says. `recipients` are the envelope's. A mail that brings the child down is "other"."""
        request = {"raw": b64encode(raw[:MOST_OCTETS]).decode("ascii"), "recipients": list(recipients)}
        try:
            return Verdict(**self._child.ask(request))
        except Broken:
            return Verdict("other", diagnostic="This mail could not be read within the limits.")

    def close(self) -> None:
        """Ends the child; the next use starts another."""
        self._child.close()
