"""groups that are just us; when a group meets, in its own words

Revision ID: 0019
Revises: 0018
"""

import sqlalchemy as sa
from alembic import op

revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('peer_group', sa.Column('meets', sa.String(), nullable=False, server_default=''))
    op.add_column(
        'peer_group', sa.Column('is_just_us', sa.Boolean(), nullable=False, server_default=sa.false())
    )


def downgrade() -> None:
    op.drop_column('peer_group', 'is_just_us')
    op.drop_column('peer_group', 'meets')
