"""A recipient's six-digit code, when his page was opened, and who runs the service.

Revision: 0025, after 0024.
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_ADDED = {"operator_name": sa.String(120), "operator_address": sa.Text()}


def upgrade() -> None:
    """Apply; nobody has said yet who runs an installation that is there."""
    op.create_table(
        "address_code",
        sa.Column("addressee_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["addressee_id"], ["addressee.id"], name=op.f("fk_address_code_addressee_id_addressee")
        ),
        sa.PrimaryKeyConstraint("addressee_id", name=op.f("pk_address_code")),
    )
    op.create_table(
        "opening",
        sa.Column("addressee_id", sa.Integer(), nullable=False),
        sa.Column("client", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["addressee_id"], ["addressee.id"], name=op.f("fk_opening_addressee_id_addressee")
        ),
        sa.PrimaryKeyConstraint("addressee_id", "client", "kind", name=op.f("pk_opening")),
    )
    for name, kind in _ADDED.items():
        op.add_column("installation", sa.Column(name, kind, server_default="", nullable=False))


def downgrade() -> None:
    """Take back; codes that are on their way serve no more."""
    for name in reversed(_ADDED):
        op.drop_column("installation", name)
    op.drop_table("opening")
    op.drop_table("address_code")
