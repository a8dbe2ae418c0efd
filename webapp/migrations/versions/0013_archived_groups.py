"""A group can be archived.

Revision: 0013, after 0012.
"""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

MOMENT = {"sqlite": "DATETIME", "postgresql": "TIMESTAMP WITH TIME ZONE"}


def upgrade() -> None:
    """Apply, in place: other tables refer to this one, and rebuilding it would cut them off."""
    moment = MOMENT[op.get_bind().dialect.name]
    op.execute(f"ALTER TABLE contact_group ADD COLUMN archived_at {moment}")


def downgrade() -> None:
    """Take back; archived groups stand among the others again."""
    op.execute("ALTER TABLE contact_group DROP COLUMN archived_at")
