"""A sent letter keeps how its form named the recipients, so that it can be written again.

Revision: 0012, after 0007.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "sent_form",
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_sent_form_letter_id")),
        sa.PrimaryKeyConstraint("letter_id", name=op.f("pk_sent_form")),
    )


def downgrade() -> None:
    """Take back; the letters stay, only their copies start without recipients."""
    op.drop_table("sent_form")
