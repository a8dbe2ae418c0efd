"""Proofs and files changed behind the application's back: each is found, and named."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from config import Config
from tests.evidence.test_tampering import run_unchecked
from webapp.evidence import proof_check, proofs, triggers
from webapp.evidence.fault_words import told
from webapp.evidence.faults import FaultKind
from webapp.evidence.integrity import verify_all
from webapp.evidence.journal import Event, append
from webapp.evidence.kinds import EventKind
from webapp.evidence.models import Proof
from webapp.storage import place, store

pytestmark = pytest.mark.slow

RETURNED = b"550 5.1.1 User unknown"
Found = set[tuple[FaultKind, int]]


@pytest.fixture
def found(
    engine: Engine, session: Session, story: Any, config: Config, fingerprint: str
) -> Callable[[], Found]:
    """A letter with all its proofs, its guards taken away; say what is found wrong with it."""
    assert fingerprint
    story.submit(session)
    story.notify_and_accept(session)
    returned = {"sha256": store(config.files_directory, RETURNED), "status": "5.1.1", "words": ""}
    kept = {**returned, "email": "lukasz@courriel.example", "reason": "returned: 5.1.1"}
    append(
        session,
        story.chain,
        [Event(EventKind.NOTIFICATION_FOR_ACCEPTANCE_FAILURE, story.subject, kept)],
        story.deposit + timedelta(days=3),
    )
    session.commit()
    for entry_id in proofs.due(session, 10):
        session.rollback()
        proofs.make(session, entry_id, config, story.deposit + timedelta(days=3))
    session.rollback()
    with engine.begin() as connection:
        triggers.GUARDS.drop(connection)

    def look(now: datetime = story.deposit + timedelta(days=30)) -> Found:
        session.rollback()
        wrong = [*verify_all(session), *proof_check.faults(session, config.files_directory, now)]
        session.rollback()
        assert all(told(fault) for fault in wrong)
        return {(fault.kind, fault.sequence) for fault in wrong}

    assert look() == set()
    return look


@pytest.fixture
def change(engine: Engine) -> Callable[[str], None]:
    def run(statement: str) -> None:
        with engine.begin() as connection:
            connection.execute(text(statement))

    return run


@pytest.fixture
def first(session: Session, found: object) -> Proof:
    proof = session.scalars(select(Proof).order_by(Proof.entry_id)).first()
    assert proof
    session.expunge(proof)
    session.rollback()
    return proof


def test_a_row_that_names_no_kept_file(found: Any, change: Any) -> None:
    change("UPDATE proof SET digest = kind WHERE entry_id = 2")
    assert found() == {(FaultKind.PROOF_LOST, 2)}


def test_two_rows_that_changed_places(found: Any, change: Any, session: Session) -> None:
    one, other = session.scalars(select(Proof.digest).order_by(Proof.entry_id)).all()[:2]
    session.rollback()
    change(f"UPDATE proof SET digest = '{other}' WHERE entry_id = 2")
    change(f"UPDATE proof SET digest = '{one}' WHERE entry_id = 3")
    assert found() == {(FaultKind.PROOF_OF_ANOTHER, 2), (FaultKind.PROOF_OF_ANOTHER, 3)}


def test_a_row_taken_out_is_missed_a_day_after_its_event(
    found: Any, change: Any, story: Any
) -> None:
    change("DELETE FROM proof WHERE entry_id = 3")
    assert found() == {(FaultKind.PROOF_GONE, 3)}
    assert found(story.deposit + timedelta(hours=3)) == set()


def test_a_row_put_in_for_an_event_that_gets_none(found: Any, change: Any, first: Proof) -> None:
    change(
        "INSERT INTO proof (id, entry_id, kind, digest, sealed_at)"
        f" SELECT 99, 5, kind, digest, sealed_at FROM proof WHERE id = {first.id}"
    )
    assert found() == {(FaultKind.PROOF_OF_ANOTHER, 5)}


def test_a_forged_pdf_that_is_kept_under_its_own_name(
    found: Any, change: Any, first: Proof, config: Config
) -> None:
    content = bytearray(proofs.sealed(first, config.files_directory))
    content[3000] ^= 1
    digest = store(config.files_directory, bytes(content))
    change(f"UPDATE proof SET digest = '{digest}' WHERE id = {first.id}")
    assert found() == {(FaultKind.PROOF_CHANGED, 2)}


@pytest.mark.parametrize("fate", ["changed", "gone"])
def test_the_file_of_a_proof(found: Any, first: Proof, config: Config, fate: str) -> None:
    file = config.files_directory / place(first.digest)
    file.write_bytes(b"") if fate == "changed" else file.unlink()
    assert found() == {(FaultKind.PROOF_LOST, 2)}


@pytest.mark.parametrize("fate", ["changed", "gone"])
def test_a_file_that_the_journal_names(found: Any, config: Config, fate: str) -> None:
    digest = store(config.files_directory, RETURNED)
    file = config.files_directory / place(digest)
    file.write_bytes(RETURNED + b".") if fate == "changed" else file.unlink()
    assert found() == {(FaultKind.FILE_LOST, 6)}


def test_a_key_put_in_to_seal_others_with(found: Any, change: Any, first: Proof) -> None:
    change("UPDATE sealing_key SET fingerprint = 'another'")
    assert {kind for kind, _ in found()} == {FaultKind.PROOF_CHANGED}


def test_a_history_written_anew_with_all_its_hashes_is_told_by_its_proofs(
    found: Any, engine: Engine, session: Session, story: Any
) -> None:
    with engine.connect() as connection:
        run_unchecked(connection, "DELETE FROM journal_facts; DELETE FROM journal_entry;")
    story.submit(session, name="Quelqu’un d’autre")
    story.notify_and_accept(session)
    session.commit()
    assert {FaultKind.PROOF_OF_ANOTHER, FaultKind.ENTRY_GONE} & {kind for kind, _ in found()}
