"""What the journal says about one provable event: the ground a proof stands on."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from sqlalchemy import select

from webapp.database import AnySession
from webapp.evidence.journal import ADDRESSEE, RecordedEvent, moment, recorded
from webapp.evidence.kinds import EventKind, uri
from webapp.evidence.models import JournalEntry


class ProofKind(StrEnum):
    """What a proof proves."""

    DEPOSIT = "deposit"
    SENDING = "sending"
    RECEPTION = "reception"
    REFUSAL = "refusal"
    NON_CLAIM = "non_claim"
    FAILURE = "failure"


PROVABLE: Mapping[EventKind, ProofKind] = MappingProxyType(
    {
        EventKind.SUBMISSION_ACCEPTANCE: ProofKind.DEPOSIT,
        EventKind.NOTIFICATION_FOR_ACCEPTANCE: ProofKind.SENDING,
        EventKind.NOTIFICATION_FOR_ACCEPTANCE_FAILURE: ProofKind.FAILURE,
        EventKind.CONSIGNMENT_ACCEPTANCE: ProofKind.RECEPTION,
        EventKind.CONSIGNMENT_REJECTION: ProofKind.REFUSAL,
        EventKind.ACCEPTANCE_REJECTION_EXPIRY: ProofKind.NON_CLAIM,
    }
)
"""The events of an addressee that get a proof, and which."""


class Unprovable(Exception):
    """An entry that no proof can be made of; the text says what the journal lacks."""


@dataclass(frozen=True)
class Grounds:
    """One provable event, with the letter's submission and what led there, in their order.

    `steps` are the events about the addressee up to this one, itself included: a proof says the
    same whenever it is made.
    """

    kind: ProofKind
    event: RecordedEvent
    letter: RecordedEvent
    steps: tuple[RecordedEvent, ...]

    @property
    def is_trial(self) -> bool:
        """Whether the letter was a trial, which proves nothing."""
        return bool(self.facts_of(self.letter)["trial"])

    def facts_of(self, event: RecordedEvent) -> Mapping[str, Any]:
        """Give an event's facts.

        :raises Unprovable: they were purged.
        """
        if event.facts is None:
            raise Unprovable(f"the facts of journal entry {event.entry_id} were purged")
        return event.facts

    def last(self, kind: EventKind) -> RecordedEvent:
        """Give the last of the steps that is of this kind.

        :raises Unprovable: there is none.
        """
        for step in reversed(self.steps):
            if step.kind == kind:
                return step
        raise Unprovable(f"no {kind} stands before journal entry {self.event.entry_id}")

    def exported(self) -> str:
        """Write the entries as JSON, with the salts, so that anybody can compute the hashes."""
        entries = {step.entry_id: step for step in (self.letter, *self.steps)}
        document = {
            "version": 1,
            "proof": self.kind,
            "entries": [exported_entry(entry) for entry in entries.values()],
        }
        return json.dumps(document, ensure_ascii=False, indent=2)


def grounds(session: AnySession, entry_id: int) -> Grounds:
    """Read from the journal what a proof of this entry says.

    :raises Unprovable: no such entry, or one that gets no proof, or that has no submission.
    """
    entry = session.get(JournalEntry, entry_id)
    if entry is None or not entry.subject.startswith(ADDRESSEE):
        raise Unprovable(f"journal entry {entry_id} is not about an addressee")
    kind = PROVABLE.get(EventKind(entry.kind))
    if kind is None:
        raise Unprovable(f"journal entry {entry_id} is of a kind that gets no proof")
    before = select(JournalEntry).where(
        JournalEntry.chain == entry.chain, JournalEntry.sequence <= entry.sequence
    )
    steps = session.scalars(
        before.where(JournalEntry.subject == entry.subject).order_by(JournalEntry.sequence)
    )
    letter = session.scalars(
        before.where(
            JournalEntry.subject == entry.chain,
            JournalEntry.kind == EventKind.SUBMISSION_ACCEPTANCE,
        ).limit(1)
    ).one_or_none()
    if letter is None:
        raise Unprovable(f"the submission of {entry.chain} stands not before entry {entry_id}")
    return Grounds(kind, recorded(entry), recorded(letter), tuple(recorded(step) for step in steps))


def exported_entry(event: RecordedEvent) -> dict[str, Any]:
    """Give an entry as JSON values, with the salt, so that anybody can compute its hashes."""
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
