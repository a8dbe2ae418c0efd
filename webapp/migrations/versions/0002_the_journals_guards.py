"""The journal's guards: no entry, proof or key is ever changed or deleted.

Revision: 0002, after 0001.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TRIGGERS = {
    "journal_entry_no_replace": """
        CREATE TRIGGER journal_entry_no_replace BEFORE INSERT ON journal_entry
        WHEN EXISTS (SELECT 1 FROM journal_entry WHERE id = NEW.id)
          OR EXISTS (SELECT 1 FROM journal_entry
                     WHERE chain = NEW.chain AND sequence = NEW.sequence)
        BEGIN SELECT RAISE(ABORT, 'journal_entry: an entry is never replaced'); END""",
    "journal_entry_no_update": """
        CREATE TRIGGER journal_entry_no_update BEFORE UPDATE ON journal_entry
        BEGIN SELECT RAISE(ABORT, 'journal_entry: an entry is never changed'); END""",
    "journal_entry_no_delete": """
        CREATE TRIGGER journal_entry_no_delete BEFORE DELETE ON journal_entry
        BEGIN SELECT RAISE(ABORT, 'journal_entry: an entry is never deleted'); END""",
    "journal_facts_no_replace": """
        CREATE TRIGGER journal_facts_no_replace BEFORE INSERT ON journal_facts
        WHEN EXISTS (SELECT 1 FROM journal_facts WHERE entry_id = NEW.entry_id)
        BEGIN SELECT RAISE(ABORT, 'journal_facts: facts are never replaced'); END""",
    "journal_facts_no_update": """
        CREATE TRIGGER journal_facts_no_update BEFORE UPDATE ON journal_facts
        BEGIN SELECT RAISE(ABORT, 'journal_facts: facts are never changed'); END""",
    "journal_facts_no_delete": """
        CREATE TRIGGER journal_facts_no_delete BEFORE DELETE ON journal_facts
        WHEN NOT EXISTS (SELECT 1 FROM journal_purge WHERE entry_id = OLD.entry_id)
        BEGIN SELECT RAISE(ABORT, 'journal_facts: facts are deleted by a purge alone'); END""",
    "journal_purge_no_replace": """
        CREATE TRIGGER journal_purge_no_replace BEFORE INSERT ON journal_purge
        WHEN EXISTS (SELECT 1 FROM journal_purge WHERE entry_id = NEW.entry_id)
        BEGIN SELECT RAISE(ABORT, 'journal_purge: a purge is never replaced'); END""",
    "journal_purge_after_a_year": """
        CREATE TRIGGER journal_purge_after_a_year BEFORE INSERT ON journal_purge
        WHEN NOT EXISTS (
            SELECT 1 FROM journal_entry
            WHERE id = NEW.entry_id
              AND NEW.purged_at >= strftime('%Y-%m-%d %H:%M:%S', occurred_at, '+1 year')
                                   || substr(occurred_at, 20)
              AND NEW.purged_at <= strftime('%Y-%m-%d %H:%M:%f', 'now', '+1 minute'))
        BEGIN SELECT RAISE(ABORT, 'journal_purge: facts are kept for one year at least'); END""",
    "journal_purge_no_update": """
        CREATE TRIGGER journal_purge_no_update BEFORE UPDATE ON journal_purge
        BEGIN SELECT RAISE(ABORT, 'journal_purge: a purge is never changed'); END""",
    "journal_purge_no_delete": """
        CREATE TRIGGER journal_purge_no_delete BEFORE DELETE ON journal_purge
        BEGIN SELECT RAISE(ABORT, 'journal_purge: a purge is never deleted'); END""",
    "proof_no_replace": """
        CREATE TRIGGER proof_no_replace BEFORE INSERT ON proof
        WHEN EXISTS (SELECT 1 FROM proof WHERE id = NEW.id OR entry_id = NEW.entry_id)
        BEGIN SELECT RAISE(ABORT, 'proof: a proof is never replaced'); END""",
    "proof_no_update": """
        CREATE TRIGGER proof_no_update BEFORE UPDATE ON proof
        BEGIN SELECT RAISE(ABORT, 'proof: a proof is never changed'); END""",
    "proof_no_delete": """
        CREATE TRIGGER proof_no_delete BEFORE DELETE ON proof
        BEGIN SELECT RAISE(ABORT, 'proof: a proof is never deleted'); END""",
    "sealing_key_no_replace": """
        CREATE TRIGGER sealing_key_no_replace BEFORE INSERT ON sealing_key
        WHEN EXISTS (SELECT 1 FROM sealing_key WHERE fingerprint = NEW.fingerprint)
        BEGIN SELECT RAISE(ABORT, 'sealing_key: a key is never replaced'); END""",
    "sealing_key_no_update": """
        CREATE TRIGGER sealing_key_no_update BEFORE UPDATE ON sealing_key
        BEGIN SELECT RAISE(ABORT, 'sealing_key: a key is never changed'); END""",
    "sealing_key_no_delete": """
        CREATE TRIGGER sealing_key_no_delete BEFORE DELETE ON sealing_key
        BEGIN SELECT RAISE(ABORT, 'sealing_key: a key is never deleted'); END""",
}


POSTGRESQL_FUNCTIONS = {
    "journal_refusal": """
        BEGIN RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'restrict_violation'; END""",
    "journal_facts_no_delete": """
        BEGIN
          IF NOT EXISTS (SELECT 1 FROM journal_purge WHERE entry_id = OLD.entry_id) THEN
            RAISE EXCEPTION 'journal_facts: facts are deleted by a purge alone'
              USING ERRCODE = 'restrict_violation';
          END IF;
          RETURN OLD;
        END""",
    "journal_purge_after_a_year": """
        BEGIN
          IF NOT EXISTS (
            SELECT 1 FROM journal_entry
            WHERE id = NEW.entry_id
              AND NEW.purged_at AT TIME ZONE 'UTC' >=
                occurred_at AT TIME ZONE 'UTC' + INTERVAL '1 year'
                + CASE WHEN to_char(occurred_at AT TIME ZONE 'UTC', 'MM-DD') = '02-29'
                  THEN INTERVAL '1 day' ELSE INTERVAL '0' END
              AND NEW.purged_at <= clock_timestamp() + INTERVAL '1 minute') THEN
            RAISE EXCEPTION 'journal_purge: facts are kept for one year at least'
              USING ERRCODE = 'restrict_violation';
          END IF;
          RETURN NEW;
        END""",
}

POSTGRESQL_TRIGGERS = {
    "journal_entry_no_update": """
        CREATE TRIGGER journal_entry_no_update BEFORE UPDATE ON journal_entry
        FOR EACH ROW EXECUTE FUNCTION journal_refusal('journal_entry: an entry is never changed')""",
    "journal_entry_no_delete": """
        CREATE TRIGGER journal_entry_no_delete BEFORE DELETE ON journal_entry
        FOR EACH ROW EXECUTE FUNCTION journal_refusal('journal_entry: an entry is never deleted')""",
    "journal_entry_no_truncate": """
        CREATE TRIGGER journal_entry_no_truncate BEFORE TRUNCATE ON journal_entry
        FOR EACH STATEMENT EXECUTE FUNCTION journal_refusal('journal_entry: an entry is never deleted')""",
    "journal_facts_no_update": """
        CREATE TRIGGER journal_facts_no_update BEFORE UPDATE ON journal_facts
        FOR EACH ROW EXECUTE FUNCTION journal_refusal('journal_facts: facts are never changed')""",
    "journal_facts_no_delete": """
        CREATE TRIGGER journal_facts_no_delete BEFORE DELETE ON journal_facts
        FOR EACH ROW EXECUTE FUNCTION journal_facts_no_delete()""",
    "journal_facts_no_truncate": """
        CREATE TRIGGER journal_facts_no_truncate BEFORE TRUNCATE ON journal_facts
        FOR EACH STATEMENT EXECUTE FUNCTION journal_refusal('journal_facts: facts are never deleted')""",
    "journal_purge_no_update": """
        CREATE TRIGGER journal_purge_no_update BEFORE UPDATE ON journal_purge
        FOR EACH ROW EXECUTE FUNCTION journal_refusal('journal_purge: a purge is never changed')""",
    "journal_purge_no_delete": """
        CREATE TRIGGER journal_purge_no_delete BEFORE DELETE ON journal_purge
        FOR EACH ROW EXECUTE FUNCTION journal_refusal('journal_purge: a purge is never deleted')""",
    "journal_purge_no_truncate": """
        CREATE TRIGGER journal_purge_no_truncate BEFORE TRUNCATE ON journal_purge
        FOR EACH STATEMENT EXECUTE FUNCTION journal_refusal('journal_purge: a purge is never deleted')""",
    "proof_no_update": """
        CREATE TRIGGER proof_no_update BEFORE UPDATE ON proof
        FOR EACH ROW EXECUTE FUNCTION journal_refusal('proof: a proof is never changed')""",
    "proof_no_delete": """
        CREATE TRIGGER proof_no_delete BEFORE DELETE ON proof
        FOR EACH ROW EXECUTE FUNCTION journal_refusal('proof: a proof is never deleted')""",
    "proof_no_truncate": """
        CREATE TRIGGER proof_no_truncate BEFORE TRUNCATE ON proof
        FOR EACH STATEMENT EXECUTE FUNCTION journal_refusal('proof: a proof is never deleted')""",
    "sealing_key_no_update": """
        CREATE TRIGGER sealing_key_no_update BEFORE UPDATE ON sealing_key
        FOR EACH ROW EXECUTE FUNCTION journal_refusal('sealing_key: a key is never changed')""",
    "sealing_key_no_delete": """
        CREATE TRIGGER sealing_key_no_delete BEFORE DELETE ON sealing_key
        FOR EACH ROW EXECUTE FUNCTION journal_refusal('sealing_key: a key is never deleted')""",
    "sealing_key_no_truncate": """
        CREATE TRIGGER sealing_key_no_truncate BEFORE TRUNCATE ON sealing_key
        FOR EACH STATEMENT EXECUTE FUNCTION journal_refusal('sealing_key: a key is never deleted')""",
    "journal_purge_after_a_year": """
        CREATE TRIGGER journal_purge_after_a_year BEFORE INSERT ON journal_purge
        FOR EACH ROW EXECUTE FUNCTION journal_purge_after_a_year()""",
}


def upgrade() -> None:
    """Apply."""
    if op.get_bind().dialect.name == "sqlite":
        for statement in TRIGGERS.values():
            op.execute(statement)
        return
    for name, body in POSTGRESQL_FUNCTIONS.items():
        op.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $${body}$$")
    for name, statement in POSTGRESQL_TRIGGERS.items():
        op.execute(statement)
        table = statement.split(" ON ", 1)[1].split()[0]
        op.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}")


def downgrade() -> None:
    """Take back."""
    if op.get_bind().dialect.name == "sqlite":
        for name in TRIGGERS:
            op.execute(f"DROP TRIGGER {name}")
        return
    for name in POSTGRESQL_FUNCTIONS:
        op.execute(f"DROP FUNCTION {name} CASCADE")
