"""What the journal says about one consent to registered sends, given to one precise address."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from webapp.database import AnySession
from webapp.evidence.export import exported
from webapp.evidence.journal import RecordedEvent, recorded
from webapp.evidence.kinds import EventKind
from webapp.evidence.models import JournalEntry
from webapp.evidence.proof_kinds import ProofKind, Unprovable

CONSENT = "consent:"
"""How the subject of an event begins that is about one consent which was asked for."""


@dataclass(frozen=True)
class ConsentGrounds:
    """One event of a consent, with what led there where the journal tells it apart.

    `steps` are the events about the same consent up to this one, itself included; what a sender
    declares or takes back by himself stands alone.
    """

    event: RecordedEvent
    steps: tuple[RecordedEvent, ...]
    kind: ProofKind = ProofKind.CONSENT

    @property
    def facts(self) -> Mapping[str, Any]:
        """Give all that is known at this event: what a step said holds until a later one says more.

        :raises Unprovable: facts were purged.
        """
        known: dict[str, Any] = {}
        for step in self.steps:
            if step.facts is None:
                raise Unprovable(f"the facts of journal entry {step.entry_id} were purged")
            known |= step.facts
        return known

    def first(self, kind: EventKind) -> RecordedEvent | None:
        """Give the first of the steps that is of this kind, if there is one."""
        return next((step for step in self.steps if step.kind == kind), None)

    def exported(self) -> str:
        """Write the entries as JSON, with the salts, so that anybody can compute the hashes."""
        document = {
            "version": 1,
            "proof": self.kind,
            "entries": [exported(step) for step in self.steps],
        }
        return json.dumps(document, ensure_ascii=False, indent=2)


def consent_grounds(session: AnySession, entry: JournalEntry) -> ConsentGrounds:
    """Read from the journal what a proof of this entry says."""
    event = recorded(entry)
    if not entry.subject.startswith(CONSENT):
        return ConsentGrounds(event, (event,))
    about = select(JournalEntry).where(
        JournalEntry.chain == entry.chain,
        JournalEntry.subject == entry.subject,
        JournalEntry.sequence <= entry.sequence,
    )
    steps = session.scalars(about.order_by(JournalEntry.sequence))
    return ConsentGrounds(event, tuple(recorded(step) for step in steps))
