"""Letters on paper are handed over to the post in deposits.

Revision: 0007, after 0010.
"""

import sqlalchemy as sa
from alembic import op

from webapp.database import UtcDateTime

revision = "0007"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "deposit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("level", sa.String(length=2), nullable=False),
        sa.Column("reference", sa.String(length=60), nullable=False),
        sa.Column("is_trial", sa.Boolean(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("posted_on", sa.Date(), nullable=True),
        sa.Column("posted_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("level IN ('R1', 'R2', 'R3')", name=op.f("ck_deposit_level")),
        sa.CheckConstraint(
            "(posted_on IS NULL) = (posted_at IS NULL)", name=op.f("ck_deposit_posted")
        ),
        sa.ForeignKeyConstraint(["made_by_id"], ["user.id"], name=op.f("fk_deposit_made_by_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_deposit_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deposit")),
        sa.UniqueConstraint("key", name=op.f("uq_deposit_key")),
        sa.UniqueConstraint("number", name=op.f("uq_deposit_number")),
    )
    op.create_index(op.f("ix_deposit_organisation_id"), "deposit", ["organisation_id"])
    op.create_table(
        "deposit_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("deposit_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("addressee_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("item_number", sa.String(length=40), nullable=False),
        sa.Column("price_cents", sa.Integer(), nullable=True),
        sa.Column("outcome_on", sa.Date(), nullable=True),
        sa.Column("outcome_note", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["addressee_id"], ["addressee.id"], name=op.f("fk_deposit_item_addressee_id")
        ),
        sa.ForeignKeyConstraint(
            ["deposit_id"], ["deposit.id"], name=op.f("fk_deposit_item_deposit_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_deposit_item_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deposit_item")),
        sa.UniqueConstraint("addressee_id", name=op.f("uq_deposit_item_addressee_id")),
        sa.UniqueConstraint(
            "deposit_id", "position", name=op.f("uq_deposit_item_deposit_id_position")
        ),
    )
    op.create_index(
        "uq_deposit_item_organisation_id_item_number",
        "deposit_item",
        ["organisation_id", "item_number"],
        unique=True,
        sqlite_where=sa.text("item_number <> ''"),
        postgresql_where=sa.text("item_number <> ''"),
    )
    op.create_table(
        "deposit_document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("deposit_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("kept_at", UtcDateTime(), nullable=False),
        sa.Column("kept_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["deposit_id"], ["deposit.id"], name=op.f("fk_deposit_document_deposit_id")
        ),
        sa.ForeignKeyConstraint(
            ["kept_by_id"], ["user.id"], name=op.f("fk_deposit_document_kept_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deposit_document")),
        sa.UniqueConstraint(
            "deposit_id", "digest", name=op.f("uq_deposit_document_deposit_id_digest")
        ),
    )
    op.create_table(
        "envelope_window",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("top", sa.Integer(), nullable=False),
        sa.Column("left", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_envelope_window_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_envelope_window")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("envelope_window")
    op.drop_table("deposit_document")
    op.drop_index("uq_deposit_item_organisation_id_item_number", table_name="deposit_item")
    op.drop_table("deposit_item")
    op.drop_index(op.f("ix_deposit_organisation_id"), table_name="deposit")
    op.drop_table("deposit")
