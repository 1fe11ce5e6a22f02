"""The first tables

Revision ID: 0001
Revises: 
"""

import secrets

import sqlalchemy as sa
from alembic import op

import course.database


revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('admins',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('email', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('role', sa.Text(), nullable=False),
    sa.Column('password_hash', sa.Text(), nullable=True),
    sa.Column('created_at', course.database.Instant(), nullable=False),
    sa.CheckConstraint("role IN ('owner', 'editor', 'viewer')", name=op.f('ck_admins_known_role')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_admins')),
    sa.UniqueConstraint('email', name=op.f('uq_admins_email'))
    )
    op.create_table('compilations',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('digest', sa.Text(), nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('html', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('links', sa.JSON(), nullable=False),
    sa.Column('compiler', sa.Text(), nullable=False),
    sa.Column('created_at', course.database.Instant(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_compilations')),
    sa.UniqueConstraint('digest', name=op.f('uq_compilations_digest'))
    )
    op.create_table('courses',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('slug', sa.Text(), nullable=False),
    sa.Column('paused_at', course.database.Instant(), nullable=True),
    sa.Column('created_at', course.database.Instant(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_courses')),
    sa.UniqueConstraint('slug', name=op.f('uq_courses_slug'))
    )
    op.create_table('media',
    sa.Column('digest', sa.Text(), nullable=False),
    sa.Column('media_type', sa.Text(), nullable=False),
    sa.Column('data', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('digest', name=op.f('pk_media'))
    )
    op.create_table('readers',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('handle', sa.Text(), nullable=False),
    sa.Column('email', sa.Text(), nullable=False),
    sa.Column('digest', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('timezone', sa.Text(), nullable=True),
    sa.Column('hour', sa.Text(), nullable=True),
    sa.Column('pace', sa.Float(), nullable=False),
    sa.Column('wishes_number', sa.Integer(), nullable=False),
    sa.Column('created_at', course.database.Instant(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_readers')),
    sa.UniqueConstraint('email', name=op.f('uq_readers_email')),
    sa.UniqueConstraint('handle', name=op.f('uq_readers_handle'))
    )
    op.create_table('suppressions',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('digest', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('created_at', course.database.Instant(), nullable=False),
    sa.Column('ended_at', course.database.Instant(), nullable=True),
    sa.CheckConstraint("reason IN ('left-all', 'bounce', 'complaint')", name=op.f('ck_suppressions_known_reason')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_suppressions'))
    )
    with op.batch_alter_table('suppressions', schema=None) as batch_op:
        batch_op.create_index('one_standing_suppression_per_reason', ['digest', 'reason'], unique=True, sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))

    op.create_table('admin_sessions',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('admin_id', sa.Integer(), nullable=False),
    sa.Column('digest', sa.Text(), nullable=False),
    sa.Column('created_at', course.database.Instant(), nullable=False),
    sa.Column('expires_at', course.database.Instant(), nullable=False),
    sa.ForeignKeyConstraint(['admin_id'], ['admins.id'], name=op.f('fk_admin_sessions_admin_id_admins'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_admin_sessions')),
    sa.UniqueConstraint('digest', name=op.f('uq_admin_sessions_digest'))
    )
    with op.batch_alter_table('admin_sessions', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_admin_sessions_admin_id'), ['admin_id'], unique=False)

    op.create_table('chores',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('course_id', sa.Integer(), nullable=True),
    sa.Column('details', sa.JSON(), nullable=False),
    sa.Column('cursor', sa.Integer(), nullable=False),
    sa.Column('done', sa.Integer(), nullable=False),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('claim_id', sa.Text(), nullable=True),
    sa.Column('lease_until', course.database.Instant(), nullable=True),
    sa.Column('created_at', course.database.Instant(), nullable=False),
    sa.Column('finished_at', course.database.Instant(), nullable=True),
    sa.CheckConstraint("state IN ('open', 'done', 'failed')", name=op.f('ck_chores_known_state')),
    sa.ForeignKeyConstraint(['course_id'], ['courses.id'], name=op.f('fk_chores_course_id_courses'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_chores'))
    )
    with op.batch_alter_table('chores', schema=None) as batch_op:
        batch_op.create_index('chores_open', ['id'], unique=False, sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))

    op.create_table('editions',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('course_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('previous_id', sa.Integer(), nullable=True),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('saves', sa.Integer(), nullable=False),
    sa.Column('created_at', course.database.Instant(), nullable=False),
    sa.Column('published_at', course.database.Instant(), nullable=True),
    sa.Column('published_by', sa.Text(), nullable=True),
    sa.Column('undo_until', course.database.Instant(), nullable=True),
    sa.CheckConstraint("state IN ('draft', 'published', 'retired')", name=op.f('ck_editions_known_state')),
    sa.ForeignKeyConstraint(['course_id'], ['courses.id'], name=op.f('fk_editions_course_id_courses'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['previous_id'], ['editions.id'], name=op.f('fk_editions_previous_id_editions')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_editions')),
    sa.UniqueConstraint('course_id', 'number', name='one_edition_per_number')
    )
    with op.batch_alter_table('editions', schema=None) as batch_op:
        batch_op.create_index('one_draft_per_course', ['course_id'], unique=True, sqlite_where=sa.text("state = 'draft'"), postgresql_where=sa.text("state = 'draft'"))
        batch_op.create_index('one_published_edition_per_course', ['course_id'], unique=True, sqlite_where=sa.text("state = 'published'"), postgresql_where=sa.text("state = 'published'"))

    op.create_table('enrollments',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('handle', sa.Text(), nullable=False),
    sa.Column('reader_id', sa.Integer(), nullable=False),
    sa.Column('course_id', sa.Integer(), nullable=False),
    sa.Column('run', sa.Integer(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('wishes', sa.JSON(), nullable=False),
    sa.Column('created_at', course.database.Instant(), nullable=False),
    sa.Column('asked_at', course.database.Instant(), nullable=False),
    sa.Column('confirmed_at', course.database.Instant(), nullable=True),
    sa.Column('anchor_at', course.database.Instant(), nullable=True),
    sa.Column('anchor_wait', sa.Text(), nullable=True),
    sa.Column('paused_until', course.database.Instant(), nullable=True),
    sa.Column('finished_at', course.database.Instant(), nullable=True),
    sa.CheckConstraint("state IN ('pending', 'active', 'paused', 'completed', 'ended')", name=op.f('ck_enrollments_known_state')),
    sa.ForeignKeyConstraint(['course_id'], ['courses.id'], name=op.f('fk_enrollments_course_id_courses'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['reader_id'], ['readers.id'], name=op.f('fk_enrollments_reader_id_readers'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_enrollments')),
    sa.UniqueConstraint('handle', name=op.f('uq_enrollments_handle')),
    sa.UniqueConstraint('reader_id', 'course_id', 'run', name='one_enrollment_per_run')
    )
    with op.batch_alter_table('enrollments', schema=None) as batch_op:
        batch_op.create_index('enrollments_of_a_course', ['course_id', 'id'], unique=False)

    op.create_table('house',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('identity_key', sa.LargeBinary(), nullable=False),
    sa.Column('sign_in_id', sa.Integer(), nullable=True),
    sa.CheckConstraint('id = 1', name=op.f('ck_house_one_row')),
    sa.ForeignKeyConstraint(['sign_in_id'], ['compilations.id'], name=op.f('fk_house_sign_in_id_compilations')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_house'))
    )
    op.create_table('lessons',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('course_id', sa.Integer(), nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['course_id'], ['courses.id'], name=op.f('fk_lessons_course_id_courses'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_lessons')),
    sa.UniqueConstraint('course_id', 'key', name='one_lesson_per_key')
    )
    op.create_table('sign_in_links',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('admin_id', sa.Integer(), nullable=False),
    sa.Column('digest', sa.Text(), nullable=False),
    sa.Column('expires_at', course.database.Instant(), nullable=False),
    sa.Column('used_at', course.database.Instant(), nullable=True),
    sa.ForeignKeyConstraint(['admin_id'], ['admins.id'], name=op.f('fk_sign_in_links_admin_id_admins'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sign_in_links')),
    sa.UniqueConstraint('digest', name=op.f('uq_sign_in_links_digest'))
    )
    with op.batch_alter_table('sign_in_links', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sign_in_links_admin_id'), ['admin_id'], unique=False)

    op.create_table('edition_letters',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('edition_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('compilation_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['compilation_id'], ['compilations.id'], name=op.f('fk_edition_letters_compilation_id_compilations')),
    sa.ForeignKeyConstraint(['edition_id'], ['editions.id'], name=op.f('fk_edition_letters_edition_id_editions'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_edition_letters')),
    sa.UniqueConstraint('edition_id', 'name', name='one_letter_per_name')
    )
    op.create_table('edition_media',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('edition_id', sa.Integer(), nullable=False),
    sa.Column('path', sa.Text(), nullable=False),
    sa.Column('digest', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['digest'], ['media.digest'], name=op.f('fk_edition_media_digest_media')),
    sa.ForeignKeyConstraint(['edition_id'], ['editions.id'], name=op.f('fk_edition_media_edition_id_editions'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_edition_media')),
    sa.UniqueConstraint('edition_id', 'path', name='one_image_per_path')
    )
    op.create_table('pauses',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('course_id', sa.Integer(), nullable=False),
    sa.Column('enrollment_id', sa.Integer(), nullable=True),
    sa.Column('began_at', course.database.Instant(), nullable=False),
    sa.Column('ended_at', course.database.Instant(), nullable=True),
    sa.Column('mode', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['course_id'], ['courses.id'], name=op.f('fk_pauses_course_id_courses'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['enrollment_id'], ['enrollments.id'], name=op.f('fk_pauses_enrollment_id_enrollments'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pauses'))
    )
    with op.batch_alter_table('pauses', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_pauses_course_id'), ['course_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_pauses_enrollment_id'), ['enrollment_id'], unique=False)

    op.create_table('publications',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('lesson_id', sa.Integer(), nullable=False),
    sa.Column('followers', sa.JSON(), nullable=False),
    sa.Column('published_at', course.database.Instant(), nullable=False),
    sa.ForeignKeyConstraint(['lesson_id'], ['lessons.id'], name=op.f('fk_publications_lesson_id_lessons'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_publications'))
    )
    op.create_table('revisions',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('lesson_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('created_at', course.database.Instant(), nullable=False),
    sa.Column('created_by', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['lesson_id'], ['lessons.id'], name=op.f('fk_revisions_lesson_id_lessons'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_revisions')),
    sa.UniqueConstraint('lesson_id', 'number', name='one_revision_per_number')
    )
    op.create_table('signs',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('enrollment_id', sa.Integer(), nullable=False),
    sa.Column('lesson_id', sa.Integer(), nullable=False),
    sa.Column('said_at', course.database.Instant(), nullable=False),
    sa.ForeignKeyConstraint(['enrollment_id'], ['enrollments.id'], name=op.f('fk_signs_enrollment_id_enrollments'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['lesson_id'], ['lessons.id'], name=op.f('fk_signs_lesson_id_lessons'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_signs')),
    sa.UniqueConstraint('enrollment_id', 'lesson_id', name='one_sign_per_lesson')
    )
    op.create_table('deliveries',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('priority', sa.Integer(), nullable=False),
    sa.Column('enrollment_id', sa.Integer(), nullable=True),
    sa.Column('lesson_id', sa.Integer(), nullable=True),
    sa.Column('reader_id', sa.Integer(), nullable=True),
    sa.Column('admin_id', sa.Integer(), nullable=True),
    sa.Column('request_key', sa.Text(), nullable=True),
    sa.Column('edition_id', sa.Integer(), nullable=True),
    sa.Column('wishes_number', sa.Integer(), nullable=True),
    sa.Column('slot_at', course.database.Instant(), nullable=False),
    sa.Column('due_at', course.database.Instant(), nullable=True),
    sa.Column('day_based', sa.Boolean(), nullable=False),
    sa.Column('asked', sa.Boolean(), nullable=False),
    sa.Column('useless_after', course.database.Instant(), nullable=True),
    sa.Column('secrets', sa.JSON(), nullable=True),
    sa.Column('claim_id', sa.Text(), nullable=True),
    sa.Column('lease_until', course.database.Instant(), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('first_tried_at', course.database.Instant(), nullable=True),
    sa.Column('repeats', sa.Integer(), nullable=False),
    sa.Column('compilation_id', sa.Integer(), nullable=True),
    sa.Column('revision_id', sa.Integer(), nullable=True),
    sa.Column('values', sa.JSON(), nullable=True),
    sa.Column('begun_at', course.database.Instant(), nullable=True),
    sa.Column('digest', sa.Text(), nullable=True),
    sa.Column('message_id', sa.Text(), nullable=True),
    sa.Column('size', sa.Integer(), nullable=True),
    sa.Column('sent_at', course.database.Instant(), nullable=True),
    sa.Column('reply', sa.Text(), nullable=True),
    sa.Column('created_at', course.database.Instant(), nullable=False),
    sa.CheckConstraint("due_at IS NULL OR state IN ('planned', 'uncertain')", name=op.f('ck_deliveries_due_means_claimable')),
    sa.CheckConstraint("kind <> 'lesson' OR (enrollment_id IS NOT NULL AND lesson_id IS NOT NULL)", name=op.f('ck_deliveries_lesson_has_its_place')),
    sa.CheckConstraint("kind IN ('lesson', 'repeat', 'confirmation', 'completion', 'sign_in', 'test')", name=op.f('ck_deliveries_known_kind')),
    sa.CheckConstraint("state IN ('planned', 'claimed', 'sending', 'uncertain', 'sent', 'skipped', 'cancelled', 'failed')", name=op.f('ck_deliveries_known_state')),
    sa.CheckConstraint('(reader_id IS NULL) <> (admin_id IS NULL)', name=op.f('ck_deliveries_one_recipient')),
    sa.ForeignKeyConstraint(['admin_id'], ['admins.id'], name=op.f('fk_deliveries_admin_id_admins'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['compilation_id'], ['compilations.id'], name=op.f('fk_deliveries_compilation_id_compilations')),
    sa.ForeignKeyConstraint(['edition_id'], ['editions.id'], name=op.f('fk_deliveries_edition_id_editions')),
    sa.ForeignKeyConstraint(['enrollment_id'], ['enrollments.id'], name=op.f('fk_deliveries_enrollment_id_enrollments'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['lesson_id'], ['lessons.id'], name=op.f('fk_deliveries_lesson_id_lessons')),
    sa.ForeignKeyConstraint(['reader_id'], ['readers.id'], name=op.f('fk_deliveries_reader_id_readers'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['revision_id'], ['revisions.id'], name=op.f('fk_deliveries_revision_id_revisions')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_deliveries')),
    sa.UniqueConstraint('request_key', name='one_delivery_per_request')
    )
    with op.batch_alter_table('deliveries', schema=None) as batch_op:
        batch_op.create_index('deliveries_by_message_id', ['message_id'], unique=False, sqlite_where=sa.text('message_id IS NOT NULL'), postgresql_where=sa.text('message_id IS NOT NULL'))
        batch_op.create_index('deliveries_due', ['priority', 'due_at'], unique=False, sqlite_where=sa.text('due_at IS NOT NULL'), postgresql_where=sa.text('due_at IS NOT NULL'))
        batch_op.create_index('deliveries_in_trouble', ['state', 'id'], unique=False, sqlite_where=sa.text("state IN ('failed', 'uncertain')"), postgresql_where=sa.text("state IN ('failed', 'uncertain')"))
        batch_op.create_index('deliveries_leased', ['lease_until'], unique=False, sqlite_where=sa.text('lease_until IS NOT NULL'), postgresql_where=sa.text('lease_until IS NOT NULL'))
        batch_op.create_index('deliveries_of_a_reader', ['reader_id'], unique=False)
        batch_op.create_index('deliveries_of_an_enrollment', ['enrollment_id'], unique=False)
        batch_op.create_index('one_delivery_per_lesson', ['enrollment_id', 'lesson_id'], unique=True, sqlite_where=sa.text("kind = 'lesson'"), postgresql_where=sa.text("kind = 'lesson'"))
        batch_op.create_index('one_open_lesson_per_enrollment', ['enrollment_id'], unique=True, sqlite_where=sa.text("kind = 'lesson' AND state IN ('planned', 'claimed', 'sending', 'uncertain', 'failed')"), postgresql_where=sa.text("kind = 'lesson' AND state IN ('planned', 'claimed', 'sending', 'uncertain', 'failed')"))

    op.create_table('edition_lessons',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('edition_id', sa.Integer(), nullable=False),
    sa.Column('lesson_id', sa.Integer(), nullable=False),
    sa.Column('revision_id', sa.Integer(), nullable=False),
    sa.Column('compilation_id', sa.Integer(), nullable=True),
    sa.Column('publication_id', sa.Integer(), nullable=True),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('file_name', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['compilation_id'], ['compilations.id'], name=op.f('fk_edition_lessons_compilation_id_compilations')),
    sa.ForeignKeyConstraint(['edition_id'], ['editions.id'], name=op.f('fk_edition_lessons_edition_id_editions'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['lesson_id'], ['lessons.id'], name=op.f('fk_edition_lessons_lesson_id_lessons'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['publication_id'], ['publications.id'], name=op.f('fk_edition_lessons_publication_id_publications')),
    sa.ForeignKeyConstraint(['revision_id'], ['revisions.id'], name=op.f('fk_edition_lessons_revision_id_revisions')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_edition_lessons')),
    sa.UniqueConstraint('edition_id', 'lesson_id', name='one_place_per_lesson')
    )
    # The house: its identity key is made once and never rotates.
    house = sa.table("house", sa.column("id", sa.Integer()), sa.column("identity_key", sa.LargeBinary()))
    op.bulk_insert(house, [{"id": 1, "identity_key": secrets.token_bytes(32)}])


def downgrade() -> None:
    op.drop_table('edition_lessons')
    with op.batch_alter_table('deliveries', schema=None) as batch_op:
        batch_op.drop_index('one_open_lesson_per_enrollment', sqlite_where=sa.text("kind = 'lesson' AND state IN ('planned', 'claimed', 'sending', 'uncertain', 'failed')"), postgresql_where=sa.text("kind = 'lesson' AND state IN ('planned', 'claimed', 'sending', 'uncertain', 'failed')"))
        batch_op.drop_index('one_delivery_per_lesson', sqlite_where=sa.text("kind = 'lesson'"), postgresql_where=sa.text("kind = 'lesson'"))
        batch_op.drop_index('deliveries_of_an_enrollment')
        batch_op.drop_index('deliveries_of_a_reader')
        batch_op.drop_index('deliveries_leased', sqlite_where=sa.text('lease_until IS NOT NULL'), postgresql_where=sa.text('lease_until IS NOT NULL'))
        batch_op.drop_index('deliveries_in_trouble', sqlite_where=sa.text("state IN ('failed', 'uncertain')"), postgresql_where=sa.text("state IN ('failed', 'uncertain')"))
        batch_op.drop_index('deliveries_due', sqlite_where=sa.text('due_at IS NOT NULL'), postgresql_where=sa.text('due_at IS NOT NULL'))
        batch_op.drop_index('deliveries_by_message_id', sqlite_where=sa.text('message_id IS NOT NULL'), postgresql_where=sa.text('message_id IS NOT NULL'))

    op.drop_table('deliveries')
    op.drop_table('signs')
    op.drop_table('revisions')
    op.drop_table('publications')
    with op.batch_alter_table('pauses', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_pauses_enrollment_id'))
        batch_op.drop_index(batch_op.f('ix_pauses_course_id'))

    op.drop_table('pauses')
    op.drop_table('edition_media')
    op.drop_table('edition_letters')
    with op.batch_alter_table('sign_in_links', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_sign_in_links_admin_id'))

    op.drop_table('sign_in_links')
    op.drop_table('lessons')
    op.drop_table('house')
    with op.batch_alter_table('enrollments', schema=None) as batch_op:
        batch_op.drop_index('enrollments_of_a_course')

    op.drop_table('enrollments')
    with op.batch_alter_table('editions', schema=None) as batch_op:
        batch_op.drop_index('one_published_edition_per_course', sqlite_where=sa.text("state = 'published'"), postgresql_where=sa.text("state = 'published'"))
        batch_op.drop_index('one_draft_per_course', sqlite_where=sa.text("state = 'draft'"), postgresql_where=sa.text("state = 'draft'"))

    op.drop_table('editions')
    with op.batch_alter_table('chores', schema=None) as batch_op:
        batch_op.drop_index('chores_open', sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))

    op.drop_table('chores')
    with op.batch_alter_table('admin_sessions', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_admin_sessions_admin_id'))

    op.drop_table('admin_sessions')
    with op.batch_alter_table('suppressions', schema=None) as batch_op:
        batch_op.drop_index('one_standing_suppression_per_reason', sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))

    op.drop_table('suppressions')
    op.drop_table('readers')
    op.drop_table('media')
    op.drop_table('courses')
    op.drop_table('compilations')
    op.drop_table('admins')
