"""How a letter stands for its recipient at this moment."""

from datetime import datetime
from enum import StrEnum

from webapp.letters.models import Addressee
from webapp.letters.steps import State


class Standing(StrEnum):
    """What the recipient's page is about; the value is the page's name."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    EXPIRED = "expired"


def standing_of(addressee: Addressee, now: datetime) -> Standing:
    """Tell the standing; a letter whose time is over is expired even before the worker says so.

    A link that is opened before the worker has recorded its notice already shows a waiting letter.
    """
    if addressee.state == State.ACCEPTED:
        return Standing.ACCEPTED
    if addressee.state == State.REJECTED:
        return Standing.REJECTED
    if addressee.state == State.EXPIRED:
        return Standing.EXPIRED
    if addressee.expires_at is not None and now >= addressee.expires_at:
        return Standing.EXPIRED
    return Standing.WAITING
