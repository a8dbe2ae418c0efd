"""What comes back about notices, the mailbox it is read from, and the addresses that fail.

Revision: 0021, after 0020.
"""

import sqlalchemy as sa
from alembic import op

from webapp.database import UtcDateTime

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

KINDS = (
    "NotificationDelivered",
    "NoticeDelayed",
    "NoticeReturnedLate",
    "AutomaticReply",
    "AddressCorrected",
    "ChannelChanged",
)


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "returned_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("addressee_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("is_kept", sa.Boolean(), nullable=False),
        sa.Column("arrived_at", UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('failed', 'delayed', 'delivered', 'automatic')",
            name=op.f("ck_returned_message_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["addressee_id"], ["addressee.id"], name=op.f("fk_returned_message_addressee_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_returned_message")),
        sa.UniqueConstraint(
            "addressee_id", "digest", name=op.f("uq_returned_message_addressee_id_digest")
        ),
    )
    op.create_table(
        "failing_address",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("since", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_failing_address_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "email", name=op.f("pk_failing_address")),
    )
    op.create_table(
        "return_mailbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("host", sa.String(length=253), nullable=False),
        sa.Column("port", sa.Integer(), nullable=False),
        sa.Column("security", sa.String(length=10), nullable=False),
        sa.Column("username", sa.String(length=254), nullable=False),
        sa.Column("password", sa.Text(), nullable=False),
        sa.Column("folder", sa.String(length=200), nullable=False),
        sa.Column("bounce_address", sa.String(length=254), nullable=False),
        sa.Column("changed_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_return_mailbox_single")),
        sa.CheckConstraint(
            "security IN ('tls', 'starttls')", name=op.f("ck_return_mailbox_security")
        ),
        sa.ForeignKeyConstraint(
            ["changed_by"], ["user.id"], name=op.f("fk_return_mailbox_changed_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_return_mailbox")),
    )


def downgrade() -> None:
    """Take back, unless the journal tells what an older Plirec cannot read."""
    entry = sa.table("journal_entry", sa.column("kind", sa.String()))
    told = sa.select(sa.func.count()).select_from(entry).where(entry.c.kind.in_(KINDS))
    if op.get_bind().scalar(told):
        raise RuntimeError(
            "letters that came back or were mended cannot be told by an older Plirec"
        )
    op.drop_table("return_mailbox")
    op.drop_table("failing_address")
    op.drop_table("returned_message")
