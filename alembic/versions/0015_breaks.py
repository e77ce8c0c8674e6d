"""a break from a talk

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('membership', sa.Column('break_since', sa.DateTime(timezone=True), nullable=True))
    op.add_column('membership', sa.Column('break_until', sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        'membership',
        sa.Column('is_break_told', sa.Boolean(), nullable=False, server_default=sa.false()),
    )


def downgrade() -> None:
    op.drop_column('membership', 'is_break_told')
    op.drop_column('membership', 'break_until')
    op.drop_column('membership', 'break_since')
