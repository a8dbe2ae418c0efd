"""Who answers: the control of the address that he has shown, and the name that he states."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from webapp.database import AnySession
from webapp.evidence.journal import JSON
from webapp.evidence.kinds import EventKind
from webapp.letters import steps
from webapp.letters.models import Addressee

MEANS = "code sent to the address"


@dataclass(frozen=True)
class Control:
    """A code went to the address of the notice, and whoever answers typed it: when (aware)."""

    sent_at: datetime
    proven_at: datetime

    def facts(self) -> dict[str, JSON]:
        """Say how control of the address was proven, and when; never the code."""
        return {
            "means": MEANS,
            "code_sent_at": self.sent_at.isoformat(),
            "proven_at": self.proven_at.isoformat(),
        }


@dataclass(frozen=True)
class Stated:
    """Who answers, as he says it; `person` and `capacity` where it is for an organisation."""

    name: str
    person: str = ""
    capacity: str = ""


def record_code_sent(
    session: AnySession,
    addressee: Addressee,
    message: Mapping[str, JSON],
    client: Mapping[str, str],
    now: datetime,
) -> None:
    """Record that a code left for the addressee's address.

    :param message: `message_id`, and `server`: what the mail server said when it took it.
    :param client: `ip` and `user_agent` of the browser that asked for it.
    """
    facts = {"email": addressee.email, **message, **client}
    steps.write(session, addressee, EventKind.CODE_SENT, facts, now)


def record_control(
    session: AnySession, addressee: Addressee, control: Control, client: Mapping[str, str]
) -> None:
    """Record that the code was typed which went to the addressee's address.

    :param client: `ip` and `user_agent` of the browser in which it was.
    """
    facts = {"email": addressee.email, **control.facts(), **client}
    steps.write(session, addressee, EventKind.CODE_VERIFIED, facts, control.proven_at)


def record_correction(
    session: AnySession,
    addressee: Addressee,
    stated: Stated,
    client: Mapping[str, str],
    now: datetime,
) -> None:
    """Record that the recipient names himself otherwise than the sender did, if he does.

    The letter keeps the name that it was sent to.

    :param client: `ip` and `user_agent` of the browser.
    """
    if _same(stated.name) == _same(addressee.name):
        return
    facts = {"name": addressee.name, "declared_name": stated.name, **client}
    steps.write(session, addressee, EventKind.IDENTITY_CORRECTED, facts, now)


def _same(name: str) -> str:
    """Let capitals and spaces make no other name; an accent that was missing is a correction."""
    return " ".join(name.casefold().split())
