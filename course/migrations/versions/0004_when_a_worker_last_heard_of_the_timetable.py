"""When a worker last heard of the timetable

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

import course.database


revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('house', sa.Column('heartbeat_at', course.database.Instant(), nullable=True))


def downgrade() -> None:
    op.drop_column('house', 'heartbeat_at')
