"""The zone data by which the plans were made

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op


revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('house', sa.Column('zone_data', sa.Text(), nullable=True))
    # Where anything may be planned already, nobody wrote down by which data: any is newer.
    op.execute("UPDATE house SET zone_data = '0' WHERE EXISTS (SELECT 1 FROM editions)")


def downgrade() -> None:
    op.drop_column('house', 'zone_data')
