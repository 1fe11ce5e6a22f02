"""Alarms

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

import course.database

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

KINDS = "'lesson', 'repeat', 'confirmation', 'completion', 'sign_in', 'test'"
OPEN = sa.text("over_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "alarms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("began_at", course.database.Instant(), nullable=False),
        sa.Column("seen_at", course.database.Instant(), nullable=False),
        sa.Column("rests", sa.Integer(), nullable=False),
        sa.Column("rests_until", course.database.Instant(), nullable=True),
        sa.Column("mailed_at", course.database.Instant(), nullable=True),
        sa.Column("over_at", course.database.Instant(), nullable=True),
        sa.CheckConstraint("cause IN ('policy', 'deferrals', 'trouble')", name=op.f("ck_alarms_known_cause")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarms")),
    )
    op.create_index("one_open_alarm_per_relay", "alarms", ["key"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN)
    op.add_column("house", sa.Column("alarm_id", sa.Integer(), nullable=True))
    _allow(f"{KINDS}, 'alarm'")


def downgrade() -> None:
    op.execute("DELETE FROM deliveries WHERE kind = 'alarm'")
    _allow(KINDS)
    op.drop_column("house", "alarm_id")
    op.drop_index("one_open_alarm_per_relay", "alarms")
    op.drop_table("alarms")


def _allow(kinds: str) -> None:
    name = op.f("ck_deliveries_known_kind")
    with op.batch_alter_table("deliveries") as table:
        table.drop_constraint(name, type_="check")
        table.create_check_constraint(name, f"kind IN ({kinds})")
