"""A supervisor process for tests: `python -m tests.web.supervised FOLDER` runs FOLDER/programs."""

import json
import os
import sys
from functools import partial
from pathlib import Path

import click

from course.errors import Misconfigured
from web.processes import Port, Program, held
from web.supervisor import Supervisor


def main(folder: Path) -> int:
    programs = []
    for name, script, extra in json.loads((folder / "programs").read_text()):
        if "ready" in extra:
            extra["ready"] = partial(os.path.exists, folder / extra["ready"])
        if "port" in extra:
            extra["port"] = Port(extra["port"], "MEANTIME_WEB_PORT")
        programs.append(Program(name, ("sh", "-c", script), dict(os.environ), **extra))
    try:
        with held(folder) as killed:
            return Supervisor(programs, partial(click.echo, "ALL READY"), patience=5.0 if killed else 0.0).run()
    except Misconfigured as error:
        click.echo(error)
        return 2


if __name__ == "__main__":
    os.chdir(sys.argv[1])
    sys.exit(main(Path(sys.argv[1])))
