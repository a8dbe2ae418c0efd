"""The mail server can be set on a page.

Revision: 0009, after 0011.
"""

import sqlalchemy as sa
from alembic import op

from webapp.database import UtcDateTime

revision = "0009"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "mail_server",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("host", sa.String(length=253), nullable=False),
        sa.Column("port", sa.Integer(), nullable=False),
        sa.Column("security", sa.String(length=10), nullable=False),
        sa.Column("username", sa.String(length=254), nullable=False),
        sa.Column("password", sa.Text(), nullable=False),
        sa.Column("mail_from", sa.String(length=254), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("changed_by", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_mail_server_single")),
        sa.CheckConstraint(
            "security IN ('starttls', 'tls', 'none')", name=op.f("ck_mail_server_security")
        ),
        sa.ForeignKeyConstraint(
            ["changed_by"], ["user.id"], name=op.f("fk_mail_server_changed_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_server")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("mail_server")
