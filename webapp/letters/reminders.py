"""Reminding who has not answered: what is due, and what is written of it. It changes no state."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from webapp.database import AnySession
from webapp.evidence.kinds import EventKind
from webapp.letters import rhythm, steps
from webapp.letters.models import Addressee
from webapp.letters.steps import IllegalStep, State

MOST_TRIES = 8
"""How often one reminder is tried before it is given up: the notice has left, which is what counts.

With pauses that begin at a minute and double, the last try comes some two hours after the first.
"""


def message_id(addressee: Addressee) -> str:
    """Name the reminder that comes next: the same at each try, so that a repeat is recognised."""
    name, at, host = addressee.message_id.rpartition("@")
    return f"{name}.r{addressee.reminder_number + 1}{at}{host}"


def is_reminded(addressee: Addressee) -> bool:
    """Say whether this letter has reminders, and the recipient has not stopped them."""
    return addressee.letter.reminder_days > 0 and addressee.reminders_stopped_at is None


def next_at(addressee: Addressee) -> datetime | None:
    """Give the moment (UTC) of his next reminder, which a pause puts off; None: none will leave."""
    due_at, expires_at = addressee.due_at, addressee.expires_at
    if addressee.state != State.NOTIFIED or due_at is None or expires_at is None:
        return None
    if not is_reminded(addressee) or due_at > expires_at - rhythm.ROOM:
        return None
    return due_at


def decide(addressee: Addressee, now: datetime) -> bool:
    """Say whether a reminder leaves now; where none does, put what is due next into the row."""
    expires_at, due_at = addressee.expires_at, addressee.due_at
    if addressee.state != State.NOTIFIED or expires_at is None or due_at is None:
        return False
    if due_at > now:
        # The clock was set back since the row was claimed.
        addressee.leased_until = None
    elif not is_reminded(addressee) or now > expires_at - rhythm.ROOM:
        _wait_until(addressee, expires_at)
    elif not rhythm.is_by_day(now):
        _wait_until(addressee, min(rhythm.next_morning(now), expires_at))
    else:
        return True
    return False


def remind(session: AnySession, addressee: Addressee, server_answer: str, now: datetime) -> None:
    """Record that a reminder left.

    :param server_answer: what the mail server said when it took the message.
    :raises IllegalStep: there is an answer, or the time is over.
    """
    facts = {
        "email": addressee.email,
        "message_id": message_id(addressee),
        "server": server_answer,
    }
    columns = {
        "reminder_number": addressee.reminder_number + 1,
        "reminder_tries": 0,
        "reminded_at": now,
        "due_at": _next(addressee, now),
    }
    steps.take(session, addressee, EventKind.NOTIFICATION_REMINDER, facts, now, **columns)


def wait(addressee: Addressee, until: datetime) -> None:
    """Let the same reminder wait, untried, until a moment at which it may leave."""
    _wait_until(addressee, min(until, addressee.expires_at or until))


def put_off(addressee: Addressee, pause: timedelta, now: datetime) -> None:
    """Try the same reminder again after a pause; in the evening, or after some tries, give it up.

    :param pause: before the second try; it doubles each time.
    """
    addressee.reminder_tries += 1
    again = now + pause * 2 ** (addressee.reminder_tries - 1)
    if addressee.reminder_tries >= MOST_TRIES or not rhythm.is_by_day(again):
        give_up(addressee, now)
    else:
        _wait_until(addressee, again)


def give_up(addressee: Addressee, now: datetime) -> None:
    """Pass over a reminder that cannot be sent; the next one has a number of its own."""
    addressee.reminder_number += 1
    addressee.reminder_tries = 0
    _wait_until(addressee, _next(addressee, now))


def stop(
    session: AnySession, addressee: Addressee, client: Mapping[str, str], now: datetime
) -> None:
    """Record that the recipient wants no more reminders; he may answer as long as before.

    :param client: `ip` and `user_agent` of the browser.
    :raises IllegalStep: they are stopped, there is an answer, or the time is over.
    """
    if not is_reminded(addressee) or not steps.has_time_left(addressee, now):
        raise IllegalStep("no reminder will leave any more")
    facts = {"email": addressee.email, **client}
    columns = {"reminders_stopped_at": now, "due_at": addressee.expires_at}
    steps.take(session, addressee, EventKind.REMINDERS_STOPPED, facts, now, **columns)


def _next(addressee: Addressee, now: datetime) -> datetime | None:
    """Give what is due next: the sooner of a later reminder and the expiry.

    A clock that was set back does not bring a reminder a second time.
    """
    notified_at, expires_at = addressee.notified_at, addressee.expires_at
    if notified_at is None or expires_at is None:
        return None
    after = max(now, addressee.reminded_at or now) + rhythm.ROOM
    days = addressee.letter.reminder_days
    return rhythm.next_reminder(notified_at, expires_at, days, after) or expires_at


def _wait_until(addressee: Addressee, moment: datetime | None) -> None:
    addressee.due_at, addressee.leased_until = moment, None
