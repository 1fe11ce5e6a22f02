"""What SpamAssassin thinks of a message, where it is installed: its rules as they are, without a look-up anywhere."""

import re
import shutil
import subprocess
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path

SECONDS = 60
PREFERENCES = "use_bayes 0\nuse_auto_welcomelist 0\nreport_safe 0\n"
PATH = "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin"
# As a mail server on the public internet that took it from ours would write it.
RECEIVED = (
    b"Received: from mail.example.org (mail.example.org [185.199.110.10])\r\n"
    b"\tby mx.example.net with ESMTPS id 4F00BA1 for <ana@example.net>; %s\r\n"
)
DATE = re.compile(rb"^Date: ([^\r\n]+)", re.MULTILINE)
SOME_DAY = b"Sun, 22 Nov 2026 09:00:02 +0000"
RULE = re.compile(r"^\s*(-?\d+\.\d+)\s+([A-Z][A-Z0-9_]+)", re.MULTILINE)
TOTAL = re.compile(r"Content analysis details:\s+\((-?\d+\.\d+) points")

# It is heavy: one at a time is enough.
_turn = threading.Lock()


@dataclass(frozen=True)
class Score:
    """The sum, and what each rule gave to it; under 5 SpamAssassin lets a mail through."""

    total: float
    rules: dict[str, float]

    @property
    def charged(self) -> dict[str, float]:
        """The rules that count against the message, the worst first."""
        return {name: points for name, points in sorted(self.rules.items(), key=lambda each: -each[1]) if points > 0}


def spam_score(data: bytes) -> Score | None:
    """Its score; None where SpamAssassin is not installed or does not answer within a minute."""
    program = shutil.which("spamassassin", path=PATH)
    if program is None:
        return None
    with _turn, tempfile.TemporaryDirectory() as home:
        preferences = Path(home) / "preferences"
        preferences.write_text(PREFERENCES)
        try:
            run = subprocess.run(  # noqa: S603 - found under a fixed path, given no argument of anybody's
                [program, "-L", "-t", "-p", str(preferences)],
                input=RECEIVED % (DATE.search(data) or [b"", SOME_DAY])[1] + data,
                capture_output=True,
                check=True,
                timeout=SECONDS,
                env={"HOME": home, "PATH": PATH, "LANG": "C"},
            )
        except (subprocess.SubprocessError, OSError):
            return None
    return _read(run.stdout.decode("utf-8", "replace"))


def _read(answer: str) -> Score | None:
    total = TOTAL.search(answer)
    if total is None:
        return None
    return Score(float(total[1]), {name: float(points) for points, name in RULE.findall(answer[total.end() :])})
