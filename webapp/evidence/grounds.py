"""What the journal says about one provable event: the ground a proof stands on."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from webapp.database import AnySession
from webapp.evidence.consent_grounds import ConsentGrounds, consent_grounds
from webapp.evidence.export import exported
from webapp.evidence.journal import ADDRESSEE, RecordedEvent, recorded
from webapp.evidence.kinds import EventKind
from webapp.evidence.models import JournalEntry
from webapp.evidence.proof_kinds import OF_ADDRESSEES, PROVABLE, ProofKind, Purged, Unprovable


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

    @property
    def is_paper(self) -> bool:
        """Whether the letter goes to this addressee by the post."""
        return self.facts_of(self.last(EventKind.SUBMISSION_ACCEPTANCE)).get("channel") == "paper"

    def facts_of(self, event: RecordedEvent) -> Mapping[str, Any]:
        """Give an event's facts.

        :raises Purged: the law let them go.
        """
        if event.facts is None:
            raise Purged(f"the facts of journal entry {event.entry_id} were purged")
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
            "entries": [exported(entry) for entry in entries.values()],
        }
        return json.dumps(document, ensure_ascii=False, indent=2)


def grounds(session: AnySession, entry_id: int) -> Grounds | ConsentGrounds:
    """Read from the journal what a proof of this entry says.

    :raises Unprovable: no such entry, or one that gets no proof, or that has no submission.
    """
    entry = session.get(JournalEntry, entry_id)
    if entry is None or EventKind(entry.kind) not in PROVABLE:
        raise Unprovable(f"journal entry {entry_id} is of a kind that gets no proof")
    kind = OF_ADDRESSEES.get(EventKind(entry.kind))
    if kind is None:
        return consent_grounds(session, entry)
    if not entry.subject.startswith(ADDRESSEE):
        raise Unprovable(f"journal entry {entry_id} is not about an addressee")
    return _grounds_of_letter(session, entry, kind)


def _grounds_of_letter(session: AnySession, entry: JournalEntry, kind: ProofKind) -> Grounds:
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
        raise Unprovable(f"the submission of {entry.chain} stands not before entry {entry.id}")
    return Grounds(kind, recorded(entry), recorded(letter), tuple(recorded(step) for step in steps))
