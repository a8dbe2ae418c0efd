"""What is still to be done about the roots: taken by one worker, tried again later."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select, update

from webapp.clock import growing_pause
from webapp.database import AnySession
from webapp.evidence.witness import STAMP
from webapp.evidence.witness_models import DailyRoot, WitnessErrand

FIRST_PAUSE = timedelta(minutes=5)
LONGEST_PAUSE = timedelta(hours=6)
STAMPED_WITHIN = timedelta(days=30)
MAILED_WITHIN = timedelta(days=7)
"""After so long nothing is tried any more: a later root holds all that an earlier one does."""


def take_stamp(session: AnySession, now: datetime) -> WitnessErrand | None:
    """Take the stamp of a root that has none, if one is due; commits."""
    return _take(session, WitnessErrand.address == STAMP, now, STAMPED_WITHIN)


def take_mail(session: AnySession, now: datetime) -> WitnessErrand | None:
    """Take the mail of a root to one address, if one is due; commits."""
    return _take(session, WitnessErrand.address != STAMP, now, MAILED_WITHIN)


def pause_after(attempts: int) -> timedelta:
    """Give how long an errand rests from one attempt, the first of which is 1, to the next."""
    return growing_pause(FIRST_PAUSE, LONGEST_PAUSE, attempts)


def note_failure(session: AnySession, errand: WitnessErrand, problem: str) -> None:
    """Keep why it failed; it is tried again after its pause. Commits."""
    errand.problem = problem
    session.commit()


def give_up(session: AnySession, errand: WitnessErrand, problem: str) -> None:
    """Keep why it failed for good; commits."""
    errand.problem, errand.due_at = problem, None
    session.commit()


def note_done(session: AnySession, errand: WitnessErrand, now: datetime) -> None:
    """Keep that it is done, once for ever; commits."""
    errand.done_at, errand.due_at, errand.problem = now, None, ""
    session.commit()


def _take(
    session: AnySession, kind: ColumnElement[bool], now: datetime, within: timedelta
) -> WitnessErrand | None:
    """Move an errand's next moment off, before it is tried: whoever comes next leaves it alone."""
    found = session.scalars(
        select(WitnessErrand)
        .join(DailyRoot, DailyRoot.number == WitnessErrand.number)
        .where(kind, _is_free(now), DailyRoot.made_at > now - within)
        .order_by(WitnessErrand.number.desc(), WitnessErrand.address)
    )
    for errand in found.all():
        again_at = now + pause_after(errand.attempts + 1)
        taken = session.scalar(
            update(WitnessErrand)
            .where(
                WitnessErrand.number == errand.number,
                WitnessErrand.address == errand.address,
                _is_free(now),
            )
            .values(due_at=again_at, attempts=WitnessErrand.attempts + 1)
            .returning(WitnessErrand.number)
        )
        session.commit()
        if taken is not None:
            return errand
    session.rollback()
    return None


def _is_free(now: datetime) -> ColumnElement[bool]:
    """Say what is due; a moment further off was written before a clock was set back."""
    due = WitnessErrand.due_at
    return and_(due.is_not(None), or_(due <= now, due > now + LONGEST_PAUSE))
