"""What somebody has to look at: a relay that refuses us, or that cannot be reached."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Text
from sqlalchemy.orm import Mapped, mapped_column

from course.database import Base, partial_index


class Alarm(Base):
    """Trouble with one relay, from its beginning to its end. All instants are by the database's clock.

    Changed by the verbs of course.alarms alone."""

    __tablename__ = "alarms"
    __table_args__ = (
        # Two processes that meet the same trouble tell it once.
        partial_index("one_open_alarm_per_relay", "key", where="over_at IS NULL", unique=True),
        CheckConstraint("cause IN ('policy', 'deferrals', 'trouble')", name="known_cause"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    # The relay's host and port.
    key: Mapped[str] = mapped_column(Text)
    cause: Mapped[str] = mapped_column(Text)
    # What the server said last.
    words: Mapped[str] = mapped_column(Text)
    began_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    # How often it was stopped, and until when nobody tries it; NULL where it is not stopped.
    rests: Mapped[int] = mapped_column(default=0)
    rests_until: Mapped[datetime | None]
    # When the owners were last written to.
    mailed_at: Mapped[datetime | None]
    over_at: Mapped[datetime | None]
