"""offers: what the encoder made of words; what is shown of them; whom somebody asked to be shown first

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('encoding',
    sa.Column('candidate_id', sa.Uuid(), nullable=False),
    sa.Column('encoder', sa.String(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('vectors_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_encoding_organisation_id')),
    sa.PrimaryKeyConstraint('candidate_id', name=op.f('pk_encoding'))
    )
    op.create_index(op.f('ix_encoding_organisation_id'), 'encoding', ['organisation_id'], unique=False)
    op.add_column('presence', sa.Column('shows', sa.String(length=32), nullable=False, server_default='about'))
    op.add_column('presence', sa.Column('leaning', sa.String(length=32), nullable=True))
    op.add_column('presence', sa.Column('leaning_since', sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('presence') as batch:
        batch.drop_column('leaning_since')
        batch.drop_column('leaning')
        batch.drop_column('shows')
    op.drop_index(op.f('ix_encoding_organisation_id'), table_name='encoding')
    op.drop_table('encoding')
