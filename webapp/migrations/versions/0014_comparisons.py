"""An import is compared with the contacts that are kept, and can be undone.

Revision: 0014, after 0013.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_WORDS_OF = {
    "sqlite": {"moment": "DATETIME", "false": "0"},
    "postgresql": {"moment": "TIMESTAMP WITH TIME ZONE", "false": "false"},
}
_ADDED = {
    "contact": {"import_id": "INTEGER CONSTRAINT fk_contact_import_id REFERENCES import (id)"},
    "membership": {
        "import_id": "INTEGER CONSTRAINT fk_membership_import_id REFERENCES import (id)"
    },
    "import": {
        "undone_at": "{moment}",
        "counts": "JSON NOT NULL DEFAULT '{{}}'",
        "takes_absent_out": "BOOLEAN NOT NULL DEFAULT {false}",
        "removed": "JSON NOT NULL DEFAULT '[]'",
        "is_by_command": "BOOLEAN NOT NULL DEFAULT {false}",
    },
}
_WORDS = ("effect", "choice")
_EFFECTS = """
UPDATE import_row SET effect = CASE outcome
WHEN 'ready' THEN 'create' WHEN 'duplicate' THEN 'repeated' ELSE outcome END
"""
_COUNTS = {
    "sqlite": """
UPDATE import SET counts = (SELECT json_group_object(effect, lines) FROM (
SELECT effect, count(*) AS lines FROM import_row WHERE import_id = import.id GROUP BY effect))
""",
    "postgresql": """
UPDATE import SET counts = coalesce((SELECT json_object_agg(effect, lines) FROM (
SELECT effect, count(*) AS lines FROM import_row WHERE import_id = import.id GROUP BY effect)
AS counted), '{}')
""",
}
_INDEXED = (
    ("contact", ("organisation_id", "sort_name")),
    ("contact", ("import_id",)),
    ("membership", ("import_id",)),
    ("import_row", ("contact_id",)),
)


def upgrade() -> None:
    """Apply; in place where other tables refer to one, since rebuilding it would cut them off."""
    dialect = op.get_bind().dialect.name
    for table, columns in _ADDED.items():
        for column, definition in columns.items():
            meant = definition.format(**_WORDS_OF[dialect])
            op.execute(f'ALTER TABLE "{table}" ADD COLUMN {column} {meant}')
    with op.batch_alter_table("import_row") as batch:
        for column in _WORDS:
            batch.add_column(sa.Column(column, sa.String(10), nullable=False, server_default=""))
        batch.add_column(sa.Column("contact_id", sa.Integer()))
        batch.create_foreign_key(
            op.f("fk_import_row_contact_id"),
            "contact",
            ["contact_id"],
            ["id"],
            ondelete="SET NULL",
        )
    op.execute(_EFFECTS)
    op.execute(_COUNTS[dialect])
    for table, columns in _INDEXED:
        op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, list(columns))
    _create_contact_change()
    op.create_table(
        "import_edit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["import.id"], name=op.f("fk_import_edit_import_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_edit")),
    )
    op.create_index(op.f("ix_import_edit_import_id"), "import_edit", ["import_id"])


def _create_contact_change() -> None:
    op.create_table(
        "contact_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("import_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("moment", sa.DateTime(timezone=True), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('edited', 'imported', 'merged')", name=op.f("ck_contact_change_kind")
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["contact.id"],
            name=op.f("fk_contact_change_contact_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["user.id"], name=op.f("fk_contact_change_author_id")
        ),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["import.id"],
            name=op.f("fk_contact_change_import_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_change")),
    )
    for column in ("contact_id", "import_id"):
        op.create_index(op.f(f"ix_contact_change_{column}"), "contact_change", [column])


def downgrade() -> None:
    """Take back; imports that are done cannot be undone any more."""
    op.drop_table("import_edit")
    op.drop_table("contact_change")
    for table, columns in _INDEXED:
        op.drop_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table)
    with op.batch_alter_table("import_row") as batch:
        batch.drop_constraint(op.f("fk_import_row_contact_id"), type_="foreignkey")
        for column in ("contact_id", *_WORDS):
            batch.drop_column(column)
    for table, columns in _ADDED.items():
        for column in columns:
            op.execute(f'ALTER TABLE "{table}" DROP COLUMN {column}')
