"""groups in breadth: places held for a time, a standing line, agreements, endings, polls

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None

ASKED = sa.text("state = 'asked'")
OPEN = sa.text("state IN ('asked', 'waiting', 'offered')")


def _index(where):
    op.drop_index('uq_join_request_open', table_name='join_request')
    op.create_index('uq_join_request_open', 'join_request', ['group_id', 'account_id'], unique=True, sqlite_where=where, postgresql_where=where)


def upgrade() -> None:
    op.add_column('peer_group', sa.Column('held_count', sa.Integer(), server_default='0', nullable=False))
    op.add_column('peer_group', sa.Column('announcement_sealed', sa.LargeBinary(), nullable=True))
    op.add_column('peer_group', sa.Column('agreement', sa.String(), server_default='', nullable=False))
    op.add_column('peer_group', sa.Column('agreement_version', sa.Integer(), server_default='0', nullable=False))
    op.add_column('peer_group', sa.Column('ends_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('group_member', sa.Column('agreed_version', sa.Integer(), nullable=True))
    op.add_column('join_request', sa.Column('held_until', sa.DateTime(timezone=True), nullable=True))
    _index(OPEN)
    op.create_table('poll',
    sa.Column('group_id', sa.Uuid(), nullable=False),
    sa.Column('asked_by', sa.Uuid(), nullable=False),
    sa.Column('client_id', sa.String(), nullable=False),
    sa.Column('words_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closes_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_poll_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_poll')),
    sa.UniqueConstraint('group_id', 'asked_by', 'client_id', name=op.f('uq_poll_group_id_asked_by_client_id'))
    )
    op.create_index(op.f('ix_poll_group_id'), 'poll', ['group_id'], unique=False)
    op.create_index(op.f('ix_poll_organisation_id'), 'poll', ['organisation_id'], unique=False)
    op.create_table('poll_vote',
    sa.Column('poll_id', sa.Uuid(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('choice', sa.Integer(), nullable=False),
    sa.Column('said_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_poll_vote_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_poll_vote')),
    sa.UniqueConstraint('poll_id', 'account_id', name=op.f('uq_poll_vote_poll_id_account_id'))
    )
    op.create_index(op.f('ix_poll_vote_account_id'), 'poll_vote', ['account_id'], unique=False)
    op.create_index(op.f('ix_poll_vote_organisation_id'), 'poll_vote', ['organisation_id'], unique=False)


def downgrade() -> None:
    for name in ('organisation_id', 'account_id'):
        op.drop_index(op.f(f'ix_poll_vote_{name}'), table_name='poll_vote')
    op.drop_table('poll_vote')
    for name in ('organisation_id', 'group_id'):
        op.drop_index(op.f(f'ix_poll_{name}'), table_name='poll')
    op.drop_table('poll')
    # What was waiting for a place waits for a person again, who knows of it by the list.
    op.execute("UPDATE join_request SET state = 'asked' WHERE state IN ('waiting', 'offered')")
    op.execute("UPDATE join_request SET state = 'withdrawn' WHERE state = 'lapsed'")
    op.execute("UPDATE peer_group SET door = 'ask' WHERE door = 'closed'")
    _index(ASKED)
    op.drop_column('join_request', 'held_until')
    op.drop_column('group_member', 'agreed_version')
    for name in ('ends_at', 'agreement_version', 'agreement', 'announcement_sealed'):
        op.drop_column('peer_group', name)
    op.drop_column('peer_group', 'held_count')
