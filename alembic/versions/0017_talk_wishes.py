"""how somebody wishes talks to be

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'talk_wish',
        sa.Column('account_id', sa.Uuid(), nullable=False),
        sa.Column('organisation_id', sa.Uuid(), nullable=False),
        sa.Column('muted_sealed', sa.LargeBinary(), nullable=True),
        sa.Column('shows_reading', sa.Boolean(), nullable=False),
        sa.Column('shows_typing', sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_talk_wish_organisation_id')),
        sa.PrimaryKeyConstraint('account_id', name=op.f('pk_talk_wish')),
    )
    op.create_index(op.f('ix_talk_wish_organisation_id'), 'talk_wish', ['organisation_id'], unique=False)


def downgrade() -> None:
    op.drop_table('talk_wish')
