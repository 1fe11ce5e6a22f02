"""What helps to be sure of a mail: a linter for messages, and a mail server that misbehaves on request."""

from emails.testing.message import lint_message
from emails.testing.script import Rule
from emails.testing.server import ScriptedServer
from emails.testing.session import Accepted, Setup

__all__ = ["Accepted", "Rule", "ScriptedServer", "Setup", "lint_message"]
