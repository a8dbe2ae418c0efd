"""Letters and their recipients are found by words, case and accents apart.

Revision: 0011, after 0004.
"""

import sqlalchemy as sa
from alembic import op

from webapp.texts import fold

revision = "0011"
down_revision = "0004"
branch_labels = None
depends_on = None

FOUND_BY = {
    "letter": ("subject", "own_reference"),
    "addressee": ("name", "email", "postal_address"),
}


def upgrade() -> None:
    """Apply, and make what was sent before findable too."""
    connection = op.get_bind()
    for table, columns in FOUND_BY.items():
        op.add_column(table, sa.Column("search_text", sa.Text(), nullable=False, server_default=""))
        rows = connection.execute(sa.text(f"SELECT id, {', '.join(columns)} FROM {table}")).all()
        texts = [{"id": row[0], "text": fold(" ".join(row[1:]))} for row in rows]
        if texts:
            connection.execute(
                sa.text(f"UPDATE {table} SET search_text = :text WHERE id = :id"), texts
            )
        with op.batch_alter_table(table) as batch_op:
            batch_op.alter_column("search_text", server_default=None)


def downgrade() -> None:
    """Take back."""
    for table in FOUND_BY:
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_column("search_text")
