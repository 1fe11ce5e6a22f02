"""The root of the command: what there is, and how errors are said."""

from importlib import import_module
from typing import Any

import click

from course.errors import MeantimeError, Misconfigured

# Where each command is. It is imported when it is asked for: `meantime up` should not wait for what `course` needs.
COMMANDS = {
    "up": "web.cli.running:up",
    "demo": "web.cli.demo:demo",
    "init": "web.cli.house:init",
    "admin": "web.cli.house:admin",
    "course": "web.cli.course:course",
    "reader": "web.cli.reader:reader",
    "simulate": "web.cli.simulate:simulate",
    "send-test": "web.cli.send_test:send_test",
    "bounce": "web.cli.bounce:bounce",
    "doctor": "web.cli.doctor:doctor",
    "backup": "web.cli.backup:backup",
    "restore": "web.cli.restore:restore",
    "restored": "web.cli.restored:restored",
    "dkim": "web.cli.dkim:dkim",
    "clock": "web.cli.clock:clock",
}


class Commands(click.Group):
    """A group whose commands may raise our own errors: one sentence, no traceback, exit 1."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command; None where there is none of this name."""
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; say what went wrong."""
        try:
            return super().invoke(ctx)
        except MeantimeError as error:
            click.echo(str(error), err=True)
            ctx.exit(2 if isinstance(error, Misconfigured) else 1)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="meantime", message="Meantime %(version)s")
def main() -> None:
    """Email courses that arrive in the reader's own time."""
