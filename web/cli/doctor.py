"""`meantime doctor`: a check-up of the installation and of what the world makes of its mail."""

import json
import shutil
import sys
import textwrap
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any

import click

from course.clock import open_clock
from course.database import Database
from course.settings import load
from emails.doctor.findings import Finding, Verdict
from web.doctor import CHECKS, Report, Wishes, examine, open_patient
from web.doctor.patient import PUBLIC_TIME, time_server_of

TIME = f"Whom to ask for the time, or none. In production {PUBLIC_TIME}, in development nobody."
ONLY = f"Only this check; may be repeated. There are {', '.join(CHECKS)}."
COLOURS: Mapping[Verdict, Mapping[str, Any]] = {
    Verdict.PASS: {"fg": "green"},
    Verdict.WARN: {"fg": "yellow"},
    Verdict.FAIL: {"fg": "red", "bold": True},
}
INDENT = " " * 17


@click.command()
@click.option("--only", multiple=True, type=click.Choice(list(CHECKS)), metavar="NAME", help=ONLY)
@click.option(
    "--resolver", multiple=True, metavar="ADDRESS[:PORT]", help="Ask this name server instead of the machine's."
)
@click.option("--sent-from", multiple=True, metavar="ADDRESS", help="An IP address that your mail leaves from.")
@click.option("--time-server", metavar="HOST[:PORT]", help=TIME)
@click.option("--seconds", type=click.FloatRange(1, 300), default=20.0, show_default=True, help="How long it may take.")
@click.option("--json", "as_json", is_flag=True, help="Findings as a program reads them.")
def doctor(only: tuple[str, ...], as_json: bool, **asked: Any) -> None:  # noqa: FBT001
    """Look at everything that sending needs, and say what to do. Exit 1 if something fails; warnings exit 0.

    Where mail goes into the built-in mailbox, the DNS is asked only if --only or --resolver says so.
    """
    wishes = Wishes(
        resolvers=tuple(_resolver(each) for each in asked["resolver"]),
        time_server=_time_server(asked["time_server"]),
        sent_from=tuple(_address(each) for each in asked["sent_from"]),
        seconds=asked["seconds"],
        insists=bool(only or asked["resolver"]),
    )
    report = _examined(wishes, only)
    if as_json:
        click.echo(json.dumps(_as_json(report), indent=2, ensure_ascii=False))
    else:
        _show(report)
    raise SystemExit(1 if report.verdict is Verdict.FAIL else 0)


def _examined(wishes: Wishes, only: tuple[str, ...]) -> Report:
    settings = load()
    database = Database(settings.database, sqlite_synchronous=settings.sqlite_synchronous)
    try:
        clock = open_clock(settings.state_dir, development=settings.development)
        return examine(open_patient(settings, database, clock, wishes), only)
    finally:
        database.close()


def _show(report: Report) -> None:
    for finding in report.findings:
        about = f"{finding.about}: " if finding.about else ""
        verdict = click.style(f"{finding.verdict:<6}", **COLOURS[finding.verdict])
        click.echo(verdict + _wrapped(f"{finding.name:<10} {about}{finding.line}"))
        if finding.record:
            # As one line however narrow the screen is: it is there to be copied.
            click.echo(INDENT + click.style(str(finding.record), fg="cyan"))
    for why, names in report.reasons.items():
        click.echo("later " + _wrapped(f"{', '.join(names)}: {why}."))


def _wrapped(line: str) -> str:
    """For a terminal, in its width; for a pipe, as one line."""
    if not sys.stdout.isatty():
        return line
    width = shutil.get_terminal_size().columns
    return textwrap.fill(line, max(width - 6, 40), subsequent_indent=INDENT, initial_indent="").lstrip()


def _as_json(report: Report) -> dict[str, object]:
    return {
        "verdict": report.verdict,
        "findings": [_finding_as_json(finding) for finding in report.findings],
        "later": [{"name": name, "line": f"Not yet: {why}."} for name, why in report.later.items()],
    }


def _finding_as_json(finding: Finding) -> dict[str, object]:
    record = finding.record
    return {
        "name": finding.name,
        "verdict": finding.verdict,
        "about": finding.about,
        "line": finding.line,
        "record": {"name": record.name, "type": record.kind, "value": record.value} if record else None,
    }


def _place(text: str, port: int) -> tuple[str, int]:
    """`host`, `host:port`, `::1` or `[::1]:port`."""
    host, colon, number = text.rpartition(":")
    if not colon or (":" in host and not host.startswith("[")):
        return text.strip("[]"), port
    if not number.isdecimal() or not 0 < int(number) < 65536 or not host:
        raise click.BadParameter(f"{text} is no server; write 127.0.0.1:5353 or a name.")
    return host.strip("[]"), int(number)


def _time_server(text: str | None) -> tuple[str, int] | None:
    if text is None:
        return time_server_of(load())
    return None if text == "none" else _place(text, 123)


def _resolver(text: str) -> tuple[str, int]:
    host, port = _place(text, 53)
    return _address(host, "--resolver"), port


def _address(text: str, option: str = "--sent-from") -> str:
    try:
        return str(ip_address(text))
    except ValueError:
        raise click.BadParameter(f"{text} is no IP address.", param_hint=option) from None
