"""How a letter stands for its recipient at this moment."""

from datetime import datetime
from enum import StrEnum

from webapp.letters import term
from webapp.letters.models import Addressee
from webapp.letters.steps import State, has_time_left


class Standing(StrEnum):
    """What the recipient's page is about; the value is the page's name."""

    EARLY = "early"
    WAITING = "waiting"
    UNDELIVERED = "undelivered"
    ACCEPTED = "accepted"
    OVER = "over"
    REJECTED = "rejected"
    EXPIRED = "expired"


SETTLED = {
    State.SUBMITTED: Standing.EARLY,
    State.FAILED: Standing.UNDELIVERED,
    State.ACCEPTED: Standing.ACCEPTED,
    State.REJECTED: Standing.REJECTED,
    State.EXPIRED: Standing.EXPIRED,
    State.CANCELLED: Standing.UNDELIVERED,
    State.TO_POST: Standing.UNDELIVERED,
    State.POSTED: Standing.UNDELIVERED,
    State.DELIVERED: Standing.UNDELIVERED,
    State.RETURNED: Standing.UNDELIVERED,
}


def standing_of(addressee: Addressee, now: datetime) -> Standing:
    """Tell the standing; a letter whose time is over is expired even before the worker says so.

    A notice may be read before the worker has recorded that it left: its fifteen days have not
    begun, and nothing can be answered yet. What was accepted is read for a year.
    """
    if addressee.state == State.NOTIFIED:
        return Standing.WAITING if has_time_left(addressee, now) else Standing.EXPIRED
    if addressee.state == State.ACCEPTED and _is_over(addressee, now):
        return Standing.OVER
    return SETTLED[State(addressee.state)]


def _is_over(addressee: Addressee, now: datetime) -> bool:
    accepted_at = addressee.answered_at
    return accepted_at is not None and now >= term.readable_until(accepted_at)
