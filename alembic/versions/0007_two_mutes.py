"""two mutes: a moderator's stands beside a facilitator's

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('membership', sa.Column('silenced_until', sa.DateTime(timezone=True), nullable=True))
    # What a moderator decided and nobody ended is known from the effects; the rest is a facilitator's.
    op.execute(
        """
        UPDATE membership SET silenced_until = (
            SELECT max(effect.ends_at) FROM effect
            WHERE effect.kind = 'mute' AND effect.undone_at IS NULL
            AND effect.room_id = membership.room_id
            AND effect.account_id = membership.account_id
        )
        """
    )
    op.execute('UPDATE membership SET muted_until = NULL WHERE muted_until = silenced_until')


def downgrade() -> None:
    op.execute(
        """
        UPDATE membership SET muted_until = silenced_until
        WHERE silenced_until IS NOT NULL
        AND (muted_until IS NULL OR muted_until < silenced_until)
        """
    )
    op.drop_column('membership', 'silenced_until')
