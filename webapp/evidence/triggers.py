"""The database's own guard over what must never change.

A migration copies the statements as they stand, so that it stays what it was when they change here.
"""

from collections.abc import Mapping

from webapp.triggers import Triggers

# A row that would replace another is refused before the insertion: REPLACE deletes the old row
# without asking the triggers of deletion. The year of a purge is counted in text, which keeps the
# microseconds that SQLite's own functions round away; a moment still to come is no moment at all.
_SQLITE: Mapping[str, str] = {
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

# PostgreSQL replaces no row without an update, which is refused; it can empty a table at once.
_REFUSED = {
    "UPDATE": ("no_update", "never changed"),
    "DELETE": ("no_delete", "never deleted"),
    "TRUNCATE": ("no_truncate", "never deleted"),
}
_KEPT = {
    "journal_entry": "an entry is",
    "journal_facts": "facts are",
    "journal_purge": "a purge is",
    "proof": "a proof is",
    "sealing_key": "a key is",
}


def _refusal(table: str, act: str) -> tuple[str, str]:
    name, refused = _REFUSED[act]
    each = "STATEMENT" if act == "TRUNCATE" else "ROW"
    return f"{table}_{name}", (
        f"CREATE TRIGGER {table}_{name} BEFORE {act} ON {table} FOR EACH {each} "
        f"EXECUTE FUNCTION journal_refusal('{table}: {_KEPT[table]} {refused}')"
    )


_POSTGRESQL: Mapping[str, str] = {
    **dict(_refusal(table, act) for table in _KEPT for act in _REFUSED),
    "journal_facts_no_delete": """
        CREATE TRIGGER journal_facts_no_delete BEFORE DELETE ON journal_facts
        FOR EACH ROW EXECUTE FUNCTION journal_facts_no_delete()""",
    "journal_purge_after_a_year": """
        CREATE TRIGGER journal_purge_after_a_year BEFORE INSERT ON journal_purge
        FOR EACH ROW EXECUTE FUNCTION journal_purge_after_a_year()""",
}

# 29 February ends on 1 March, as in Python and SQLite; PostgreSQL would say 28 February.
_FUNCTIONS: Mapping[str, str] = {
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

GUARDS = Triggers(sqlite=_SQLITE, postgresql=_POSTGRESQL, functions=_FUNCTIONS)
