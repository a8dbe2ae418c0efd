"""Where a worker runs, and when it was last seen; the journal's recent entries are found quickly.

Revision: 0023, after 0022.
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply; the journal's table is only given an index, and keeps its guards."""
    op.create_table(
        "worker_sighting",
        sa.Column("machine", sa.String(length=255), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("machine", name=op.f("pk_worker_sighting")),
    )
    op.create_index(op.f("ix_journal_entry_occurred_at"), "journal_entry", ["occurred_at"])


def downgrade() -> None:
    """Take back."""
    op.drop_index(op.f("ix_journal_entry_occurred_at"), "journal_entry")
    op.drop_table("worker_sighting")
