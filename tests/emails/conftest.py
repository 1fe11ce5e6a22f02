"""What the tests of handing over mail share."""

from tests.emails.relays import certificate, connection, free_port, server

__all__ = ["certificate", "connection", "free_port", "server"]
