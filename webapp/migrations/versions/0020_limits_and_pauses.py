"""Notices leave within limits, can be paused, and are given up after two days of trying.

Revision: 0020, after 0019.
"""

import sqlalchemy as sa
from alembic import op

from webapp.database import UtcDateTime

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply; what is being tried has its two days from its next answer on."""
    op.add_column("letter", sa.Column("paused_at", UtcDateTime(), nullable=True))
    op.add_column("addressee", sa.Column("first_tried_at", UtcDateTime(), nullable=True))
    op.create_table(
        "mail_pace",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("per_minute", sa.Integer(), nullable=True),
        sa.Column("per_hour", sa.Integer(), nullable=True),
        sa.Column("paused_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_mail_pace_single")),
        sa.CheckConstraint("per_minute > 0", name=op.f("ck_mail_pace_per_minute")),
        sa.CheckConstraint("per_hour > 0", name=op.f("ck_mail_pace_per_hour")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_pace")),
    )
    op.execute("INSERT INTO mail_pace (id) VALUES (1)")
    op.create_table(
        "departures",
        sa.Column("minute", UtcDateTime(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("minute", name=op.f("pk_departures")),
    )


def downgrade() -> None:
    """Take back; a letter that was paused leaves."""
    op.drop_table("departures")
    op.drop_table("mail_pace")
    op.drop_column("addressee", "first_tried_at")
    op.drop_column("letter", "paused_at")
