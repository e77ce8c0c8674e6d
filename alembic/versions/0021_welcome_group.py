"""a group where everybody new is welcome: one to an organisation

Revision ID: 0021
Revises: 0020
"""

import sqlalchemy as sa
from alembic import op

revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        'peer_group', sa.Column('is_welcome', sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.create_index(
        'uq_peer_group_welcome', 'peer_group', ['organisation_id'], unique=True,
        sqlite_where=sa.text('is_welcome'), postgresql_where=sa.text('is_welcome'),
    )


def downgrade() -> None:
    op.drop_index('uq_peer_group_welcome', table_name='peer_group')
    op.drop_column('peer_group', 'is_welcome')
