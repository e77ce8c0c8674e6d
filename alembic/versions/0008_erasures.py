"""erasures: people who asked to be erased, and have time to change their mind

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('erasure',
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('keeps', sa.JSON(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_erasure_organisation_id')),
    sa.PrimaryKeyConstraint('account_id', name=op.f('pk_erasure'))
    )
    op.create_index(op.f('ix_erasure_due_at'), 'erasure', ['due_at'], unique=False)
    op.create_index(op.f('ix_erasure_organisation_id'), 'erasure', ['organisation_id'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_erasure_organisation_id'), table_name='erasure')
    op.drop_index(op.f('ix_erasure_due_at'), table_name='erasure')
    op.drop_table('erasure')
