"""The command `meantime`. Exit 0: done. 1: problems were found, and said. 2: wrong use."""

from web.cli.clock import clock
from web.cli.course import course
from web.cli.demo import demo
from web.cli.house import admin, init, up
from web.cli.main import main

for each in (up, demo, init, admin, course, clock):
    main.add_command(each)

__all__ = ["main"]
