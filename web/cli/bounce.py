"""`meantime bounce`: what a mail that came back says, and what would be done about it."""

import json
import sys
from typing import BinaryIO

import click

from emails.bounces.guard import Judge
from emails.bounces.verdict import Verdict
from web.hooks import listener

# The largest mail that is read; what stands beyond it belongs to the mail that came back.
MOST_OCTETS = 32 * 1024 * 1024

ACTIONS = {
    "suppress": "This address is not mailed any more.",
    "count": "This counts. Three mails of different days, over a week or more and none accepted between: no more mail.",
    "unsubscribe": "The reader leaves the course.",
    "none": "Nothing.",
}
KINDS = {
    "bounce": "a bounce: the mail was not delivered",
    "complaint": "a complaint: the reader called the mail spam",
    "auto-reply": "an automatic reply",
    "delivery notice": "a notice: nothing is final",
    "other": "no report",
}


@click.group()
def bounce() -> None:
    """Mail that came back."""


@bounce.command()
@click.argument("file", type=click.File("rb"))
@click.option("--json", "as_json", is_flag=True, help="kind, address, status, hard, message_id, action.")
def explain(file: BinaryIO, as_json: bool) -> None:  # noqa: FBT001
    """Say what FILE, a mail as it came (- for standard input), means. Nothing is changed."""
    try:
        raw = file.read(MOST_OCTETS)
    except OSError as error:
        raise click.BadParameter(f"This cannot be read: {error.strerror}.", param_hint="FILE") from None
    with Judge() as judge:
        verdict = judge.judge(raw)
    click.echo(json.dumps(_as_json(verdict), indent=2, ensure_ascii=True) if as_json else _in_words(verdict))


@bounce.command()
def listen() -> None:
    """Take mail that came back at MEANTIME_BOUNCE_LISTEN, until Ctrl-C; `meantime up` does it by itself."""
    sys.exit(listener.main())


def _as_json(verdict: Verdict) -> dict[str, object]:
    return {
        "kind": verdict.kind,
        "address": verdict.address,
        "status": verdict.status,
        "hard": verdict.hard,
        "message_id": verdict.message_id,
        "action": verdict.action,
    }


def _in_words(verdict: Verdict) -> str:
    known = {
        "It is": KINDS[verdict.kind],
        "About": verdict.address or "nobody that it names",
        "Status": (verdict.status or "none") + (", for good" if verdict.hard else ""),
        "In words": verdict.diagnostic or "none",
        "Message-ID": verdict.message_id or "none that it quotes",
        "What follows": ACTIONS[verdict.action],
    }
    return "\n".join(f"{name + ':':14}{_clean(value)}" for name, value in known.items())


def _clean(text: str) -> str:
    """What may be shown in a terminal: a mail must not steer it."""
    return "".join(each if each.isprintable() else "?" for each in text)
