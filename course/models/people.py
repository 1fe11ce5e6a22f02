"""Who is there: readers, admins, those we must not mail, and the house itself."""

from datetime import datetime

from sqlalchemy import JSON, BigInteger, CheckConstraint, Float, ForeignKey, Index, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from course.database import Base, partial_index


class House(Base):
    """The installation: one row. `identity_key` never rotates: Message-IDs and leave links are made with it."""

    __tablename__ = "house"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    identity_key: Mapped[bytes] = mapped_column(LargeBinary)
    # The compiled letter that brings an admin a sign-in link; it belongs to no course.
    sign_in_id: Mapped[int | None] = mapped_column(ForeignKey("compilations.id"))
    # The same for the letter that tells the owners of an alarm; without a foreign key, for SQLite adds columns only so.
    alarm_id: Mapped[int | None]
    # When a worker last did what the timetable asks for, by the database's clock.
    heartbeat_at: Mapped[datetime | None]
    # Only grows, and stands beside the database as well: course.generation.
    generation: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    # When the last good backup was made, by the database's clock.
    backed_up_at: Mapped[datetime | None]
    # The release of the zone data by which plans are made: course.zone_data.
    zone_data: Mapped[str | None] = mapped_column(Text)


class Reader(Base):
    """A person we may mail. `handle` is their name in links: random, never the address or a number."""

    __tablename__ = "readers"
    # One address is one reader, however it is capitalised.
    __table_args__ = (Index("one_reader_per_address", "digest", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    handle: Mapped[str] = mapped_column(Text, unique=True)
    email: Mapped[str] = mapped_column(Text, unique=True)
    # The keyed digest under which the address would be suppressed.
    digest: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text, default="")
    timezone: Mapped[str | None] = mapped_column(Text)
    hour: Mapped[str | None] = mapped_column(Text)
    pace: Mapped[float] = mapped_column(Float, default=1.0)
    # Counts changes of zone, hour and pace: a planned row that was computed before the last one is stale.
    wishes_number: Mapped[int] = mapped_column(default=0)
    # What the house knows besides, by name, for letters to use: course.custom_fields.
    fields: Mapped[dict[str, str]] = mapped_column(JSON, default=dict, server_default="{}")
    created_at: Mapped[datetime]


class Suppression(Base):
    """An address that is not mailed, by a keyed digest so that it outlives the reader's erasure."""

    __tablename__ = "suppressions"
    __table_args__ = (
        partial_index("one_standing_suppression_per_reason", "digest", "reason", where="ended_at IS NULL", unique=True),
        CheckConstraint("reason IN ('left-all', 'bounce', 'complaint')", name="known_reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Admin(Base):
    """Signs in to /admin, with a one-time link or a password (argon2). A new password ends every session."""

    __tablename__ = "admins"
    __table_args__ = (CheckConstraint("role IN ('owner', 'editor', 'viewer')", name="known_role"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text, default="")
    role: Mapped[str] = mapped_column(Text, default="owner")
    password_hash: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]


class AdminSession(Base):
    """One signed-in browser; only a digest of its cookie is kept."""

    __tablename__ = "admin_sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    admin_id: Mapped[int] = mapped_column(ForeignKey("admins.id", ondelete="CASCADE"), index=True)
    digest: Mapped[str] = mapped_column(Text, unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]

    admin: Mapped[Admin] = relationship()


class SignInLink(Base):
    """A link that signs an admin in once; only a digest of it is kept."""

    __tablename__ = "sign_in_links"

    id: Mapped[int] = mapped_column(primary_key=True)
    admin_id: Mapped[int] = mapped_column(ForeignKey("admins.id", ondelete="CASCADE"), index=True)
    digest: Mapped[str] = mapped_column(Text, unique=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    admin: Mapped[Admin] = relationship()
