"""words kept aside for 14 days once they are changed or taken back; one's place in a talk

Revision ID: 0014
Revises: 0013
"""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None

KEPT = sa.text('kept_until IS NOT NULL')


def upgrade() -> None:
    op.add_column('room_event', sa.Column('kept_until', sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        'ix_room_event_kept_until', 'room_event', ['kept_until'], unique=False,
        sqlite_where=KEPT, postgresql_where=KEPT,
    )
    op.add_column('membership', sa.Column('read_seq', sa.BigInteger(), nullable=True))
    # What messages said before they were changed was kept for as long as the talk until now.
    event = sa.table('room_event', sa.column('kind', sa.String()), sa.column('kept_until', sa.DateTime(timezone=True)))
    until = datetime.now(UTC) + timedelta(days=14)
    op.execute(event.update().where(event.c.kind == 'edited').values(kept_until=until))


def downgrade() -> None:
    op.drop_column('membership', 'read_seq')
    # Older programs know of no words that are kept and not shown: those go now.
    op.execute(
        "UPDATE room_event SET body_sealed = NULL, note_sealed = NULL"
        " WHERE erased_at IS NOT NULL"
    )
    op.drop_index('ix_room_event_kept_until', table_name='room_event')
    op.drop_column('room_event', 'kept_until')
