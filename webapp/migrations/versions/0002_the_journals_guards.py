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


def upgrade() -> None:
    """Apply."""
    for statement in TRIGGERS.values():
        op.execute(statement)


def downgrade() -> None:
    """Take back."""
    for name in TRIGGERS:
        op.execute(f"DROP TRIGGER {name}")
