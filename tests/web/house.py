"""An installation with a mail server that it sends to, for tests that run its command as a person does."""

import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from course.database import Database
from course.settings import Settings, environment
from emails.testing import ScriptedServer
from tests.postgres import programs_folder
from tests.worker import mailing
from tests.worker.mailing import Mailing
from worker.runtime import Runtime, open_runtime


@dataclass
class House:
    """An installation, the mail server it sends to, and its command."""

    database: Database
    server: ScriptedServer
    folder: Path
    settings: Settings = field(init=False)
    mailing: Mailing = field(init=False)

    def __post_init__(self) -> None:
        changes = {"database_url": self.database.url, "smtp_url": self.server.url, "env": "development"}
        self.settings = mailing.settings(self.folder).model_copy(update=changes)
        self.mailing = Mailing(self.database, self.server, self.folder)

    def run(self, *arguments: str | Path, status: int = 0) -> str:
        env = environment(self.settings)
        env["PATH"] = f"{programs_folder()}{os.pathsep}{env['PATH']}"
        command = [sys.executable, "-m", "web.cli", *map(str, arguments)]
        done = subprocess.run(command, env=env, cwd=self.folder, capture_output=True, text=True, check=False)
        assert done.returncode == status, (done.returncode, done.stdout, done.stderr)
        return done.stdout + done.stderr

    def worker(self) -> Runtime:
        return open_runtime(self.settings)

    def deliver(self) -> None:
        runtime = self.worker()
        while runtime.deliver(urgent=False):
            pass
        runtime.database.close()

    def restore(self, backup: Path) -> None:
        self.database.close()
        self.run("restore", backup, "--yes")
