"""Whether each proof, and each file that the journal names, is still what was kept."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from webapp.database import AnySession
from webapp.evidence import proofs
from webapp.evidence.attached import NotAttached, attached_entries
from webapp.evidence.faults import Fault, FaultKind
from webapp.evidence.kinds import EventKind
from webapp.evidence.models import JournalEntry, JournalFacts, Proof
from webapp.evidence.seal import fingerprints
from webapp.evidence.verification import read_seals
from webapp.storage import DamagedFile, load

LATE = timedelta(days=1)
"""A proof is sealed within minutes, within hours while the authority is down: later it is gone."""


def faults(session: AnySession, files_directory: Path, now: datetime) -> Iterator[Fault]:
    """Read every kept proof and every file of a letter or of a returned message.

    A file is looked at once however many entries name it. Works through the whole store: slow.

    :param now: aware; a proof that is missing a day after its event is a fault.
    """
    for entry in proofs.overdue(session, now - LATE):
        yield Fault(FaultKind.PROOF_GONE, entry.chain, entry.sequence, entry.id)
    yield from _faults_of_proofs(session, files_directory)
    yield from _faults_of_files(session, files_directory)


def _faults_of_proofs(session: AnySession, files_directory: Path) -> Iterator[Fault]:
    ours = fingerprints(session)
    asked = (
        select(
            *(Proof.digest, JournalEntry.id, JournalEntry.chain),
            *(JournalEntry.sequence, JournalEntry.entry_hash),
        )
        .join(JournalEntry, JournalEntry.id == Proof.entry_id)
        .order_by(JournalEntry.chain, JournalEntry.sequence)
    )
    for row in session.execute(asked).all():
        kind = _wrong_with_proof(row, files_directory, ours)
        if kind is not None:
            yield Fault(kind, row.chain, row.sequence, row.id)


def _wrong_with_proof(row: Any, files_directory: Path, ours: frozenset[str]) -> FaultKind | None:
    try:
        content = load(files_directory, row.digest)
    except DamagedFile:
        return FaultKind.PROOF_LOST
    seals = read_seals(content) or []
    if len(seals) != 1 or not (seals[0].is_intact and seals[0].is_whole):
        return FaultKind.PROOF_CHANGED
    if seals[0].fingerprint not in ours:
        return FaultKind.PROOF_CHANGED
    try:
        proved = attached_entries(content)[-1]
    except NotAttached:
        return FaultKind.PROOF_CHANGED
    is_of_it = (proved.get("chain"), proved.get("sequence"), proved.get("entry_hash")) == (
        row.chain,
        row.sequence,
        row.entry_hash,
    )
    return None if is_of_it else FaultKind.PROOF_OF_ANOTHER


def _faults_of_files(session: AnySession, files_directory: Path) -> Iterator[Fault]:
    asked = (
        select(
            *(JournalEntry.id, JournalEntry.chain, JournalEntry.sequence),
            *(JournalEntry.kind, JournalFacts.content),
        )
        .join(JournalFacts, JournalFacts.entry_id == JournalEntry.id)
        .where(JournalFacts.content.contains('"sha256":'))
        .order_by(JournalEntry.chain, JournalEntry.sequence)
    )
    known: dict[str, bool] = {}
    for entry_id, chain, sequence, kind, content in session.execute(asked).all():
        for digest in _named(kind, content):
            if digest not in known:
                known[digest] = _is_kept(files_directory, digest)
            if not known[digest]:
                yield Fault(FaultKind.FILE_LOST, chain, sequence, entry_id)


def _named(kind: str, content: str) -> Iterator[str]:
    """Give the kept files that the facts of an entry name by their SHA-256.

    Of the messages that came back only the one by which a notice failed is kept.
    """
    try:
        facts = json.loads(content)
        named = facts.get("attachments", ())
        if kind == EventKind.NOTIFICATION_FOR_ACCEPTANCE_FAILURE and "sha256" in facts:
            named = [facts]
        yield from (str(one["sha256"]) for one in named)
    except (ValueError, AttributeError, TypeError, KeyError):
        return  # changed facts, which the journal's own hashes tell


def _is_kept(files_directory: Path, digest: str) -> bool:
    try:
        load(files_directory, digest)
    except DamagedFile:
        return False
    return True
