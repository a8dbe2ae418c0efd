"""The outside witness: a daily root over all chains, its leaves and stamp, and who is told.

Revision: 0024, after 0023.
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

ON_SQLITE = {
    "daily_root_no_replace": """
        CREATE TRIGGER daily_root_no_replace BEFORE INSERT ON daily_root WHEN EXISTS (SELECT 1 FROM daily_root WHERE number = NEW.number OR day = NEW.day) BEGIN SELECT RAISE(ABORT, 'daily_root: a root is never replaced'); END""",
    "root_leaf_no_replace": """
        CREATE TRIGGER root_leaf_no_replace BEFORE INSERT ON root_leaf WHEN EXISTS (SELECT 1 FROM root_leaf WHERE number = NEW.number AND chain = NEW.chain) BEGIN SELECT RAISE(ABORT, 'root_leaf: a leaf is never replaced'); END""",
    "root_stamp_no_replace": """
        CREATE TRIGGER root_stamp_no_replace BEFORE INSERT ON root_stamp WHEN EXISTS (SELECT 1 FROM root_stamp WHERE number = NEW.number) BEGIN SELECT RAISE(ABORT, 'root_stamp: a stamp is never replaced'); END""",
    "daily_root_no_update": """
        CREATE TRIGGER daily_root_no_update BEFORE UPDATE ON daily_root BEGIN SELECT RAISE(ABORT, 'daily_root: a root is never changed'); END""",
    "daily_root_no_delete": """
        CREATE TRIGGER daily_root_no_delete BEFORE DELETE ON daily_root BEGIN SELECT RAISE(ABORT, 'daily_root: a root is never deleted'); END""",
    "root_leaf_no_update": """
        CREATE TRIGGER root_leaf_no_update BEFORE UPDATE ON root_leaf BEGIN SELECT RAISE(ABORT, 'root_leaf: a leaf is never changed'); END""",
    "root_leaf_no_delete": """
        CREATE TRIGGER root_leaf_no_delete BEFORE DELETE ON root_leaf BEGIN SELECT RAISE(ABORT, 'root_leaf: a leaf is never deleted'); END""",
    "root_stamp_no_update": """
        CREATE TRIGGER root_stamp_no_update BEFORE UPDATE ON root_stamp BEGIN SELECT RAISE(ABORT, 'root_stamp: a stamp is never changed'); END""",
    "root_stamp_no_delete": """
        CREATE TRIGGER root_stamp_no_delete BEFORE DELETE ON root_stamp BEGIN SELECT RAISE(ABORT, 'root_stamp: a stamp is never deleted'); END""",
}
ON_POSTGRESQL = {
    "daily_root_no_update": """
        CREATE TRIGGER daily_root_no_update BEFORE UPDATE ON daily_root FOR EACH ROW EXECUTE FUNCTION witness_refusal('daily_root: a root is never changed')""",
    "daily_root_no_delete": """
        CREATE TRIGGER daily_root_no_delete BEFORE DELETE ON daily_root FOR EACH ROW EXECUTE FUNCTION witness_refusal('daily_root: a root is never deleted')""",
    "daily_root_no_truncate": """
        CREATE TRIGGER daily_root_no_truncate BEFORE TRUNCATE ON daily_root FOR EACH STATEMENT EXECUTE FUNCTION witness_refusal('daily_root: a root is never deleted')""",
    "root_leaf_no_update": """
        CREATE TRIGGER root_leaf_no_update BEFORE UPDATE ON root_leaf FOR EACH ROW EXECUTE FUNCTION witness_refusal('root_leaf: a leaf is never changed')""",
    "root_leaf_no_delete": """
        CREATE TRIGGER root_leaf_no_delete BEFORE DELETE ON root_leaf FOR EACH ROW EXECUTE FUNCTION witness_refusal('root_leaf: a leaf is never deleted')""",
    "root_leaf_no_truncate": """
        CREATE TRIGGER root_leaf_no_truncate BEFORE TRUNCATE ON root_leaf FOR EACH STATEMENT EXECUTE FUNCTION witness_refusal('root_leaf: a leaf is never deleted')""",
    "root_stamp_no_update": """
        CREATE TRIGGER root_stamp_no_update BEFORE UPDATE ON root_stamp FOR EACH ROW EXECUTE FUNCTION witness_refusal('root_stamp: a stamp is never changed')""",
    "root_stamp_no_delete": """
        CREATE TRIGGER root_stamp_no_delete BEFORE DELETE ON root_stamp FOR EACH ROW EXECUTE FUNCTION witness_refusal('root_stamp: a stamp is never deleted')""",
    "root_stamp_no_truncate": """
        CREATE TRIGGER root_stamp_no_truncate BEFORE TRUNCATE ON root_stamp FOR EACH STATEMENT EXECUTE FUNCTION witness_refusal('root_stamp: a stamp is never deleted')""",
}
FUNCTION = """
        CREATE FUNCTION witness_refusal() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'restrict_violation'; END$$"""
TABLES = ("witness_setting", "witness_errand", "root_stamp", "root_leaf", "daily_root")


def upgrade() -> None:
    """Apply."""
    _make_roots()
    _make_errands()
    if op.get_bind().dialect.name == "sqlite":
        for statement in ON_SQLITE.values():
            op.execute(sa.text(statement))
        return
    op.execute(sa.text(FUNCTION))
    for name, statement in ON_POSTGRESQL.items():
        op.execute(sa.text(statement))
        table = name.rsplit("_no_", 1)[0]
        op.execute(sa.text(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}"))


def _make_roots() -> None:
    op.create_table(
        "daily_root",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("tree_size", sa.Integer(), nullable=False),
        sa.Column("root", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_daily_root")),
        sa.UniqueConstraint("day", name=op.f("uq_daily_root_day")),
    )
    op.create_table(
        "root_leaf",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("chain", sa.String(length=80), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("entry_hash", sa.String(length=64), nullable=False),
        _of_a_root("root_leaf"),
        sa.PrimaryKeyConstraint("number", "chain", name=op.f("pk_root_leaf")),
    )
    op.create_index(op.f("ix_root_leaf_chain"), "root_leaf", ["chain"])
    op.create_table(
        "root_stamp",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("stamped_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("authority", sa.String(length=500), nullable=False),
        sa.Column("signer", sa.String(length=500), nullable=False),
        sa.Column("certificate", sa.String(length=64), nullable=False),
        _of_a_root("root_stamp"),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_root_stamp")),
    )


def _make_errands() -> None:
    op.create_table(
        "witness_errand",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.String(length=600), nullable=False),
        _of_a_root("witness_errand"),
        sa.PrimaryKeyConstraint("number", "address", name=op.f("pk_witness_errand")),
    )
    op.create_index(op.f("ix_witness_errand_due_at"), "witness_errand", ["due_at"])
    op.create_table(
        "witness_setting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("timestamp_url", sa.String(length=500), nullable=False),
        sa.Column("mails", sa.Text(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_witness_setting_single")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_witness_setting")),
    )


def _of_a_root(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_number")
    return sa.ForeignKeyConstraint(["number"], ["daily_root.number"], name=name)


def downgrade() -> None:
    """Take back; a table's triggers go with it."""
    for table in TABLES:
        op.drop_table(table)
    if op.get_bind().dialect.name != "sqlite":
        op.execute(sa.text("DROP FUNCTION witness_refusal()"))
