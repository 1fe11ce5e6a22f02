"""What came back about mails of ours: reports by mail, and what servers said at once."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from course.database import Base, partial_index
from course.models.people import Reader
from course.models.progress import Delivery


class Report(Base):
    """A mail to our return path, or a server's refusal: stored, then judged, and after some weeks without its text."""

    __tablename__ = "reports"
    __table_args__ = (
        # The same mail fetched, pushed or refused twice counts once.
        UniqueConstraint("digest", name="one_report_per_mail"),
        partial_index("reports_unjudged", "id", where="judged_at IS NULL"),
        # What is forgotten next.
        partial_index("reports_with_text", "received_at", where="raw IS NOT NULL"),
        Index("reports_of_a_reader", "reader_id"),
        Index("reports_of_a_delivery", "delivery_id"),
        CheckConstraint("source IN ('webhook', 'imap', 'maildir', 'listener', 'courier')", name="known_source"),
        CheckConstraint(
            "action IN ('suppress', 'count', 'unsubscribe', 'none') OR action IS NULL", name="known_action"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(Text)
    # The whole mail, and whom its envelope named; erased after some weeks.
    raw: Mapped[bytes | None] = mapped_column(LargeBinary)
    recipients: Mapped[list[str]] = mapped_column(JSON, default=list)
    received_at: Mapped[datetime]
    judged_at: Mapped[datetime | None]
    # The verdict: see emails.bounces.verdict.
    kind: Mapped[str | None] = mapped_column(Text)
    status: Mapped[str | None] = mapped_column(Text)
    reply: Mapped[str | None] = mapped_column(Text)
    # What was done, and about whom; when the mail that it is about was accepted or tried.
    action: Mapped[str | None] = mapped_column(Text)
    delivery_id: Mapped[int | None] = mapped_column(ForeignKey("deliveries.id", ondelete="SET NULL"))
    reader_id: Mapped[int | None] = mapped_column(ForeignKey("readers.id", ondelete="CASCADE"))
    mailed_at: Mapped[datetime | None]

    delivery: Mapped[Delivery | None] = relationship()
    reader: Mapped[Reader | None] = relationship()
