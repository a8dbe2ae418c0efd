"""Who may take an addressee's row to work on it, whatever the clock did meanwhile."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_
from sqlalchemy.orm import InstrumentedAttribute

from webapp.letters.models import Addressee

LONGEST = timedelta(hours=1)
"""No lease is longer. One that seems so was given by a clock that has been set back since: it would
hold the row until that moment comes again, and so it holds nothing."""


def ends_at(now: datetime, seconds: int) -> datetime:
    """Give when a lease ends that is taken at this moment (aware) for so many seconds."""
    return now + min(timedelta(seconds=seconds), LONGEST)


def is_held(lease: datetime | None, now: datetime) -> bool:
    """Say whether a worker may be busy at this moment with an addressee that has this lease."""
    return lease is not None and now < lease <= now + LONGEST


def nobody_holds(
    now: datetime, lease: InstrumentedAttribute[datetime | None] = Addressee.leased_until
) -> ColumnElement[bool]:
    """Give the same, turned round, as a condition on rows.

    :param lease: the column that holds the lease.
    """
    return or_(lease.is_(None), lease <= now, lease > now + LONGEST)
