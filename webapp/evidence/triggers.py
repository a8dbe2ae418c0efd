"""The database's own guard over what must never change, for SQLite.

A migration copies the statements as they stand, so that it stays what it was when they change here.
Alembic's batch mode loses triggers silently: `missing` finds that.
"""

from collections.abc import Mapping

from sqlalchemy import Connection, text

# A row that would replace another is refused before the insertion: REPLACE deletes the old row
# without asking the triggers of deletion. The year of a purge is counted in text, which keeps the
# microseconds that SQLite's own functions round away; a moment still to come is no moment at all.
SQLITE_TRIGGERS: Mapping[str, str] = {
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


def create(connection: Connection) -> None:
    """Put every trigger on an SQLite database that has none of them."""
    for statement in SQLITE_TRIGGERS.values():
        connection.exec_driver_sql(statement)


def drop(connection: Connection) -> None:
    """Take them away, so that a migration may rebuild a table; it must put them back."""
    for name in SQLITE_TRIGGERS:
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")


def missing(connection: Connection) -> set[str]:
    """Name the triggers that this SQLite database lacks, or has with another text."""
    found = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
    present = {name: sql.split() for name, sql in found}
    return {name for name, sql in SQLITE_TRIGGERS.items() if present.get(name) != sql.split()}
