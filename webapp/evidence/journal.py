"""The append-only journal: one hash chain a letter, and one an organisation.

Each entry is bound to the one before it by hash, and to its facts by a salted hash, so that facts
may be deleted when the law lets them go and the chain still verifies. What a chain alone cannot
show is that its *last* entries were cut off with every trace of them, or that somebody who holds
the file rewrote the whole chain: the sealed proofs, which name entries by hash, stand against that.
"""

import hashlib
import json
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeAlias

from sqlalchemy import RowMapping, bindparam, select

from webapp.cycles import no_cycles
from webapp.database import AnySession, alone
from webapp.evidence import canonical
from webapp.evidence.kinds import EventKind
from webapp.evidence.models import JournalEntry, JournalFacts
from webapp.prepared import insert_many, insert_one

JSON: TypeAlias = "bool | int | float | str | Sequence[JSON] | Mapping[str, JSON] | None"

FIRST_PREVIOUS_HASH = "0" * 64
"""What the first entry of a chain has for a previous hash; the chain's name is hashed in each."""

_ENTRIES: Any = JournalEntry.__table__

_LAST = (
    select(_ENTRIES.c.sequence, _ENTRIES.c.entry_hash)
    .where(_ENTRIES.c.chain == bindparam("chain"))
    .order_by(_ENTRIES.c.sequence.desc())
    .limit(1)
)

_CHAINED = ("chain", "sequence", "kind", "subject", "previous_hash", "facts_hash")

_WRITTEN = (*_CHAINED, "occurred_at", "entry_hash")
_FACTS = ("entry_id", "salt", "content")


@dataclass(frozen=True)
class Event:
    """One thing that happened: to whom or what (`subject`), and the facts, plain JSON values."""

    kind: EventKind
    subject: str
    facts: Mapping[str, JSON]


@dataclass(frozen=True)
class RecordedEvent:
    """An event as the journal keeps it; `facts` is None once the law had them purged."""

    entry_id: int
    chain: str
    sequence: int
    kind: EventKind
    subject: str
    occurred_at: datetime
    previous_hash: str
    facts_hash: str
    entry_hash: str
    salt: str | None
    facts: Mapping[str, Any] | None


def letter_chain(number: str) -> str:
    """Name the chain of the letter that has this number."""
    return f"letter:{number}"


def organisation_chain(identifier: int) -> str:
    """Name the chain of an organisation, for what belongs to no letter."""
    return f"organisation:{identifier}"


def letter_subject(number: str) -> str:
    """Name a letter as what an event is about."""
    return f"letter:{number}"


ADDRESSEE = "addressee:"


def addressee_subject(number: str) -> str:
    """Name an addressee, by the number of the send, as whom an event is about."""
    return f"{ADDRESSEE}{number}"


def consent_subject(number: str) -> str:
    """Name what concerns the consent of one address, by its number, as what an event is about."""
    return f"consent:{number}"


@no_cycles()
def append(session: AnySession, chain: str, events: Sequence[Event], occurred_at: datetime) -> None:
    """Add the events to the chain, in their order, inside the caller's transaction.

    :param occurred_at: an aware moment, kept in UTC to the microsecond.
    :raises ValueError: the moment has no time zone.
    :raises rfc8785.CanonicalizationError: a fact is no JSON value.
    """
    if occurred_at.tzinfo is None:
        raise ValueError("an event's moment must have a time zone")
    alone(session, chain)
    start, previous = _end(session, chain)
    rows: list[list[Any]] = []
    facts: list[tuple[str, str]] = []
    at, written = occurred_at.astimezone(UTC), moment(occurred_at)
    for sequence, event in enumerate(events, start + 1):
        salt, content = secrets.token_bytes(32), canonical.dumps(dict(event.facts))
        facts_hash = hash_of_facts(salt, content)
        row = [chain, sequence, str(event.kind), event.subject, previous, facts_hash]
        previous = _hash(dict(zip(_CHAINED, row, strict=True)), written)
        rows.append([*row, at, previous])
        facts.append((salt.hex(), content.decode()))
    if len(rows) == 1:
        entry = insert_one(session, JournalEntry, dict(zip(_WRITTEN, rows[0], strict=True)))
        kept = dict(zip(_FACTS, (entry, *facts[0]), strict=True))
        insert_one(session, JournalFacts, kept)
    elif rows:
        _insert(session, chain, start, rows, facts)


def _insert(
    session: AnySession,
    chain: str,
    start: int,
    rows: list[list[Any]],
    facts: list[tuple[str, str]],
) -> None:
    """Write many rows in few statements: ninety thousand consents are declared at once."""
    insert_many(session, JournalEntry, _WRITTEN, rows)
    added = (_ENTRIES.c.chain == chain, _ENTRIES.c.sequence > start)
    asked = select(_ENTRIES.c.id).where(*added).order_by(_ENTRIES.c.sequence)
    ids = session.connection().scalars(asked)
    kept = ((entry, *texts) for entry, texts in zip(ids, facts, strict=True))
    insert_many(session, JournalFacts, _FACTS, kept)


def hash_of_facts(salt: bytes, content: bytes) -> str:
    """SHA-256 of the salt (32 bytes) followed by the facts in canonical JSON (RFC 8785)."""
    return hashlib.sha256(salt + content).hexdigest()


def hash_of_entry(row: Mapping[str, Any] | RowMapping) -> str:
    """SHA-256 of an entry's canonical JSON (RFC 8785), version 1; takes its columns by name."""
    return _hash({name: row[name] for name in _CHAINED}, moment(row["occurred_at"]))


def hash_of_exported(entry: Mapping[str, Any]) -> str:
    """Give the same of an entry as it is given out, its moment already written."""
    return _hash({name: entry[name] for name in _CHAINED}, entry["occurred_at"])


def _hash(chained: dict[str, Any], occurred_at: str) -> str:
    content = canonical.dumps({**chained, "occurred_at": occurred_at, "version": 1})
    return hashlib.sha256(content).hexdigest()


def moment(at: datetime) -> str:
    """Write an aware moment in ISO 8601, UTC, with microseconds and Z."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def entries(session: AnySession, chain: str) -> list[RecordedEvent]:
    """Read a whole chain in its order."""
    return _read(session, JournalEntry.chain == chain)


def entries_about(session: AnySession, chain: str, subject: str) -> list[RecordedEvent]:
    """Read those entries of a chain that are about one subject, in their order."""
    return _read(session, JournalEntry.chain == chain, JournalEntry.subject == subject)


def entries_by_subject(
    session: AnySession, chain: str, subjects: Collection[str]
) -> dict[str, list[RecordedEvent]]:
    """Read what a chain says of some subjects, by subject, each in its order."""
    found: dict[str, list[RecordedEvent]] = {subject: [] for subject in subjects}
    asked = JournalEntry.chain == chain, JournalEntry.subject.in_(subjects)
    for event in _read(session, *asked):
        found[event.subject].append(event)
    return found


def recorded(entry: JournalEntry) -> RecordedEvent:
    """Read one entry with its facts."""
    facts = entry.facts
    return RecordedEvent(
        entry_id=entry.id,
        chain=entry.chain,
        sequence=entry.sequence,
        kind=EventKind(entry.kind),
        subject=entry.subject,
        occurred_at=entry.occurred_at,
        previous_hash=entry.previous_hash,
        facts_hash=entry.facts_hash,
        entry_hash=entry.entry_hash,
        salt=facts.salt if facts else None,
        facts=json.loads(facts.content) if facts else None,
    )


def _read(session: AnySession, *conditions: Any) -> list[RecordedEvent]:
    found = select(JournalEntry).where(*conditions).order_by(JournalEntry.sequence)
    return [recorded(entry) for entry in session.scalars(found)]


def _end(session: AnySession, chain: str) -> tuple[int, str]:
    last = session.connection().execute(_LAST, {"chain": chain}).one_or_none()
    return (last.sequence, last.entry_hash) if last else (0, FIRST_PREVIOUS_HASH)
