"""Why proofs wait for their seal: the authority that dates them is down, or one cannot be made.

Revision: 0027, after 0026.
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "sealing_trouble",
        sa.Column("about", sa.String(length=10), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("problem", sa.String(length=600), nullable=False),
        sa.PrimaryKeyConstraint("about", name=op.f("pk_sealing_trouble")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("sealing_trouble")
