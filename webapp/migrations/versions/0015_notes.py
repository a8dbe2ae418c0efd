"""An import keeps what is told about its spreadsheet as a whole.

Revision: 0015, after 0014.
"""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply, in place: other tables refer to this one, and rebuilding it would cut them off."""
    op.execute("ALTER TABLE import ADD COLUMN notes JSON NOT NULL DEFAULT '[]'")


def downgrade() -> None:
    """Take back; what was told is forgotten, the lines stay."""
    op.execute("ALTER TABLE import DROP COLUMN notes")
