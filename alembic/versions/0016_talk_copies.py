"""wishes for a copy of a talk with others' words

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'copy_wish',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('organisation_id', sa.Uuid(), nullable=False),
        sa.Column('room_id', sa.Uuid(), nullable=False),
        sa.Column('asker_id', sa.Uuid(), nullable=False),
        sa.Column('giver_id', sa.Uuid(), nullable=False),
        sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('is_yes', sa.Boolean(), nullable=True),
        sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_copy_wish_organisation_id')),
        sa.ForeignKeyConstraint(['room_id'], ['room.id'], name=op.f('fk_copy_wish_room_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_copy_wish')),
        sa.UniqueConstraint('room_id', 'asker_id', 'giver_id', name=op.f('uq_copy_wish_room_id_asker_id_giver_id')),
    )
    op.create_index(op.f('ix_copy_wish_organisation_id'), 'copy_wish', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_copy_wish_asker_id'), 'copy_wish', ['asker_id'], unique=False)
    op.create_index(op.f('ix_copy_wish_giver_id'), 'copy_wish', ['giver_id'], unique=False)


def downgrade() -> None:
    op.drop_table('copy_wish')
