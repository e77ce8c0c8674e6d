"""looking after: what two people decide, talks of two that rest, removal that holds

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('effect', sa.Column('decided_by', sa.Uuid(), nullable=True))
    op.add_column('account', sa.Column('private_until', sa.DateTime(timezone=True), nullable=True))
    op.add_column('account', sa.Column('invitation_id', sa.Uuid(), nullable=True))
    op.create_table('removal_trace',
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('line', sa.String(length=32), nullable=False),
    sa.Column('mark', sa.LargeBinary(), nullable=False),
    sa.Column('kept_until', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_removal_trace_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_removal_trace'))
    )
    for column in ('account_id', 'case_id', 'kept_until', 'mark', 'organisation_id'):
        op.create_index(op.f(f'ix_removal_trace_{column}'), 'removal_trace', [column], unique=False)
    op.create_table('decision_code',
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('code_index', sa.LargeBinary(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_decision_code_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_decision_code')),
    sa.UniqueConstraint('code_index', name=op.f('uq_decision_code_code_index'))
    )
    op.create_table('letter',
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('by_id', sa.Uuid(), nullable=True),
    sa.Column('words_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_letter_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_letter'))
    )
    for table in ('decision_code', 'letter'):
        for column in ('account_id', 'organisation_id'):
            op.create_index(op.f(f'ix_{table}_{column}'), table, [column], unique=False)
    op.create_table('look_delay',
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('ground', sa.String(length=32), nullable=False),
    sa.Column('asked_by', sa.Uuid(), nullable=False),
    sa.Column('confirmed_by', sa.Uuid(), nullable=True),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_look_delay_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_look_delay')),
    sa.UniqueConstraint('case_id', name=op.f('uq_look_delay_case_id'))
    )
    op.create_index(op.f('ix_look_delay_organisation_id'), 'look_delay', ['organisation_id'], unique=False)
    op.create_table('aftercare',
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('task', sa.String(length=32), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('done_by', sa.Uuid(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_aftercare_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_aftercare')),
    sa.UniqueConstraint('case_id', 'task', 'due_at', name=op.f('uq_aftercare_case_id_task_due_at'))
    )
    for column in ('case_id', 'organisation_id'):
        op.create_index(op.f(f'ix_aftercare_{column}'), 'aftercare', [column], unique=False)
    still = sa.text('resolved_at IS NULL')
    op.create_index(
        'ix_flag_open', 'flag', ['reporter_id', 'author_id'], sqlite_where=still, postgresql_where=still
    )


def downgrade() -> None:
    op.drop_index('ix_flag_open', table_name='flag')
    op.drop_table('aftercare')
    op.drop_table('look_delay')
    op.drop_table('letter')
    op.drop_table('decision_code')
    op.drop_table('removal_trace')
    op.drop_column('account', 'invitation_id')
    op.drop_column('account', 'private_until')
    op.drop_column('effect', 'decided_by')
