"""an index for notices that fall due

Revision ID: 0018
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None

UNREAD = sa.text('read_at IS NULL')


def upgrade() -> None:
    op.create_index(
        'ix_notice_unread', 'notice', ['due_at'], unique=False,
        sqlite_where=UNREAD, postgresql_where=UNREAD,
    )


def downgrade() -> None:
    op.drop_index('ix_notice_unread', table_name='notice')
