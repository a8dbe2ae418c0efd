"""The letters that went to a person: what stays of them on request, and until when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from webapp.accounts.models import Organisation
from webapp.database import AnySession
from webapp.desk.sought import Sought, words
from webapp.evidence.journal import addressee_subject
from webapp.evidence.kinds import OPENED
from webapp.evidence.models import JournalEntry
from webapp.letters import keeping
from webapp.letters.models import Addressee, Letter
from webapp.letters.steps import State
from webapp.texts import fold

LETTERS_SHOWN = 500


@dataclass(frozen=True)
class HeldLetter:
    """A letter that went to the person, and until when it is kept; None: something still moves.

    `openings`: how often the journal says that its page was opened, maybe by a machine.
    """

    letter: Letter
    addressee: Addressee
    kept_until: datetime | None
    openings: int

    @property
    def is_open_to_recipient(self) -> bool:
        """Say whether he may know what it is about: not before he accepts (CPCE art. R53-3)."""
        return self.addressee.state in (State.ACCEPTED, State.DELIVERED)


def letters_of(
    session: AnySession, organisation: Organisation, sought: Sought
) -> Sequence[HeldLetter]:
    """Find the letters that went to somebody and are kept, the newest first, so many at most."""
    asked = (
        select(Letter, Addressee)
        .join(Letter.addressees)
        .where(Letter.organisation_id == organisation.id, Letter.purged_at.is_(None))
        .order_by(Letter.submitted_at.desc(), Addressee.position)
        .limit(LETTERS_SHOWN)
    )
    if sought.email:
        asked = asked.where(func.lower(Addressee.email) == sought.email)
    else:
        asked = asked.where(Addressee.email == "", *words(Addressee.search_text, sought))
    found = [
        (letter, addressee)
        for letter, addressee in session.execute(asked)
        if sought.email or fold(addressee.name) == sought.name
    ]
    openings = _openings(session, [addressee.number for _letter, addressee in found])
    return [
        HeldLetter(
            letter,
            addressee,
            _kept_until(session, organisation, letter, addressee),
            openings.get(addressee_subject(addressee.number), 0),
        )
        for letter, addressee in found
    ]


def _kept_until(
    session: AnySession, organisation: Organisation, letter: Letter, addressee: Addressee
) -> datetime | None:
    if addressee.state in keeping.HOLDING:
        return None
    return keeping.ends_at(session, letter, organisation)


def _openings(session: AnySession, numbers: Sequence[str]) -> dict[str, int]:
    """Count the times that recipients' pages were opened, by the journal's subjects."""
    subjects = [addressee_subject(number) for number in numbers]
    counted = select(JournalEntry.subject, func.count()).where(
        JournalEntry.subject.in_(subjects), JournalEntry.kind.in_(OPENED)
    )
    return dict(session.execute(counted.group_by(JournalEntry.subject)).all())
