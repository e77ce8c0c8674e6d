"""doors: mail that waits, names that look alike, appointments that a second person confirms

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None

OPEN = sa.text('settled_at IS NULL')


def upgrade() -> None:
    op.add_column('notice', sa.Column('mail_tries', sa.Integer(), server_default='0', nullable=False))
    op.add_column('notice', sa.Column('mail_after', sa.DateTime(timezone=True), nullable=True))
    op.add_column('account', sa.Column('look_key', sa.String(), nullable=True))
    # For names in plain Latin letters the two are the same.
    op.execute('UPDATE account SET look_key = name_key')
    op.create_index('uq_account_look', 'account', ['organisation_id', 'look_key'], unique=True)
    op.create_table('appointment',
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('role', sa.String(length=32), nullable=False),
    sa.Column('asked_by', sa.Uuid(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('settled_by', sa.Uuid(), nullable=True),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_appointment_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_appointment'))
    )
    op.create_index(op.f('ix_appointment_organisation_id'), 'appointment', ['organisation_id'], unique=False)
    op.create_index('uq_appointment_open', 'appointment', ['account_id', 'role'], unique=True, sqlite_where=OPEN, postgresql_where=OPEN)


def downgrade() -> None:
    op.drop_index('uq_appointment_open', table_name='appointment', sqlite_where=OPEN, postgresql_where=OPEN)
    op.drop_index(op.f('ix_appointment_organisation_id'), table_name='appointment')
    op.drop_table('appointment')
    op.drop_index('uq_account_look', table_name='account')
    op.drop_column('account', 'look_key')
    op.drop_column('notice', 'mail_after')
    op.drop_column('notice', 'mail_tries')
