"""What somebody who holds the database file may do to the journal, and how it shows."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from tests import databases
from webapp.evidence import triggers
from webapp.evidence.faults import FaultKind
from webapp.evidence.integrity import verify_all, verify_chain

EVERYWHERE = {
    "a changed entry": "UPDATE journal_entry SET kind = 'ContentHandover' WHERE id = 1",
    "a deleted entry": "DELETE FROM journal_entry WHERE id = 5",
    "changed facts": "UPDATE journal_facts SET content = '{}' WHERE entry_id = 1",
    "deleted facts": "DELETE FROM journal_facts WHERE entry_id = 1",
    "a purge before its time": "INSERT INTO journal_purge VALUES (1, '2026-03-02 00:00:00', '')",
    "a purge of nothing": "INSERT INTO journal_purge VALUES (99, '2026-03-02 00:00:00', '')",
    "a purge changed": "UPDATE journal_purge SET ground = ''",
    "a purge taken back": "DELETE FROM journal_purge",
    "a changed proof": "UPDATE proof SET digest = 'other'",
    "a deleted proof": "DELETE FROM proof",
    "a changed key": "UPDATE sealing_key SET certificate = 'other'",
    "a deleted key": "DELETE FROM sealing_key",
}
ON_SQLITE = {
    "an entry changed by REPLACE": "UPDATE OR REPLACE journal_entry SET id = 2 WHERE id = 1",
    "an entry put over its identifier": """
        INSERT OR REPLACE INTO journal_entry
        SELECT id, chain, 99, kind, subject, occurred_at, previous_hash, facts_hash, entry_hash
        FROM journal_entry WHERE id = 1""",
    "an entry put over its place": """
        INSERT OR REPLACE INTO journal_entry
        SELECT 99, chain, sequence, kind, subject, occurred_at, previous_hash, facts_hash,
               entry_hash
        FROM journal_entry WHERE id = 1""",
    "replaced facts": "REPLACE INTO journal_facts VALUES (1, 'salt', '{}')",
    "a purge at no moment": "INSERT INTO journal_purge VALUES (1, 'zzz', '')",
    "a purge replaced": "REPLACE INTO journal_purge SELECT * FROM journal_purge",
    "a replaced proof": "REPLACE INTO proof VALUES (1, 2, 'deposit', 'other', '2026-03-02')",
    "a proof put over its entry's": "REPLACE INTO proof VALUES (9, 1, 'deposit', 'x', '2026')",
    "a replaced key": "REPLACE INTO sealing_key VALUES ('print', 'other', '2026-03-02')",
}
PUT_OVER = "INSERT INTO {0} SELECT * FROM {0} ON CONFLICT ({1}) DO UPDATE SET {2} = 'other'"
ON_POSTGRESQL = {
    "an entry put over another": PUT_OVER.format("journal_entry", "id", "kind"),
    "facts put over others": PUT_OVER.format("journal_facts", "entry_id", "content"),
    "a proof put over another": PUT_OVER.format("proof", "id", "digest"),
    "a key put over another": PUT_OVER.format("sealing_key", "fingerprint", "certificate"),
    "the journal emptied at once": "TRUNCATE journal_entry CASCADE",
    "all facts emptied at once": "TRUNCATE journal_facts",
    "all purges emptied at once": "TRUNCATE journal_purge",
    "all proofs emptied at once": "TRUNCATE proof",
    "all keys emptied at once": "TRUNCATE sealing_key",
    "an entry changed as a copy of another server would": """
        SET session_replication_role = replica;
        UPDATE journal_entry SET kind = 'ContentHandover' WHERE id = 1""",
    "a purge far in the future": "INSERT INTO journal_purge VALUES (1, 'infinity', '')",
}
REFUSED = {**EVERYWHERE, **(ON_POSTGRESQL if databases.ON_POSTGRESQL else ON_SQLITE)}


@pytest.fixture
def kept(engine: Engine, sessions: sessionmaker[Session], story: Any) -> Engine:
    """A letter of five events, an old one that was purged, a proof and a key."""
    with sessions.begin() as session:
        story.submit(session)
        story.notify_and_accept(session)
    with engine.begin() as connection:
        for statement in (
            "INSERT INTO journal_entry VALUES (50, 'organisation:1', 1, 'ConsentDeclared', 'x:1',"
            " '2020-02-29 10:00:00.000000', 'p', 'f', 'h')",
            "INSERT INTO journal_purge VALUES (50, '2021-03-01 10:00:00.000000', 'loi')",
            "INSERT INTO proof VALUES (1, 1, 'deposit', 'digest', '2026-03-01 00:00:00.000000')",
            "INSERT INTO sealing_key VALUES ('print', 'cert', '2026-03-01 00:00:00.000000')",
        ):
            connection.execute(text(statement))
    return engine


@pytest.mark.parametrize("statement", REFUSED.values(), ids=REFUSED.keys())
def test_the_database_itself_refuses(kept: Engine, statement: str) -> None:
    with kept.connect() as connection, pytest.raises(IntegrityError, match=r"never|alone|one year"):
        connection.execute(text(statement))


@pytest.mark.sqlite
@pytest.mark.parametrize("table", ["journal_entry", "journal_facts", "journal_purge", "proof"])
def test_ignoring_conflicts_does_not_get_round_the_refusal(kept: Engine, table: str) -> None:
    with kept.connect() as connection, pytest.raises(IntegrityError):
        connection.execute(text(f"INSERT OR IGNORE INTO {table} SELECT * FROM {table}"))


def test_a_purge_on_the_day_after_a_leap_years_is_long_enough(kept: Engine) -> None:
    entry = (
        "INSERT INTO journal_entry VALUES (51, 'organisation:1', 2, 'ConsentDeclared',"
        " 'x:1', '2024-02-29 10:00:00.000000', 'p', 'f', 'h')"
    )
    early = text("INSERT INTO journal_purge VALUES (51, '2025-03-01 09:59:59.000000', 'loi')")
    with kept.connect() as connection:
        connection.execute(text(entry))
        with pytest.raises(IntegrityError, match="one year"):
            connection.execute(early)


def test_each_guard_is_there_under_its_name(engine: Engine) -> None:
    with engine.connect() as connection:
        assert triggers.GUARDS.missing(connection) == set()


@pytest.mark.postgresql
def test_a_guard_that_is_switched_off_or_emptied_is_missed(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE proof DISABLE TRIGGER proof_no_update"))
        connection.execute(text("ALTER TABLE proof ENABLE REPLICA TRIGGER proof_no_delete"))
        connection.execute(text("DROP TRIGGER proof_no_truncate ON proof"))
        connection.execute(
            text(
                "CREATE OR REPLACE FUNCTION journal_facts_no_delete() RETURNS trigger"
                " LANGUAGE plpgsql AS $$BEGIN RETURN OLD; END$$"
            )
        )
        assert triggers.GUARDS.missing(connection) == {
            "proof_no_update",
            "proof_no_delete",
            "proof_no_truncate",
            "journal_facts_no_delete",
        }
        triggers.GUARDS.drop(connection)
        everything = {*triggers.GUARDS.postgresql, *triggers.GUARDS.functions}
        assert triggers.GUARDS.missing(connection) == everything
        triggers.GUARDS.create(connection)
        assert triggers.GUARDS.missing(connection) == set()


@pytest.mark.sqlite
def test_a_trigger_that_was_lost_or_weakened_is_missed(engine: Engine) -> None:
    with engine.begin() as connection:
        assert triggers.GUARDS.missing(connection) == set()
        connection.execute(text("DROP TRIGGER proof_no_update"))
        connection.execute(text("DROP TRIGGER proof_no_delete"))
        connection.execute(
            text("CREATE TRIGGER proof_no_delete BEFORE DELETE ON proof BEGIN SELECT 1; END")
        )
        assert triggers.GUARDS.missing(connection) == {"proof_no_update", "proof_no_delete"}
        triggers.GUARDS.drop(connection)
        assert triggers.GUARDS.missing(connection) == set(triggers.GUARDS.sqlite)
        triggers.GUARDS.create(connection)
        assert triggers.GUARDS.missing(connection) == set()


@pytest.fixture
def attack(
    engine: Engine, sessions: sessionmaker[Session], story: Any
) -> Callable[[str], set[tuple[FaultKind, int]]]:
    """Give a way to change the database without its triggers, and to see what is found."""
    with sessions.begin() as session:
        story.submit(session)
        story.notify_and_accept(session)
    with engine.begin() as connection:
        triggers.GUARDS.drop(connection)

    def change(statements: str) -> set[tuple[FaultKind, int]]:
        with engine.connect() as connection:
            run_unchecked(connection, statements)
        with sessions() as session:
            return {(fault.kind, fault.sequence) for fault in verify_chain(session, story.chain)}

    assert change("SELECT 1") == set()
    return change


def run_unchecked(connection: Connection, statements: str) -> None:
    connection.rollback()
    raw = connection.connection.driver_connection
    assert raw is not None
    if databases.ON_POSTGRESQL:
        raw.execute(f"SET session_replication_role = replica; {statements}")
        raw.execute("SET session_replication_role = DEFAULT")
        raw.commit()
        return
    raw.execute("PRAGMA query_only = OFF")
    raw.execute("PRAGMA foreign_keys = OFF")
    raw.executescript(statements)
    raw.execute("PRAGMA foreign_keys = ON")


@pytest.mark.parametrize(
    "change",
    [
        "kind = 'ConsignmentRejection'",
        "subject = 'addressee:AAAA-AAAA-AAAA'",
        "occurred_at = '2026-03-01 22:59:58.123457'",
        "facts_hash = previous_hash",
        "entry_hash = facts_hash",
    ],
)
def test_a_changed_entry_is_found(attack: Any, change: str) -> None:
    assert (FaultKind.CHANGED, 2) in attack(f"UPDATE journal_entry SET {change} WHERE id = 2")


def test_a_changed_link_is_found(attack: Any) -> None:
    found = attack("UPDATE journal_entry SET previous_hash = entry_hash WHERE id = 3")
    assert found == {(FaultKind.BROKEN_LINK, 3), (FaultKind.CHANGED, 3)}


def test_one_changed_letter_in_the_facts_is_found(attack: Any) -> None:
    found = attack(
        "UPDATE journal_facts SET content = replace(content, 'Łukasz', 'Lukasz') WHERE entry_id = 2"
    )
    assert found == {(FaultKind.FACTS_CHANGED, 2)}


@pytest.mark.parametrize("salt", ["''", "upper(salt)", "'" + "0" * 64 + "'", "'not hexadecimal'"])
def test_a_changed_salt_is_found(attack: Any, salt: str) -> None:
    found = attack(f"UPDATE journal_facts SET salt = {salt} WHERE entry_id = 2")
    assert found == {(FaultKind.FACTS_CHANGED, 2)}


def test_facts_deleted_without_a_purge_are_missed(attack: Any) -> None:
    assert attack("DELETE FROM journal_facts WHERE entry_id = 2") == {(FaultKind.FACTS_MISSING, 2)}


def test_a_purge_written_before_its_time_is_found(attack: Any) -> None:
    found = attack(
        "DELETE FROM journal_facts WHERE entry_id = 2;"
        "INSERT INTO journal_purge VALUES (2, '2026-03-02 00:00:00.000000', 'loi');"
    )
    assert found == {(FaultKind.PURGED_TOO_EARLY, 2)}


def test_a_missing_entry_is_found(attack: Any) -> None:
    found = attack("DELETE FROM journal_entry WHERE id = 3")
    assert found == {(FaultKind.MISSING, 3), (FaultKind.BROKEN_LINK, 4)}


def test_a_missing_entry_is_found_though_the_others_were_renumbered(attack: Any) -> None:
    found = attack(
        "DELETE FROM journal_entry WHERE id = 3;"
        "UPDATE journal_entry SET sequence = 3 WHERE id = 4;"
        "UPDATE journal_entry SET sequence = 4 WHERE id = 5;"
    )
    assert {(FaultKind.BROKEN_LINK, 3), (FaultKind.CHANGED, 3), (FaultKind.CHANGED, 4)} == found


def test_the_last_entry_cut_off_leaves_a_trace(
    attack: Any, sessions: sessionmaker[Session]
) -> None:
    attack("DELETE FROM journal_entry WHERE id = 5")
    with sessions() as session:
        faults = verify_all(session)
    assert [(fault.kind, fault.entry_id) for fault in faults] == [(FaultKind.ENTRY_GONE, 5)]


def test_an_added_entry_is_found(attack: Any) -> None:
    found = attack(
        "INSERT INTO journal_entry SELECT 60, chain, 6, kind, subject, occurred_at, entry_hash,"
        " facts_hash, previous_hash FROM journal_entry WHERE id = 5"
    )
    assert found == {(FaultKind.CHANGED, 6), (FaultKind.FACTS_MISSING, 6)}


def test_two_entries_that_changed_places_are_found(attack: Any) -> None:
    found = attack(
        "UPDATE journal_entry SET sequence = 99 WHERE id = 2;"
        "UPDATE journal_entry SET sequence = 2 WHERE id = 3;"
        "UPDATE journal_entry SET sequence = 3 WHERE id = 2;"
    )
    assert {(FaultKind.BROKEN_LINK, 2), (FaultKind.BROKEN_LINK, 3)} <= found


def test_an_entry_moved_to_another_letter_is_found(
    attack: Any, sessions: sessionmaker[Session]
) -> None:
    attack("UPDATE journal_entry SET chain = 'letter:other', sequence = 1 WHERE id = 1")
    with sessions() as session:
        kinds = {(fault.kind, fault.chain) for fault in verify_all(session)}
    assert (FaultKind.CHANGED, "letter:other") in kinds
