"""A notice that waits for an individual's consent: it comes, or it does not (CPCE art. L100)."""

from datetime import datetime

from webapp.database import AnySession
from webapp.evidence.journal import JSON
from webapp.evidence.kinds import EventKind
from webapp.letters import steps
from webapp.letters.models import Addressee


def obtain(
    session: AnySession, addressee: Addressee, consent: str, number: str, now: datetime
) -> None:
    """Let the notice leave, now or at the letter's date: the individual agreed.

    :param consent: how and when, as the letter and its proofs keep it.
    :param number: that of the consent, by which the organisation's journal tells it.
    :raises steps.IllegalStep: nothing waits any more.
    """
    facts: dict[str, JSON] = {"email": addressee.email, "consent": consent, "number": number}
    leaves_at = addressee.letter.leaves_at or now
    columns = {
        "consent": consent,
        "consent_request_id": None,
        "due_at": max(leaves_at, now),
    }
    steps.take(session, addressee, EventKind.CONSENT_OBTAINED, facts, now, **columns)


def give_up(session: AnySession, addressee: Addressee, reason: str, now: datetime) -> None:
    """Record that the notice does not leave: the individual did not agree.

    :param reason: the event that says so, and more after `: ` where there is more to say.
    :raises steps.IllegalStep: nothing waits any more.
    """
    facts = {"email": addressee.email, "reason": reason}
    kind = EventKind.NOTIFICATION_FOR_ACCEPTANCE_FAILURE
    columns = {"problem": reason, "consent_request_id": None}
    steps.take(session, addressee, kind, facts, now, **columns)
