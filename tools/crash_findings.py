"""What is left when the killing is over: who was lost, who got two, what is not whole."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import select

from webapp.database import AnySession
from webapp.evidence import proofs
from webapp.evidence.integrity import verify_all
from webapp.evidence.journal import addressee_subject
from webapp.evidence.kinds import EventKind
from webapp.evidence.models import JournalEntry, Proof
from webapp.letters.models import Addressee
from webapp.letters.steps import FIRST, STEPS, Channel, State
from webapp.storage import DamagedFile


class Arrival(NamedTuple):
    """A message that the mail server took: when it began to come in, to whom, under which id."""

    began: float
    to: str
    message_id: str


@dataclass(frozen=True)
class Findings:
    """Counts of what was found; all but `second_copies` must be 0, and it has its reasons.

    :param second_copies: messages that came once more, with the Message-ID of the first.
    :param unexplained: those of them that no kill explains; a kill explains one.
    :param strange: messages for nobody, or with another Message-ID than the row's.
    """

    addressees: int
    lost: int
    second_copies: int
    unexplained: int
    strange: int
    illegal_states: int
    broken_chains: int
    missing_proofs: int

    @property
    def is_good(self) -> bool:
        """Whether nothing is wrong."""
        wrong = self.lost, self.unexplained, self.strange, self.illegal_states
        return not any((*wrong, self.broken_chains, self.missing_proofs))

    def __str__(self) -> str:
        return (
            f"addressees lost {self.lost} of {self.addressees}; "
            f"second copies {self.second_copies}, not in flight at a kill {self.unexplained}; "
            f"strange messages {self.strange}; illegal states {self.illegal_states}; "
            f"chains not whole {self.broken_chains}; proofs missing {self.missing_proofs}"
        )


def arrivals(record: Path) -> list[Arrival]:
    """Read what the mail server wrote down, in its order."""
    return [Arrival(**json.loads(line)) for line in record.read_text().splitlines()]


def look(
    session: AnySession, arrived: Sequence[Arrival], kills: Sequence[float], files: Path
) -> Findings:
    """Hold what the mail server got against the rows, and the rows against the journal."""
    addressees = session.scalars(select(Addressee)).all()
    received = Counter((arrival.to, arrival.message_id) for arrival in arrived)
    expected = {(addressee.email, addressee.message_id) for addressee in addressees}
    lost = [
        addressee
        for addressee in addressees
        if addressee.state != State.NOTIFIED
        or (addressee.email, addressee.message_id) not in received
    ]
    return Findings(
        addressees=len(addressees),
        lost=len(lost),
        second_copies=received.total() - len(received),
        unexplained=_unexplained(arrived, kills),
        strange=sum(received[key] for key in received if key not in expected),
        illegal_states=sum(1 for addressee in addressees if not _is_legal(session, addressee)),
        broken_chains=len({fault.chain for fault in verify_all(session)}),
        missing_proofs=_missing_proofs(session, files),
    )


def _unexplained(arrived: Iterable[Arrival], kills: Sequence[float]) -> int:
    """Count the second copies that are left when each kill has explained one at most.

    A kill explains one when it fell between the beginning of the copy before and its own.
    """
    spans, before = [], dict[str, float]()
    for arrival in sorted(arrived):
        if arrival.message_id in before:
            spans.append((arrival.began, before[arrival.message_id]))
        before[arrival.message_id] = arrival.began
    free, unexplained = sorted(kills), 0
    for end, start in sorted(spans):
        explaining = next((kill for kill in free if start <= kill <= end), None)
        if explaining is None:
            unexplained += 1
        else:
            free.remove(explaining)
    return unexplained


def _is_legal(session: AnySession, addressee: Addressee) -> bool:
    """Say whether the journal leads, step by step, to the state in which the addressee is."""
    kinds = session.scalars(
        select(JournalEntry.kind)
        .where(JournalEntry.subject == addressee_subject(addressee.number))
        .order_by(JournalEntry.sequence)
    )
    state: State | None = FIRST[Channel(addressee.channel)]
    stepping = {kind for _, kind in STEPS}
    for kind in (EventKind(kind) for kind in kinds):
        if state is not None and kind in stepping:
            state = STEPS.get((state, kind))
    is_held = addressee.leased_until is not None
    return state == addressee.state and not is_held


def _missing_proofs(session: AnySession, files: Path) -> int:
    missing = len(proofs.due(session, limit=1_000_000))
    for proof in session.scalars(select(Proof)):
        try:
            proofs.sealed(proof, files)
        except DamagedFile:
            missing += 1
    return missing
