"""The generation of the house, and its last backup

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

import course.database


revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('house', sa.Column('generation', sa.BigInteger(), server_default='0', nullable=False))
    op.add_column('house', sa.Column('backed_up_at', course.database.Instant(), nullable=True))


def downgrade() -> None:
    op.drop_column('house', 'backed_up_at')
    op.drop_column('house', 'generation')
