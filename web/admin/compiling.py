"""The compiler of this process, for every page that shows a letter."""

from flask import current_app

from emails.compile import Compiler


def compiler() -> Compiler:
    """This process's compiler."""
    found: Compiler = current_app.extensions["compiler"]
    return found
