"""groups in breadth: places that are held for a time

Revision ID: 0011
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = '0008'
branch_labels = None
depends_on = None

ASKED = sa.text("state = 'asked'")
OPEN = sa.text("state IN ('asked', 'waiting', 'offered')")


def _index(where):
    op.drop_index('uq_join_request_open', table_name='join_request')
    op.create_index('uq_join_request_open', 'join_request', ['group_id', 'account_id'], unique=True, sqlite_where=where, postgresql_where=where)


def upgrade() -> None:
    op.add_column('peer_group', sa.Column('held_count', sa.Integer(), server_default='0', nullable=False))
    op.add_column('join_request', sa.Column('held_until', sa.DateTime(timezone=True), nullable=True))
    _index(OPEN)


def downgrade() -> None:
    # What was waiting for a place waits for a person again, who knows of it by the list.
    op.execute("UPDATE join_request SET state = 'asked' WHERE state IN ('waiting', 'offered')")
    op.execute("UPDATE join_request SET state = 'withdrawn' WHERE state = 'lapsed'")
    op.execute("UPDATE peer_group SET door = 'ask' WHERE door = 'closed'")
    _index(ASKED)
    op.drop_column('join_request', 'held_until')
    op.drop_column('peer_group', 'held_count')
