"""The command `meantime`. Exit 0: done. 1: problems were found, and said. 2: wrong use."""

from web.cli.main import main

__all__ = ["main"]
