"""A request for consent may be taken back by who asked.

Revision: 0029, after 0028.
"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

OLD = "state IN ('pending', 'given', 'refused', 'unanswered', 'failed', 'settled')"
NEW = "state IN ('pending', 'given', 'refused', 'unanswered', 'failed', 'taken_back', 'settled')"


def upgrade() -> None:
    """Apply; no row changes."""
    _replace_check(OLD, NEW)


def downgrade() -> None:
    """Take back; a request that was taken back is one that waits for nothing any more."""
    op.execute("UPDATE consent_request SET state = 'settled' WHERE state = 'taken_back'")
    _replace_check(NEW, OLD)


def _replace_check(old: str, new: str) -> None:
    """Replace the check in place, as 0028 does: a table that is made anew loses what names it."""
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        op.drop_constraint(op.f("ck_consent_request_state"), "consent_request", type_="check")
        op.create_check_constraint(op.f("ck_consent_request_state"), "consent_request", new)
        return
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar()
    connection.exec_driver_sql("PRAGMA writable_schema = ON")
    changed = connection.execute(
        sa.text(
            "UPDATE sqlite_master SET sql = replace(sql, :old, :new)"
            " WHERE type = 'table' AND name = 'consent_request' AND instr(sql, :old) > 0"
        ),
        {"old": old, "new": new},
    )
    connection.exec_driver_sql(f"PRAGMA schema_version = {int(version or 0) + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema = OFF")
    if changed.rowcount != 1:
        raise RuntimeError("the check of requests for consent is another than was expected")
