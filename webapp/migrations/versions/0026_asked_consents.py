"""Individuals are asked by mail, papers are kept with consents, letters wait for a consent.

Revision: 0026, after 0025.
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_ADDED = {
    "consent": {
        "number": "VARCHAR(20)",
        "request_id": "INTEGER CONSTRAINT fk_consent_request_id REFERENCES consent_request (id)",
        "document_id": "INTEGER CONSTRAINT fk_consent_document_id REFERENCES consent_document (id)",
    },
    "addressee": {
        "consent_request_id": "INTEGER CONSTRAINT fk_addressee_consent_request_id"
        " REFERENCES consent_request (id)",
    },
}
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Apply; the tables that have triggers are only given columns, and keep them."""
    _make_requests()
    _make_documents()
    for table, columns in _ADDED.items():
        for column, meant in columns.items():
            op.execute(f"ALTER TABLE {table} ADD COLUMN {column} {meant}")
    index = op.f("ix_addressee_consent_request_id")
    op.create_index(index, "addressee", ["consent_request_id"])


def _make_requests() -> None:
    op.create_table(
        "consent_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("number", sa.String(20), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("message_id", sa.String(320), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("due_at", _MOMENT, nullable=True),
        sa.Column("leased_until", _MOMENT, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("first_tried_at", _MOMENT, nullable=True),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("sent_at", _MOMENT, nullable=True),
        sa.Column("ends_at", _MOMENT, nullable=True),
        sa.Column("answered_at", _MOMENT, nullable=True),
        sa.CheckConstraint(
            "state IN ('pending', 'given', 'refused', 'unanswered', 'failed', 'settled')",
            name=op.f("ck_consent_request_state"),
        ),
        sa.CheckConstraint("days BETWEEN 3 AND 30", name=op.f("ck_consent_request_days")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_consent_request_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["user.id"], name=op.f("fk_consent_request_asked_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_request")),
        sa.UniqueConstraint(
            "number", "generation", name=op.f("uq_consent_request_number_generation")
        ),
        sa.UniqueConstraint("token_hash", name=op.f("uq_consent_request_token_hash")),
        sa.UniqueConstraint("message_id", name=op.f("uq_consent_request_message_id")),
    )
    address = ["organisation_id", "email"]
    op.create_index(op.f("ix_consent_request_organisation_id_email"), "consent_request", address)
    op.create_index(op.f("ix_consent_request_due_at"), "consent_request", ["due_at"])
    op.create_index(
        "ux_consent_request_pending",
        "consent_request",
        address,
        unique=True,
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )


def _make_documents() -> None:
    op.create_table(
        "consent_document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("media_type", sa.String(100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("kept_at", _MOMENT, nullable=False),
        sa.Column("kept_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_consent_document_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["kept_by_id"], ["user.id"], name=op.f("fk_consent_document_kept_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_document")),
    )
    op.create_index(
        op.f("ix_consent_document_organisation_id"), "consent_document", ["organisation_id"]
    )


def downgrade() -> None:
    """Take back; a notice that waits for a consent waits for ever, and may still be cancelled."""
    op.drop_index(op.f("ix_addressee_consent_request_id"), "addressee")
    for table, columns in reversed(_ADDED.items()):
        for column in columns:
            op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    op.drop_table("consent_document")
    op.drop_table("consent_request")
