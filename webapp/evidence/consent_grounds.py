"""What the journal says about one consent to registered sends, given to one precise address."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from sqlalchemy import select

from webapp.database import AnySession
from webapp.evidence.export import exported
from webapp.evidence.journal import RecordedEvent, recorded
from webapp.evidence.kinds import EventKind
from webapp.evidence.models import JournalEntry
from webapp.evidence.proof_kinds import ProofKind, Purged

CONSENT = "consent:"
"""How the subject of an event begins that is about the consent of one address."""

_BEGINNINGS = (EventKind.CONSENT_REQUESTED, EventKind.CONSENT_DECLARED)
"""What is asked or declared anew says nothing of how an address's consent was given before."""

OF_ONE_STEP = frozenset({"ip", "user_agent", "reason", "message_id", "server"})
FOLLOWS: Mapping[EventKind, tuple[EventKind, ...]] = MappingProxyType(
    {
        EventKind.CONSENT_GIVEN: (EventKind.CONSENT_REQUESTED,),
        EventKind.CONSENT_REFUSED: (EventKind.CONSENT_REQUESTED,),
        EventKind.CONSENT_WITHDRAWN: (EventKind.CONSENT_GIVEN, EventKind.CONSENT_DECLARED),
    }
)
"""From which earlier event of the same consent each follows."""


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
    def before(self) -> RecordedEvent | None:
        """Give the step that this one follows from: the request answered, the consent withdrawn."""
        wanted = FOLLOWS.get(self.event.kind, ())
        return next((step for step in reversed(self.steps[:-1]) if step.kind in wanted), None)

    @property
    def facts(self) -> Mapping[str, Any]:
        """Give what is known at this event; who answered, and how, is of its own facts alone.

        :raises Purged: the law let facts go.
        """
        known: dict[str, Any] = {}
        if self.before is not None:
            told = _facts_of(self.before)
            known = {name: value for name, value in told.items() if name not in OF_ONE_STEP}
        return {**known, **_facts_of(self.event)}

    def exported(self) -> str:
        """Write the entries as JSON, with the salts, so that anybody can compute the hashes."""
        document = {
            "version": 1,
            "proof": self.kind,
            "entries": [exported(step) for step in self.steps],
        }
        return json.dumps(document, ensure_ascii=False, indent=2)


def _facts_of(step: RecordedEvent) -> Mapping[str, Any]:
    if step.facts is None:
        raise Purged(f"the facts of journal entry {step.entry_id} were purged")
    return step.facts


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
    steps = [recorded(step) for step in session.scalars(about.order_by(JournalEntry.sequence))]
    begins = [place for place, step in enumerate(steps) if step.kind in _BEGINNINGS]
    return ConsentGrounds(event, tuple(steps[begins[-1] if begins else 0 :]))
