"""Arguments that several commands take, and the course that they take for want of one."""

from pathlib import Path

import click

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
SAMPLE = Path(__file__).parents[2] / "course" / "samples" / "breathing-room"
