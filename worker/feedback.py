"""What came back: fetched where a mailbox is named, judged in a guarded child, forgotten when it is old.

Judging runs outside any transaction; `settle` believes the row: who comes second writes nothing.
"""

import time
from dataclasses import asdict, dataclass
from datetime import timedelta

import structlog

from course import feedback
from course.clock import Clock
from course.database import Database
from course.feedback import Said
from course.settings import Settings
from course.tokens import Tokens
from emails.bounces.guard import Judge
from emails.inboxes import InboxTrouble, fetch
from worker.careful import DATABASE_TROUBLE

MOST_FETCHED = 200
MOST_JUDGED = 50
MOST_FORGOTTEN = 500
SECONDS = 60.0  # far below a task's limit, however slow the mails are

log = structlog.get_logger("feedback")


@dataclass(frozen=True)
class Feedback:
    """The ears of one installation."""

    settings: Settings
    database: Database
    clock: Clock
    tokens: Tokens

    def attend(self) -> bool:
        """Fetch, judge, forget; True when there may be more to judge."""
        self.fetch()
        more = self.judge()
        self.forget()
        return more

    def fetch(self) -> int:
        """Empty the inbox into the table of reports. Returns how many mails there were."""
        if not self.settings.bounce_inbox:
            return 0
        try:
            return fetch(self.settings.bounce_inbox, self._keep, MOST_FETCHED)
        except InboxTrouble as trouble:
            log.warning("inbox", trouble=str(trouble))
            return 0

    def judge(self) -> bool:
        """Judge what waits, for a minute at most; True when more waits."""
        with self.database.reading() as session:
            found = feedback.waiting(session, MOST_JUDGED)
        if not found:
            return False
        until = time.monotonic() + SECONDS
        with Judge() as judge:
            for each in found:
                self._settle(each.id, Said(**asdict(judge.judge(each.raw, each.recipients))))
                if time.monotonic() > until:
                    return True
        return len(found) == MOST_JUDGED

    def forget(self) -> int:
        """Erase the texts that are old enough."""
        before = self.clock.now() - timedelta(days=self.settings.bounce_days)
        with self.database.writing() as session:
            return feedback.forget(session, before, MOST_FORGOTTEN)

    def _settle(self, report: int, said: Said) -> None:
        """What one report brings down is about that report, and the next one is heard; a database in trouble is not."""
        try:
            action = self._write(report, said)
        except DATABASE_TROUBLE:
            raise
        except Exception as error:
            name = type(error).__name__
            log.warning("not settled", report=report, error=name)
            said = Said("other", diagnostic=f"This report could not be acted upon: {name}.")
            action = self._write(report, said)
        log.info("report", report=report, kind=said.kind, status=said.status, action=action)

    def _write(self, report: int, said: Said) -> str | None:
        with self.database.writing() as session:
            return feedback.settle(session, report, said, self.tokens, self.clock.now())

    def _keep(self, raw: bytes) -> None:
        source = "maildir" if self.settings.bounce_inbox.startswith("maildir:") else "imap"
        with self.database.writing() as session:
            feedback.receive(session, raw, source, (), self.clock.now())
