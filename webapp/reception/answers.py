"""A recipient's answer, by somebody who has proven his address and said who he is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from webapp.contacts import failing
from webapp.database import AnySession
from webapp.evidence.journal import JSON
from webapp.letters import identity, steps
from webapp.letters.identity import Control, Stated
from webapp.letters.models import Addressee


@dataclass(frozen=True)
class Answer:
    """Who answers, and how he has proven that the address is his."""

    control: Control
    stated: Stated

    def facts(self) -> dict[str, JSON]:
        """Say it as the journal keeps it, apart from the name that each step takes by itself."""
        facts: dict[str, JSON] = {"control": self.control.facts()}
        if self.stated.capacity:
            facts |= {"person": self.stated.person, "capacity": self.stated.capacity}
        return facts


def accept(
    session: AnySession,
    addressee: Addressee,
    answer: Answer,
    client: Mapping[str, str],
    now: datetime,
) -> None:
    """Record that he accepts, and first that he corrects his name, if so; whoever asked commits.

    :raises webapp.letters.steps.IllegalStep: there is already an answer, or the time is over.
    """
    identity.record_correction(session, addressee, answer.stated, client, now)
    steps.accept(session, addressee, answer.stated.name, {**answer.facts(), **client}, now)
    failing.clear(session, addressee.letter.organisation_id, addressee.email)


def reject(
    session: AnySession,
    addressee: Addressee,
    answer: Answer,
    client: Mapping[str, str],
    now: datetime,
) -> None:
    """Record that he refuses, and first that he corrects his name, if so; whoever asked commits.

    :raises webapp.letters.steps.IllegalStep: there is already an answer, or the time is over.
    """
    identity.record_correction(session, addressee, answer.stated, client, now)
    facts = {"declared_name": answer.stated.name, **answer.facts(), **client}
    steps.reject(session, addressee, facts, now)
    failing.clear(session, addressee.letter.organisation_id, addressee.email)
