"""Whether the journal still says what it said: every hash and every link, computed again."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from webapp.database import AnySession
from webapp.evidence import witness_check
from webapp.evidence.faults import Fault, FaultKind
from webapp.evidence.journal import (
    FIRST_PREVIOUS_HASH,
    hash_of_entry,
    hash_of_facts,
)
from webapp.evidence.models import JournalEntry, JournalFacts, JournalPurge, Proof
from webapp.evidence.purge import end_of_retention


def verify_chain(session: AnySession, chain: str) -> list[Fault]:
    """Compute a chain again from its first entry; an empty list says that it is whole."""
    return list(_faults(session, chain))


def verify_all(session: AnySession) -> list[Fault]:
    """Verify every chain, look for what is left of entries that are no longer there, and hold the
    journal against every root that was made of it.
    """
    chains = session.scalars(select(JournalEntry.chain).distinct().order_by(JournalEntry.chain))
    faults = [fault for chain in chains.all() for fault in _faults(session, chain)]
    for table in (JournalFacts, JournalPurge, Proof):
        orphans = session.scalars(
            select(table.entry_id)
            .outerjoin(JournalEntry, JournalEntry.id == table.entry_id)
            .where(JournalEntry.id.is_(None))
            .order_by(table.entry_id)
        )
        faults += [Fault(FaultKind.ENTRY_GONE, "", 0, entry_id) for entry_id in orphans]
    return [*faults, *witness_check.faults(session)]


def _faults(session: AnySession, chain: str) -> Iterator[Fault]:
    expected, previous = 1, FIRST_PREVIOUS_HASH
    for row in session.execute(_whole(chain)):
        for absent in range(expected, row.sequence):
            yield Fault(FaultKind.MISSING, chain, absent)
        for kind in _wrong_with(row, previous):
            yield Fault(kind, chain, row.sequence, row.id)
        expected, previous = row.sequence + 1, row.entry_hash


def _whole(chain: str) -> Any:
    return (
        select(
            *JournalEntry.__table__.columns,
            JournalFacts.salt,
            JournalFacts.content,
            JournalPurge.purged_at,
        )
        .outerjoin(JournalFacts, JournalFacts.entry_id == JournalEntry.id)
        .outerjoin(JournalPurge, JournalPurge.entry_id == JournalEntry.id)
        .where(JournalEntry.chain == chain)
        .order_by(JournalEntry.sequence)
    )


def _wrong_with(row: Row[Any], previous: str) -> Iterator[FaultKind]:
    if row.previous_hash != previous:
        yield FaultKind.BROKEN_LINK
    if row.entry_hash != hash_of_entry(row._mapping):
        yield FaultKind.CHANGED
    yield from _wrong_with_facts(row.salt, row.content, row.facts_hash, row.purged_at)
    if row.purged_at is not None and row.purged_at < end_of_retention(row.occurred_at):
        yield FaultKind.PURGED_TOO_EARLY


def _wrong_with_facts(
    salt: str | None, content: str | None, facts_hash: str, purged_at: datetime | None
) -> Iterator[FaultKind]:
    if salt is None or content is None:
        if purged_at is None:
            yield FaultKind.FACTS_MISSING
    elif not _is_salt(salt) or hash_of_facts(bytes.fromhex(salt), content.encode()) != facts_hash:
        yield FaultKind.FACTS_CHANGED


def _is_salt(salt: str) -> bool:
    return len(salt) == 64 and all(digit in "0123456789abcdef" for digit in salt)
