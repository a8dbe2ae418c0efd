"""The one state machine of an addressee: what may follow what, and which event each step writes."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import Any

from sqlalchemy.orm.attributes import set_committed_value

from webapp.database import AnySession, hold_row
from webapp.evidence.journal import JSON, Event, addressee_subject, append, letter_chain
from webapp.evidence.kinds import EventKind
from webapp.letters import leases, rhythm, term
from webapp.letters.attachments import fingerprint
from webapp.letters.models import Addressee, Channel
from webapp.prepared import change_one


class State(StrEnum):
    """Where an addressee stands."""

    SUBMITTED = "submitted"
    NOTIFIED = "notified"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    EXPIRED = "expired"
    FAILED = "failed"
    CANCELLED = "cancelled"
    TO_POST = "to_post"
    POSTED = "posted"
    DELIVERED = "delivered"
    RETURNED = "returned"


FIRST: Mapping[Channel, State] = {Channel.EMAIL: State.SUBMITTED, Channel.PAPER: State.TO_POST}
"""Where an addressee stands when the letter is handed over."""

MOVING = (State.SUBMITTED, State.NOTIFIED)
"""The states that something still follows by itself."""

UNSENT = (State.SUBMITTED, State.TO_POST)
"""The states in which nothing has left yet."""

OUTCOMES = (State.ACCEPTED, State.REJECTED, State.EXPIRED, State.FAILED)
"""What a letter by e-mail comes to, of which its sender is told."""

STEPS: Mapping[tuple[State, EventKind], State] = {
    (State.SUBMITTED, EventKind.NOTIFICATION_FOR_ACCEPTANCE): State.NOTIFIED,
    (State.SUBMITTED, EventKind.NOTIFICATION_FOR_ACCEPTANCE_FAILURE): State.FAILED,
    (State.NOTIFIED, EventKind.NOTIFICATION_FOR_ACCEPTANCE_FAILURE): State.FAILED,
    (State.FAILED, EventKind.ADDRESS_CORRECTED): State.SUBMITTED,
    (State.FAILED, EventKind.CHANNEL_CHANGED): State.TO_POST,
    (State.SUBMITTED, EventKind.CHANNEL_CHANGED): State.TO_POST,
    (State.SUBMITTED, EventKind.CONSENT_OBTAINED): State.SUBMITTED,
    (State.NOTIFIED, EventKind.NOTIFICATION_REMINDER): State.NOTIFIED,
    (State.NOTIFIED, EventKind.REMINDERS_STOPPED): State.NOTIFIED,
    (State.NOTIFIED, EventKind.CONSIGNMENT_ACCEPTANCE): State.ACCEPTED,
    (State.NOTIFIED, EventKind.CONSIGNMENT_REJECTION): State.REJECTED,
    (State.NOTIFIED, EventKind.ACCEPTANCE_REJECTION_EXPIRY): State.EXPIRED,
    (State.SUBMITTED, EventKind.SUBMISSION_CANCELLED): State.CANCELLED,
    (State.TO_POST, EventKind.SUBMISSION_CANCELLED): State.CANCELLED,
    (State.TO_POST, EventKind.RELAY_TO_NON_ERDS): State.POSTED,
    (State.POSTED, EventKind.PAPER_DELIVERED): State.DELIVERED,
    (State.POSTED, EventKind.PAPER_RETURNED): State.RETURNED,
}


class IllegalStep(Exception):
    """A step that cannot follow the state in which the addressee is."""


def notify(
    session: AnySession, addressee: Addressee, server_answer: str, notified_at: datetime
) -> None:
    """Record that the notice left: the fifteen days begin.

    What is due next is the first reminder, or their end where there is none.

    :param server_answer: what the mail server said when it took the message.
    """
    expires_at = term.ends_at(notified_at)
    facts = {
        "email": addressee.email,
        "message_id": addressee.message_id,
        "expires_at": expires_at.isoformat(),
        "server": server_answer,
    }
    kind = EventKind.NOTIFICATION_FOR_ACCEPTANCE
    first = rhythm.next_reminder(
        notified_at, expires_at, addressee.letter.reminder_days, notified_at
    )
    moments = {"notified_at": notified_at, "expires_at": expires_at, "due_at": first or expires_at}
    take(session, addressee, kind, facts, notified_at, **moments)


def fail(
    session: AnySession,
    addressee: Addressee,
    reason: str,
    failed_at: datetime,
    tried_since: datetime | None = None,
) -> None:
    """Record that the notice will not arrive, in the mail server's own words.

    :param tried_since: where it was tried again and again, and given up: since when.
    :raises IllegalStep: it was recorded as sent; it can come back (`mending.bounce`) but no more.
    """
    if addressee.state == State.NOTIFIED:
        raise IllegalStep("the notice was sent")
    facts = {"email": addressee.email, "reason": reason}
    if tried_since is not None:
        facts["tried_since"] = tried_since.isoformat()
    kind = EventKind.NOTIFICATION_FOR_ACCEPTANCE_FAILURE
    take(session, addressee, kind, facts, failed_at, problem=reason)


def accept(
    session: AnySession,
    addressee: Addressee,
    declared_name: str,
    client: Mapping[str, JSON],
    accepted_at: datetime,
) -> None:
    """Record that the recipient accepts, and that the content is put at his disposal.

    :param declared_name: who the person said to be.
    :param client: `ip` and `user_agent` of the browser, and what else is known of who answers:
        `control`, how he proved that the address is his; `person`, `capacity`.
    :raises IllegalStep: there is already an answer, or the time is over.
    """
    _require_time_left(addressee, accepted_at)
    facts = {"email": addressee.email, "declared_name": declared_name, **client}
    kind = EventKind.CONSIGNMENT_ACCEPTANCE
    take(session, addressee, kind, facts, accepted_at, answered_at=accepted_at)
    letter = addressee.letter
    handed: dict[str, JSON] = {
        "message_sha256": letter.message_sha256,
        "attachments": [fingerprint(file) for file in letter.attachments],
    }
    write(session, addressee, EventKind.CONTENT_CONSIGNMENT, handed, accepted_at)


def reject(
    session: AnySession, addressee: Addressee, client: Mapping[str, JSON], rejected_at: datetime
) -> None:
    """Record that the recipient refuses; he sees neither content nor sender, then or later.

    :param client: as for `accept`, and the `declared_name`.
    :raises IllegalStep: there is already an answer, or the time is over.
    """
    _require_time_left(addressee, rejected_at)
    facts = {"email": addressee.email, **client}
    kind = EventKind.CONSIGNMENT_REJECTION
    take(session, addressee, kind, facts, rejected_at, answered_at=rejected_at)


def expire(session: AnySession, addressee: Addressee, now: datetime) -> None:
    """Record that the fifteen days went by without an answer ("non réclamée").

    :raises IllegalStep: the time is not over.
    """
    if addressee.expires_at is None or now < addressee.expires_at:
        raise IllegalStep("the time to answer is not over")
    facts = {"expires_at": addressee.expires_at.isoformat()}
    take(session, addressee, EventKind.ACCEPTANCE_REJECTION_EXPIRY, facts, now)


def cancel(session: AnySession, addressee: Addressee, cancelled_by: str, now: datetime) -> None:
    """Record that the sender takes a letter back before anything of it has left.

    :param cancelled_by: the name of who did.
    :raises IllegalStep: it has left, or a worker is sending it at this moment.
    """
    if leases.is_held(addressee.leased_until, now):
        raise IllegalStep("the notice is being sent")
    facts = {"cancelled_by": cancelled_by}
    take(session, addressee, EventKind.SUBMISSION_CANCELLED, facts, now)


def post(
    session: AnySession,
    addressee: Addressee,
    item: Mapping[str, JSON],
    posted_on: date,
    now: datetime,
) -> None:
    """Record that the sender handed the paper letter over to the post.

    :param item: what the deposit slip says: `item_number`, `level` (R1, R2 or R3), and so on.
    :param posted_on: the day that the post's stamp bears.
    :param now: when the sender said so.
    """
    facts = {**item, "posted_on": posted_on.isoformat(), "address": addressee.postal_address}
    take(session, addressee, EventKind.RELAY_TO_NON_ERDS, facts, now)


def deliver(
    session: AnySession, addressee: Addressee, delivered_on: date, signed_by: str, now: datetime
) -> None:
    """Record that the post's receipt says the paper letter was delivered, on which day, to whom.

    :param signed_by: who signed the receipt; empty where it does not say.
    :param now: when the sender said so; the journal keeps it, the state shows the post's day.
    """
    facts = {"delivered_on": delivered_on.isoformat(), "signed_by": signed_by}
    answered_at = _beginning_of(delivered_on)
    take(session, addressee, EventKind.PAPER_DELIVERED, facts, now, answered_at=answered_at)


def return_to_sender(
    session: AnySession, addressee: Addressee, returned_on: date, reason: str, now: datetime
) -> None:
    """Record that the paper letter came back, on which day and with which mark of the post.

    :param now: when the sender said so; the journal keeps it, the state shows the post's day.
    """
    facts = {"returned_on": returned_on.isoformat(), "reason": reason}
    columns = {"problem": reason, "answered_at": _beginning_of(returned_on)}
    take(session, addressee, EventKind.PAPER_RETURNED, facts, now, **columns)


def _beginning_of(day: date) -> datetime:
    return datetime.combine(day, time.min, term.PARIS).astimezone(UTC)


def _require_time_left(addressee: Addressee, now: datetime) -> None:
    if not has_time_left(addressee, now):
        raise IllegalStep("the time to answer is over")


def has_time_left(addressee: Addressee, now: datetime) -> bool:
    """Say whether the fifteen days are not over, whatever the worker has said of it so far."""
    return addressee.expires_at is not None and now < addressee.expires_at


def take(
    session: AnySession,
    addressee: Addressee,
    kind: EventKind,
    facts: Mapping[str, JSON],
    moment: datetime,
    **columns: Any,
) -> None:
    """Change state and write the event together; whoever made the transaction commits both.

    :param columns: what else changes in the addressee's row; nothing is due unless it says so.
    """
    hold_row(session, addressee)
    following = STEPS.get((State(addressee.state), kind))
    if following is None:
        raise IllegalStep(f"{kind} cannot follow the state {addressee.state}")
    outcome_at = moment if following in OUTCOMES else None
    settled: dict[str, Any] = {"state": str(following), "due_at": None, "leased_until": None}
    settled |= {"problem": "", "outcome_at": outcome_at, "told_at": None}
    change(session, addressee, **{**settled, **columns})
    write(session, addressee, kind, facts, moment)


def change(session: AnySession, addressee: Addressee, **columns: Any) -> None:
    """Change the addressee's row, which may have been read apart, if nobody else did meanwhile.

    :raises IllegalStep: it stands elsewhere than when it was read, or waits for another message.
    """
    known = {"id": addressee.id, "state": addressee.state, "message_id": addressee.message_id}
    if not change_one(session, Addressee, known, columns):
        raise IllegalStep("the addressee has changed meanwhile")
    for name, value in columns.items():
        set_committed_value(addressee, name, value)


def write(
    session: AnySession,
    addressee: Addressee,
    kind: EventKind,
    facts: Mapping[str, JSON],
    moment: datetime,
) -> None:
    """Write an event about an addressee whose state stays."""
    event = Event(kind, addressee_subject(addressee.number), facts)
    append(session, letter_chain(addressee.letter.number), [event], moment)
