"""what screening learns here: corrections of the shipped model, and counts by day

Revision ID: 0022
Revises: 0021
"""

import sqlalchemy as sa
from alembic import op

revision = '0022'
down_revision = '0021'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'screening_correction',
        sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('by_id', sa.Uuid(), nullable=False),
        sa.Column('base', sa.String(), nullable=False),
        sa.Column('kept', sa.LargeBinary(), nullable=True),
        sa.Column('told', sa.JSON(), nullable=False),
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('organisation_id', sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_screening_correction_organisation_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_screening_correction')),
    )
    op.create_index(
        'ix_screening_correction_organisation_id', 'screening_correction', ['organisation_id']
    )
    op.create_table(
        'screening_tally',
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('model', sa.String(), nullable=False),
        sa.Column('category', sa.String(length=32), nullable=False),
        sa.Column('place', sa.Integer(), nullable=False),
        sa.Column('times', sa.Integer(), nullable=False),
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('organisation_id', sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_screening_tally_organisation_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_screening_tally')),
        sa.UniqueConstraint('organisation_id', 'day', 'model', 'category', 'place', name=op.f('uq_screening_tally_organisation_id_day_model_category_place')),
    )
    op.create_index('ix_screening_tally_organisation_id', 'screening_tally', ['organisation_id'])


def downgrade() -> None:
    op.drop_table('screening_tally')
    op.drop_table('screening_correction')
