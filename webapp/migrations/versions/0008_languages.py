"""The language of each account, of an organisation's notices, and the one a recipient chose.

Revision: 0008, after 0009.
"""

import sqlalchemy as sa
from alembic import op

from webapp.database import UtcDateTime

revision = "0008"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply. Columns are added in place: other tables refer to these two."""
    op.add_column(
        "organisation",
        sa.Column("language", sa.String(length=5), server_default="fr", nullable=False),
    )
    op.add_column(
        "user", sa.Column("language", sa.String(length=5), server_default="", nullable=False)
    )
    op.create_table(
        "language_choice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("chosen_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("language IN ('fr', 'en')", name=op.f("ck_language_choice_language")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_language_choice_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_language_choice")),
        sa.UniqueConstraint(
            "organisation_id", "email", name=op.f("uq_language_choice_organisation_id_email")
        ),
    )


def downgrade() -> None:
    """Undo."""
    op.drop_table("language_choice")
    op.drop_column("user", "language")
    op.drop_column("organisation", "language")
