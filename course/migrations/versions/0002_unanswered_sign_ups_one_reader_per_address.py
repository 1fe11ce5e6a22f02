"""Unanswered sign-ups are found by an index; one reader per address

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op


revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None

UNANSWERED = sa.text("(state = 'pending' OR confirmed_at IS NULL)")


def upgrade() -> None:
    op.create_index(
        'enrollments_unanswered', 'enrollments', ['asked_at'], sqlite_where=UNANSWERED, postgresql_where=UNANSWERED
    )
    op.create_index('one_reader_per_address', 'readers', ['digest'], unique=True)


def downgrade() -> None:
    op.drop_index('one_reader_per_address', 'readers')
    op.drop_index('enrollments_unanswered', 'enrollments')
