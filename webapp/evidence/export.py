"""The journal's entries for the world, with their salts: anybody can compute the hashes again."""

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from webapp.database import AnySession
from webapp.evidence.journal import RecordedEvent, moment, recorded
from webapp.evidence.kinds import uri
from webapp.evidence.models import JournalEntry

PORTION = 200


def exported(event: RecordedEvent) -> dict[str, Any]:
    """Give one entry as JSON values, with the salt and the facts unless they were purged."""
    return {
        "chain": event.chain,
        "sequence": event.sequence,
        "kind": event.kind,
        "kind_uri": uri(event.kind),
        "subject": event.subject,
        "occurred_at": moment(event.occurred_at),
        "previous_hash": event.previous_hash,
        "facts_hash": event.facts_hash,
        "entry_hash": event.entry_hash,
        "salt": event.salt,
        "facts": event.facts,
    }


def exported_chain(session: AnySession, chain: str) -> Iterator[str]:
    """Write a whole chain as one JSON document, a piece an entry: it may be long."""
    found = select(JournalEntry).where(JournalEntry.chain == chain).order_by(JournalEntry.sequence)
    yield f'{{"version": 1, "chain": {json.dumps(chain)}, "entries": ['
    separator = "\n"
    for entry in session.scalars(found.execution_options(yield_per=PORTION)):
        yield separator + json.dumps(exported(recorded(entry)), ensure_ascii=False)
        separator = ",\n"
    yield "\n]}\n"
