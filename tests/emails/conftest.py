"""What the tests of letters share: a compiler, a transaction, and a mail server to hand them to."""

from tests.emails.posting import compiler, session
from tests.emails.relays import certificate, connection, free_port, server

__all__ = ["certificate", "compiler", "connection", "free_port", "server", "session"]
