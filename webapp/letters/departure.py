"""Letters that leave at a date: which dates are possible, and changing one that is to come."""

from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import update

from webapp.database import AnySession
from webapp.evidence.journal import Event, append, letter_chain, letter_subject
from webapp.evidence.kinds import EventKind
from webapp.letters import leases
from webapp.letters.models import Addressee, Letter
from webapp.letters.steps import State
from webapp.letters.term import PARIS

FURTHEST = timedelta(days=365)
"""How long a letter may wait: proofs of its deposit are kept for a year (CPCE R53-2)."""


class HasLeft(Exception):
    """The notices leave already, or never waited."""


def moment_of(day: date, hour: time) -> datetime:
    """Give the moment (UTC) of a day and an hour in Europe/Paris.

    In the hour that is left out in March it is the hour after; in the one that comes twice in
    October, the first of the two.
    """
    return datetime.combine(day, hour.replace(tzinfo=None), PARIS).astimezone(UTC)


def is_possible(leaves_at: datetime, now: datetime) -> bool:
    """Say whether a letter may leave then: from now on, and within a year."""
    return now <= leaves_at <= now + FURTHEST


def is_waiting(letter: Letter, now: datetime) -> bool:
    """Say whether the letter waits for the date that was given."""
    return letter.leaves_at is not None and letter.leaves_at > now


def change(
    session: AnySession, letter: Letter, leaves_at: datetime, changed_by: str, now: datetime
) -> None:
    """Let the notices leave at another moment, which may be this one; the caller commits once.

    :param changed_by: the name of who does it; kept in the journal.
    :raises HasLeft: the letter does not wait.
    """
    if not is_waiting(letter, now):
        raise HasLeft
    letter.leaves_at = leaves_at
    waiting = (
        Addressee.letter_id == letter.id,
        Addressee.state == State.SUBMITTED,
        # Who is still asked for a consent leaves when he has given it, and not before this date.
        Addressee.consent_request_id.is_(None),
        leases.nobody_holds(now),
    )
    session.execute(update(Addressee).where(*waiting).values(due_at=leaves_at))
    facts = {"leaves_at": leaves_at.isoformat(), "changed_by": changed_by}
    event = Event(EventKind.DEPARTURE_CHANGED, letter_subject(letter.number), facts)
    append(session, letter_chain(letter.number), [event], now)
