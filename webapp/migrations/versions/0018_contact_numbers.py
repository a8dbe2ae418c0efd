"""The number of a contact that is gone is not given again.

Revision: 0018, after 0016.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply; what was given before this is known by what is still there."""
    op.create_table(
        "contact_number",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_number")),
    )
    op.execute("INSERT INTO contact_number SELECT 1, coalesce(max(id), 0) FROM contact")


def downgrade() -> None:
    """Take back."""
    op.drop_table("contact_number")
