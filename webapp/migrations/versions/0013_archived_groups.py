"""A group can be archived.

Revision: 0013, after 0012.
"""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply, in place: other tables refer to this one, and rebuilding it would cut them off."""
    op.execute("ALTER TABLE contact_group ADD COLUMN archived_at DATETIME")


def downgrade() -> None:
    """Take back; archived groups stand among the others again."""
    op.execute("ALTER TABLE contact_group DROP COLUMN archived_at")
