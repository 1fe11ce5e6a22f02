"""Mails that came back

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

import course.database


revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('reports',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('digest', sa.Text(), nullable=False),
    sa.Column('raw', sa.LargeBinary(), nullable=True),
    sa.Column('recipients', sa.JSON(), nullable=False),
    sa.Column('received_at', course.database.Instant(), nullable=False),
    sa.Column('judged_at', course.database.Instant(), nullable=True),
    sa.Column('kind', sa.Text(), nullable=True),
    sa.Column('status', sa.Text(), nullable=True),
    sa.Column('reply', sa.Text(), nullable=True),
    sa.Column('action', sa.Text(), nullable=True),
    sa.Column('delivery_id', sa.Integer(), nullable=True),
    sa.Column('reader_id', sa.Integer(), nullable=True),
    sa.Column('mailed_at', course.database.Instant(), nullable=True),
    sa.CheckConstraint("action IN ('suppress', 'count', 'unsubscribe', 'none') OR action IS NULL", name=op.f('ck_reports_known_action')),
    sa.CheckConstraint("source IN ('webhook', 'imap', 'maildir', 'listener', 'courier')", name=op.f('ck_reports_known_source')),
    sa.ForeignKeyConstraint(['delivery_id'], ['deliveries.id'], name=op.f('fk_reports_delivery_id_deliveries'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['reader_id'], ['readers.id'], name=op.f('fk_reports_reader_id_readers'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reports')),
    sa.UniqueConstraint('digest', name='one_report_per_mail')
    )
    with op.batch_alter_table('reports', schema=None) as batch_op:
        batch_op.create_index('reports_of_a_delivery', ['delivery_id'], unique=False)
        batch_op.create_index('reports_of_a_reader', ['reader_id'], unique=False)
        batch_op.create_index('reports_unjudged', ['id'], unique=False, sqlite_where=sa.text('judged_at IS NULL'), postgresql_where=sa.text('judged_at IS NULL'))
        batch_op.create_index('reports_with_text', ['received_at'], unique=False, sqlite_where=sa.text('raw IS NOT NULL'), postgresql_where=sa.text('raw IS NOT NULL'))



def downgrade() -> None:
    with op.batch_alter_table('reports', schema=None) as batch_op:
        batch_op.drop_index('reports_with_text', sqlite_where=sa.text('raw IS NOT NULL'), postgresql_where=sa.text('raw IS NOT NULL'))
        batch_op.drop_index('reports_unjudged', sqlite_where=sa.text('judged_at IS NULL'), postgresql_where=sa.text('judged_at IS NULL'))
        batch_op.drop_index('reports_of_a_reader')
        batch_op.drop_index('reports_of_a_delivery')

    op.drop_table('reports')
