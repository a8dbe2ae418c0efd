"""Taking back what has not left yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from webapp.database import AnySession
from webapp.letters import steps
from webapp.letters.models import Addressee, Letter
from webapp.letters.steps import UNSENT, IllegalStep


@dataclass(frozen=True)
class Cancelled:
    """How many addressees were taken back, and for how many the notice was leaving meanwhile."""

    taken_back: int
    leaving: int


def unsent(session: AnySession, letter: Letter, number: str = "") -> Sequence[Addressee]:
    """Give the addressees to whom nothing has left; only this one, if a number is given."""
    rows = select(Addressee).where(Addressee.letter_id == letter.id, Addressee.state.in_(UNSENT))
    if number:
        rows = rows.where(Addressee.number == number)
    return session.scalars(rows.order_by(Addressee.position)).all()


def cancel_unsent(
    session: AnySession, letter: Letter, number: str, cancelled_by: str, now: datetime
) -> Cancelled:
    """Take the letter back from everyone to whom nothing has left; the caller commits once.

    :param number: of one send, or empty for the whole letter.
    :param cancelled_by: the name of who does it; kept in the journal.
    """
    taken_back = leaving = 0
    for addressee in unsent(session, letter, number):
        try:
            steps.cancel(session, addressee, cancelled_by, now)
        except IllegalStep:
            leaving += 1
        else:
            taken_back += 1
    return Cancelled(taken_back, leaving)
