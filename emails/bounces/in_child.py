"""The child of `emails.bounces.guard`: one verdict after the other until its input ends."""

import sys
from base64 import b64decode
from dataclasses import asdict
from typing import Any

from emails.bounces.judge import judge
from emails.bounces.verdict import Verdict
from emails.child import limit, limit_cpu, serve


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """The verdict as plain values."""
    try:
        return asdict(judge(b64decode(request["raw"]), request["recipients"]))
    except Exception as error:  # whatever it is, the mail is to blame and the next one waits
        return asdict(Verdict("other", diagnostic=f"This mail could not be read: {type(error).__name__}."))


if __name__ == "__main__":
    limit()
    serve(sys.stdin.buffer, sys.stdout.buffer, answer, limit_cpu)
