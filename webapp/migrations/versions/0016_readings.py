"""A file is read by the worker, its cells are kept, and columns are chosen by hand.

Revision: 0016, after 0017.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0017"
branch_labels = None
depends_on = None

_MOMENT = {"sqlite": "DATETIME", "postgresql": "TIMESTAMP WITH TIME ZONE"}
_ADDED = {
    "read_at": "{moment}",
    "upload": "VARCHAR(64) NOT NULL DEFAULT ''",
    "failure": "VARCHAR(20) NOT NULL DEFAULT ''",
    "failure_limit": "INTEGER NOT NULL DEFAULT 0",
    "lines_read": "INTEGER NOT NULL DEFAULT 0",
    "lines_total": "INTEGER NOT NULL DEFAULT 0",
}


def upgrade() -> None:
    """Apply, in place: other tables refer to this one, and rebuilding it would cut them off."""
    moment = _MOMENT[op.get_bind().dialect.name]
    for column, definition in _ADDED.items():
        meant = definition.format(moment=moment)
        op.execute(f'ALTER TABLE "import" ADD COLUMN {column} {meant}')
    op.execute('UPDATE "import" SET read_at = created_at')
    op.create_table(
        "import_source",
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("sheets", sa.LargeBinary(), nullable=False),
        sa.Column("sheet", sa.Integer(), nullable=False),
        sa.Column("header", sa.Integer(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["import.id"],
            name=op.f("fk_import_source_import_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("import_id", name=op.f("pk_import_source")),
    )
    op.create_table(
        "column_choice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("heading", sa.String(length=120), nullable=False),
        sa.Column("field", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_column_choice_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_column_choice")),
        sa.UniqueConstraint(
            "organisation_id", "heading", name=op.f("uq_column_choice_organisation_id_heading")
        ),
    )


def downgrade() -> None:
    """Take back; an import that was not read yet has no line, and goes."""
    op.drop_table("column_choice")
    op.drop_table("import_source")
    unread = 'SELECT id FROM "import" WHERE read_at IS NULL'
    op.execute(f"DELETE FROM import_row WHERE import_id IN ({unread})")
    op.execute('DELETE FROM "import" WHERE read_at IS NULL')
    for column in _ADDED:
        op.execute(f'ALTER TABLE "import" DROP COLUMN {column}')
