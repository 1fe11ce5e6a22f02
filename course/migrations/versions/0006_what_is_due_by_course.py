"""What is due, by course

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


DUE = sa.text("due_at IS NOT NULL AND priority = 1")


def upgrade() -> None:
    op.add_column("deliveries", sa.Column("course_id", sa.Integer(), nullable=True))
    course = "SELECT course_id FROM enrollments WHERE enrollments.id = deliveries.enrollment_id"
    op.execute(f"UPDATE deliveries SET course_id = ({course}) WHERE kind = 'lesson'")  # noqa: S608 - fixed words
    columns = ["course_id", "due_at"]
    op.create_index("deliveries_due_by_course", "deliveries", columns, sqlite_where=DUE, postgresql_where=DUE)


def downgrade() -> None:
    op.drop_index("deliveries_due_by_course", table_name="deliveries")
    op.drop_column("deliveries", "course_id")
