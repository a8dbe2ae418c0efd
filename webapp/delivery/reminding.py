"""Sending a reminder: as a notice is sent, but what becomes of it changes no state."""

import logging
from dataclasses import dataclass
from datetime import timedelta

from flask_babel import force_locale

from webapp.accounts import mail_problems
from webapp.accounts.pace import LimitReached
from webapp.clock import Clock
from webapp.delivery import notice
from webapp.delivery.channels import Channel
from webapp.extensions import db
from webapp.letters import reminders
from webapp.letters.models import Addressee
from webapp.letters.steps import State
from webapp.mail import Refused, Unavailable
from webapp.message import Mail

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Way:
    """By which way a message leaves.

    :param return_path: where the message comes back to; empty: to the address it is from.
    :param obstacle: why none can leave now, as an addressee's row keeps it; None when one can.
    :param pause: before a second try.
    """

    channel: Channel
    service: notice.Service
    language: str
    return_path: str
    obstacle: str | None
    pause: timedelta

    def require_open(self) -> None:
        """Check that something may leave this way.

        :raises Unavailable: a setting stands in the way; nothing was tried.
        """
        if self.obstacle is not None:
            raise Unavailable(mail_problems.SETTINGS, self.obstacle)


def send(addressee_id: int, way: Way, clock: Clock) -> None:
    """Remind one addressee whose row is claimed, if a reminder leaves now.

    A crash between the sending and its record sends the same message again, with the same
    Message-ID. One that cannot leave is tried again later on the same day, then passed over.
    """
    try:
        message = _written(addressee_id, way, clock)
        if message is None:
            return
        way.require_open()
        answer = way.channel.send(message, way.return_path)
    except LimitReached as reached:
        addressee = _awaited(addressee_id)
        if addressee is not None:
            reminders.wait(addressee, reached.until)
    except Refused as problem:
        _record_failure(addressee_id, problem, None, clock)
    except Unavailable as problem:
        _record_failure(addressee_id, problem, way.pause, clock)
    else:
        addressee = _awaited(addressee_id)
        if addressee is not None:
            reminders.remind(db.session, addressee, answer, clock())
    db.session.commit()


def _written(addressee_id: int, way: Way, clock: Clock) -> Mail | None:
    """Write the message, and leave no transaction open; None where no reminder leaves now."""
    addressee, now = _awaited(addressee_id), clock()
    if addressee is None or not reminders.decide(addressee, now):
        db.session.commit()
        return None
    with force_locale(way.language):
        message = notice.remind(way.service, addressee, reminders.message_id(addressee), now)
    db.session.rollback()
    return message


def _record_failure(
    addressee_id: int, problem: Refused | Unavailable, pause: timedelta | None, clock: Clock
) -> None:
    """Put the reminder off by a pause, or pass over it where there is none."""
    addressee = _awaited(addressee_id)
    if addressee is None:
        return
    if pause is None:
        reminders.give_up(addressee, clock())
    else:
        reminders.put_off(addressee, pause, clock())
    log.warning("the reminder of %s did not leave, at %s", addressee_id, problem.stage)


def _awaited(addressee_id: int) -> Addressee | None:
    """Take the row of one who has not answered; he may have done so while the mail was going."""
    addressee = db.session.get_one(
        Addressee, addressee_id, with_for_update=True, populate_existing=True
    )
    return addressee if addressee.state == State.NOTIFIED else None
