"""Write a new migration from the difference between the models and a fresh database.

python -m course.migrations "What changes"
"""

import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.config import Config

from course.database import MIGRATIONS, Database


def main() -> int:
    """Migrate a throw-away database to head and let Alembic write what the models have beyond it."""
    if len(sys.argv) != 2:
        sys.stderr.write('usage: python -m course.migrations "What changes"\n')
        return 2
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'fresh.db'}")
        database.migrate()
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["engine"] = database.engine
        count = len(list((MIGRATIONS / "versions").glob("*.py"))) + 1
        command.revision(config, message=sys.argv[1], autogenerate=True, rev_id=f"{count:04d}")
        database.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
