"""README.md: what is not run (tests/journeys/test_readme.py runs the rest) is parsed."""

import re
import subprocess
import sys
from pathlib import Path

import click
import dns.rdatatype
import dns.zone
import pytest

from tests.deployment import read
from tests.readme import ROOT, all_lines, kind_of, lines, words
from web.cli import main

COMPOSE = str(Path(sys.executable).parent / "docker-compose")


def parse_meantime(said: list[str]) -> None:
    """Let click read a command line; raise its complaint."""
    command: click.Command = main
    context = click.Context(main, info_name=said.pop(0))
    while isinstance(command, click.Group):
        found = command.get_command(context, said[0])
        assert found is not None, f"there is no `meantime {said[0]}`"
        command, context = found, click.Context(found, parent=context, info_name=said.pop(0))
    command.make_context(command.name, said)


def parse_compose(said: list[str], services: dict[str, object]) -> None:
    """Check a verb of Compose, its options, the service and the command that it names."""
    verb, *rest = said
    told = subprocess.run([COMPOSE, verb, "--help"], capture_output=True, text=True, check=True).stdout
    assert f"compose {verb}" in told
    while rest and rest[0].startswith("-"):
        assert re.search(rf"(^|\s){re.escape(rest[0])}\b", told), f"compose {verb} has no {rest[0]}"
        rest.pop(0)
    if rest:
        assert rest.pop(0) in services
    if rest:
        assert rest[0] == "meantime"
        parse_meantime(rest)


def test_every_line_of_every_block_is_of_a_kind_that_is_checked():
    assert [line for line in all_lines() if kind_of(line) is None] == []
    assert all(lines(kind) for kind in ("make", "meantime", "docker", "copy", "record", "tree"))


def test_the_commands_of_compose_name_what_there_is(tmp_path: Path):
    services = read((ROOT / "docker-compose.yml").read_text(), tmp_path)["services"]
    for line in lines("docker"):
        parse_compose(words(line)[2:], services)


@pytest.mark.parametrize(
    "wrong",
    [
        "up --detached",
        "exec wep meantime init",
        "exec web meantime admin ad you@example.org",
        "exec web meantime admin add",
    ],
)
def test_a_wrong_command_of_compose_would_be_noticed(wrong: str, tmp_path: Path):
    services = read((ROOT / "docker-compose.yml").read_text(), tmp_path)["services"]
    with pytest.raises((AssertionError, click.ClickException)):
        parse_compose(wrong.split(), services)


def test_what_is_copied_is_there():
    for line in lines("copy"):
        assert (ROOT / words(line)[1]).exists()


def test_the_records_are_what_dns_spf_and_dmarc_want():
    zone = dns.zone.from_text("$TTL 3600\n" + "\n".join(lines("record")), origin="example.org.", check_origin=False)
    found = {
        str(name): b"".join(record.strings).decode() for name, _ttl, record in zone.iterate_rdatas(dns.rdatatype.TXT)
    }
    assert re.fullmatch(r"v=spf1( [+~?-]?(a|mx|all|ip4:\S+|ip6:\S+|include:\S+))+", found["@"])
    tags = dict(tag.strip().split("=", 1) for tag in found["_dmarc"].split(";"))
    assert list(tags)[:2] == ["v", "p"]
    assert tags["v"] == "DMARC1"
    assert tags["p"] in {"none", "quarantine", "reject"}
    assert tags["rua"].startswith("mailto:")


def test_every_command_explains_itself():
    def below(command: click.Command, path: str) -> list[tuple[str, click.Command]]:
        if not isinstance(command, click.Group):
            return [(path, command)]
        context = click.Context(command)
        names = command.list_commands(context)
        return [each for name in names for each in below(_found(command, context, name), f"{path} {name}")]

    mute = [path for path, command in below(main, "meantime") if not command.help]
    assert mute == []


def _found(group: click.Group, context: click.Context, name: str) -> click.Command:
    command = group.get_command(context, name)
    assert command is not None
    return command
