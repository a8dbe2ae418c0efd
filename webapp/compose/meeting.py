"""By when the notices of a meeting must have left, under each rule that may apply."""

from dataclasses import dataclass
from datetime import date, timedelta

USUAL_DAYS = 15
"""Associations (law of 1901) whose statutes are silent: what is held to be a reasonable time."""

CO_OWNERSHIP_DAYS = 21
"""Co-ownership: décret 67-223, art. 9, as it is counted by art. 64."""


@dataclass(frozen=True)
class LastDays:
    """The last day on which the notices may leave, in the calendar of Europe/Paris."""

    usual: date
    co_ownership: date


def last_days(meeting: date) -> LastDays:
    """Count back from the day of the meeting.

    In co-ownership the 21 days begin the day after the notice was first presented, and are whole
    before the meeting: presented on the 1st, they are the 2nd to the 22nd, and one may meet on the
    23rd. By e-mail the notice is presented on the day on which it leaves.

    :raises OverflowError: there is no such day.
    """
    return LastDays(
        usual=meeting - timedelta(days=USUAL_DAYS),
        co_ownership=meeting - timedelta(days=CO_OWNERSHIP_DAYS + 1),
    )
