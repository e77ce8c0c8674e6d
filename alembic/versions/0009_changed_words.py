"""changed words: a message says when it was changed, what waits says what it would change

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('room_event', sa.Column('edited_at', sa.DateTime(timezone=True), nullable=True))
    op.create_index('ix_room_event_subject_id', 'room_event', ['subject_id'], unique=False)
    op.add_column('pending_message', sa.Column('edits', sa.Uuid(), nullable=True))


def downgrade() -> None:
    op.drop_column('pending_message', 'edits')
    op.drop_index('ix_room_event_subject_id', table_name='room_event')
    op.drop_column('room_event', 'edited_at')
