"""The steps after a notice that failed: it came back, its address is corrected, or paper goes."""

from collections.abc import Mapping
from datetime import datetime

from webapp.accounts.tokens import hashed
from webapp.database import AnySession, hold_row
from webapp.evidence.journal import JSON
from webapp.evidence.kinds import EventKind
from webapp.letters import leases, steps
from webapp.letters.models import Addressee, Channel, searched
from webapp.letters.numbers import message_id, token
from webapp.letters.steps import IllegalStep, State

RETURNED = "returned"
"""Stands in an addressee's problem where another names the stage at which a server refused."""


def returned(report: Mapping[str, JSON]) -> str:
    """Say in one line that a mail came back: why, as rows and events keep it.

    :param report: what the returned message says: `status` and `words`, either may be empty.
    """
    return f"{RETURNED}: {report['status']} {report['words']}".rstrip()


def bounce(
    session: AnySession, addressee: Addressee, report: Mapping[str, JSON], now: datetime
) -> None:
    """Record that the notice came back: it has not arrived, and the fifteen days are void.

    :param report: what the returned message says: `status`, `words`, and its own `sha256`.
    :raises IllegalStep: the notice was not sent, or there is an answer.
    """
    if addressee.state != State.NOTIFIED:
        raise IllegalStep("only a notice that was sent comes back")
    reason = returned(report)
    facts = {"email": addressee.email, "reason": reason, **report}
    kind = EventKind.NOTIFICATION_FOR_ACCEPTANCE_FAILURE
    steps.take(session, addressee, kind, facts, now, problem=reason)


def correct(
    session: AnySession,
    addressee: Addressee,
    email: str,
    consent: str,
    corrected_by: str,
    token_key: bytes,
    now: datetime,
) -> None:
    """Let the notice go to another address, as a new message with a new link, now.

    The old link is dead; the fifteen days begin when this notice leaves (CPCE R53-3).

    :param consent: how an individual agreed to this very address (CPCE art. L100).
    :param corrected_by: the name of who did.
    :param token_key: the installation's secret for recipients' addresses, 32 bytes.
    :raises IllegalStep: the notice has not failed, or has no address.
    """
    generation = addressee.token_generation + 1
    host = addressee.message_id.rpartition("@")[2].rstrip(">")
    facts: dict[str, JSON] = {
        "old_email": addressee.email,
        "email": email,
        "consent": consent,
        "corrected_by": corrected_by,
        "generation": generation,
    }
    columns = {
        "email": email,
        "consent": consent,
        "search_text": searched(addressee.name, email, addressee.postal_address),
        "token_generation": generation,
        "token_hash": hashed(token(token_key, addressee.number, generation)),
        "message_id": message_id(addressee.number, generation, host),
        "due_at": now,
        "attempts": 0,
        "first_tried_at": None,
        "notified_at": None,
        "expires_at": None,
        "reminder_number": 0,
        "reminder_tries": 0,
        "reminded_at": None,
        "reminders_stopped_at": None,
    }
    steps.take(session, addressee, EventKind.ADDRESS_CORRECTED, facts, now, **columns)


def send_on_paper(
    session: AnySession,
    addressee: Addressee,
    postal_address: str,
    changed_by: str,
    now: datetime,
) -> None:
    """Let the letter go by the post instead of by e-mail; its link is dead.

    :param postal_address: as it is printed, a line a line, never empty.
    :param changed_by: the name of who did.
    :raises IllegalStep: the notice has left, or a worker is sending it at this moment.
    """
    hold_row(session, addressee)
    if leases.is_held(addressee.leased_until, now):
        raise IllegalStep("the notice is being sent")
    facts: dict[str, JSON] = {
        "old_channel": addressee.channel,
        "channel": Channel.PAPER,
        "email": addressee.email,
        "postal_address": postal_address,
        "changed_by": changed_by,
    }
    columns = {
        "channel": Channel.PAPER,
        "postal_address": postal_address,
        "search_text": searched(addressee.name, addressee.email, postal_address),
        "notified_at": None,
        "expires_at": None,
    }
    steps.take(session, addressee, EventKind.CHANNEL_CHANGED, facts, now, **columns)
