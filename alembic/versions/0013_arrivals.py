"""arrivals: people an organisation brought along, so that nobody is brought in twice

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('arrival',
    sa.Column('source_index', sa.LargeBinary(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_arrival_organisation_id')),
    sa.PrimaryKeyConstraint('source_index', name=op.f('pk_arrival')),
    sa.UniqueConstraint('account_id', name=op.f('uq_arrival_account_id'))
    )
    op.create_index(op.f('ix_arrival_organisation_id'), 'arrival', ['organisation_id'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_arrival_organisation_id'), table_name='arrival')
    op.drop_table('arrival')
