"""Keys for signing mail: make them, and see what to write into the DNS."""

import json
import os
from pathlib import Path

import click

from course.dkim_keys import DkimKey, dns_record, new_key, read_keys, zone_line
from course.errors import Misconfigured
from course.settings import PREFIX, load


@click.group()
def dkim() -> None:
    """The keys that sign mail (DKIM), so that it passes for yours."""


@dkim.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--selector", default="mt1", show_default=True, help="A name for the key; a later key needs another.")
@click.option("--ed25519", is_flag=True, help="A second, modern key beside the RSA key that all receivers know.")
def new(file: Path, selector: str, ed25519: bool) -> None:  # noqa: FBT001
    """Write a new key into FILE, and say what to set and what to write into the DNS."""
    pem, selectors = new_key("rsa"), selector
    if ed25519:
        pem, selectors = pem + new_key("ed25519"), f"{selector} {selector}e"
    try:
        keys = read_keys(pem, selectors)
    except ValueError as error:
        raise click.BadParameter(f"{error}.", param_hint="--selector") from None
    _write(file, pem)
    click.echo("Write this into the DNS of every domain that you send from:\n")
    _echo_zone(keys, _domain())
    click.echo("\nOnce it is there, set this, and let `meantime doctor` have a look:\n")
    click.echo(f"{PREFIX}DKIM_KEY_FILE={file.resolve()}\n{PREFIX}DKIM_SELECTOR={selectors}")


@dkim.command()
@click.argument("domains", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="A list of name and text, for a program.")
def records(domains: tuple[str, ...], as_json: bool) -> None:  # noqa: FBT001
    """What the DNS of DOMAINS must hold for the keys that are set; by default the domain of MEANTIME_MAIL_FROM."""
    keys = load().dkim_keys
    if not keys:
        raise Misconfigured(f"No key is set: `meantime dkim new FILE` makes one for {PREFIX}DKIM_KEY_FILE.")
    wanted = domains or (_domain(),)
    if as_json:
        pairs = [(key.record_name(domain), dns_record(key)) for domain in wanted for key in keys]
        click.echo(json.dumps([{"name": name, "text": text} for name, text in pairs], indent=2))
        return
    for domain in wanted:
        _echo_zone(keys, domain)


def _domain() -> str:
    return load().sender_address.rpartition("@")[2]


def _echo_zone(keys: tuple[DkimKey, ...], domain: str) -> None:
    for key in keys:
        click.echo(zone_line(key, domain))


def _write(file: Path, pem: str) -> None:
    """Readable by its owner alone; never over another key, which may be in use."""
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise Misconfigured(f"{file} cannot be written: {error.strerror}.") from None
    with os.fdopen(descriptor, "w", encoding="ascii") as opened:
        opened.write(pem)
