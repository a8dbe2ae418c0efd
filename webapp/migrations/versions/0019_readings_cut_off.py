"""How often the reading of a file was cut off.

Revision: 0019, after 0018.
"""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply, in place: other tables refer to this one, and rebuilding it would cut them off."""
    op.execute('ALTER TABLE "import" ADD COLUMN tries INTEGER NOT NULL DEFAULT 0')


def downgrade() -> None:
    """Take back; a code that the older version cannot say becomes one that it can."""
    op.execute("UPDATE \"import\" SET failure = 'reader_stopped' WHERE failure = 'reading_cut_off'")
    op.execute('ALTER TABLE "import" DROP COLUMN tries')
