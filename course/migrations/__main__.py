"""Write a new migration from the difference between the models and a fresh database.

python -m course.migrations "What changes"
"""

import sys
import tempfile
from pathlib import Path

from alembic import command

from course.database import Database
from course.migrations import FOLDER, config_for, migrate


def main() -> int:
    """Migrate a throw-away database to head and let Alembic write what the models have beyond it."""
    if len(sys.argv) != 2:
        sys.stderr.write('usage: python -m course.migrations "What changes"\n')
        return 2
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'fresh.db'}")
        migrate(database)
        count = len(list((FOLDER / "versions").glob("*.py"))) + 1
        command.revision(config_for(database), message=sys.argv[1], autogenerate=True, rev_id=f"{count:04d}")
        database.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
