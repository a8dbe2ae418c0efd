"""Taking back what has not left yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select

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
    return session.scalars(_unsent(letter, number).order_by(Addressee.position)).all()


def cancel_unsent(
    session: AnySession, letter: Letter, number: str, cancelled_by: str, now: datetime
) -> Cancelled:
    """Take the letter back from everyone to whom nothing has left; the caller commits once.

    :param number: of one send, or empty for the whole letter.
    :param cancelled_by: the name of who does it; kept in the journal.
    """
    taken_back = leaving = 0
    # Every row is held before the letter's journal is: a worker takes them in this order too.
    rows = _unsent(letter, number).order_by(Addressee.id).with_for_update()
    held = rows.execution_options(populate_existing=True)
    for addressee in session.scalars(held).all():
        try:
            steps.cancel(session, addressee, cancelled_by, now)
        except IllegalStep:
            leaving += 1
        else:
            taken_back += 1
    return Cancelled(taken_back, leaving)


def _unsent(letter: Letter, number: str) -> Select[Addressee]:
    rows = select(Addressee).where(Addressee.letter_id == letter.id, Addressee.state.in_(UNSENT))
    return rows.where(Addressee.number == number) if number else rows
