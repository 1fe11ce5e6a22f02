"""What helps to be sure of a mail: a linter for messages, and servers that misbehave on request.

The name server is in `emails.testing.nameserver`: who lints a message need not load what it stands on.
"""

from emails.testing.message import lint_message
from emails.testing.script import Rule
from emails.testing.server import ScriptedServer
from emails.testing.session import Accepted, Setup

__all__ = ["Accepted", "Rule", "ScriptedServer", "Setup", "lint_message"]
