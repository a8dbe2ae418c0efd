"""How long letters are kept, when they were erased, and the files that go with them.

Revision: 0028, after 0027.
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

STATES = (
    "(channel = 'email' AND {email} AND state IN ('submitted', 'notified', 'accepted', 'rejected', 'expired', 'failed', 'cancelled'))"
    " OR (channel = 'paper' AND {paper} AND state IN ('to_post', 'posted', 'delivered', 'returned', 'cancelled'))"
)
ADDRESSED = STATES.format(email="email <> ''", paper="postal_address <> ''")
ADDRESSED_OR_ERASED = STATES.format(
    email="(email <> '' OR name = '')", paper="(postal_address <> '' OR name = '')"
)


def upgrade() -> None:
    """Apply; nobody was told yet what will be erased, and so nothing is before thirty days."""
    op.create_table(
        "released_file",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_released_file")),
    )
    op.add_column("letter", sa.Column("purged_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "organisation",
        sa.Column("keeping_years", sa.Integer(), server_default="5", nullable=False),
    )
    op.add_column(
        "organisation", sa.Column("erases_from", sa.DateTime(timezone=True), nullable=True)
    )
    _hold_back()
    _replace_check(ADDRESSED, ADDRESSED_OR_ERASED)


def downgrade() -> None:
    """Take back, unless a letter was erased, which an older Plirec cannot show."""
    if op.get_bind().scalar(sa.text("SELECT count(*) FROM letter WHERE purged_at IS NOT NULL")):
        raise RuntimeError("letters that were erased cannot be shown by an older Plirec")
    _replace_check(ADDRESSED_OR_ERASED, ADDRESSED)
    op.drop_column("organisation", "erases_from")
    op.drop_column("organisation", "keeping_years")
    op.drop_column("letter", "purged_at")
    op.drop_table("released_file")


def _hold_back() -> None:
    on_sqlite = "strftime('%Y-%m-%d %H:%M:%f000', 'now', '+30 days')"
    on_postgresql = "now() + INTERVAL '30 days'"
    is_on_sqlite = op.get_bind().dialect.name == "sqlite"
    op.execute(
        f"UPDATE organisation SET erases_from = {on_sqlite if is_on_sqlite else on_postgresql}"
    )


def _replace_check(old: str, new: str) -> None:
    """Replace the check in place: a table that is made anew loses what refers to it.

    SQLite has no word for it; its documentation gives this way for checks, which touches no row
    (lang_altertable.html, section 7, "changes that do not affect the on-disk content").
    """
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f("ck_addressee_state"), "addressee", type_="check")
        op.create_check_constraint(op.f("ck_addressee_state"), "addressee", new)
        return
    connection = op.get_bind()
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar()
    connection.exec_driver_sql("PRAGMA writable_schema = ON")
    changed = connection.execute(
        sa.text(
            "UPDATE sqlite_master SET sql = replace(sql, :old, :new)"
            " WHERE type = 'table' AND name = 'addressee' AND instr(sql, :old) > 0"
        ),
        {"old": old, "new": new},
    )
    connection.exec_driver_sql(f"PRAGMA schema_version = {int(version or 0) + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema = OFF")
    if changed.rowcount != 1:
        raise RuntimeError("the check of addressees is another than was expected")
