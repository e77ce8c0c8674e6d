"""words kept for later, one for each talk

Revision ID: 0020
Revises: 0019
"""

import sqlalchemy as sa
from alembic import op

revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('membership', sa.Column('draft_sealed', sa.LargeBinary(), nullable=True))
    op.add_column('membership', sa.Column('draft_at', sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column('membership', 'draft_at')
    op.drop_column('membership', 'draft_sealed')
