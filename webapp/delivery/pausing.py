"""Holding notices back, those of one letter or of all, and letting them leave again."""

from datetime import datetime

from sqlalchemy import select

from webapp.accounts import pace
from webapp.accounts.models import User
from webapp.accounts.pace_models import MailPace
from webapp.database import AnySession
from webapp.evidence.journal import (
    Event,
    append,
    letter_chain,
    letter_subject,
    organisation_chain,
)
from webapp.evidence.kinds import EventKind
from webapp.letters.models import Letter

INSTALLATION = "installation"
"""What an event is about that holds for every letter there is."""


def pause(session: AnySession, letter: Letter, user: User, now: datetime) -> None:
    """Hold back the notices of this letter that have not left; whoever asked commits.

    Those that a worker sends at this moment still leave. Pausing what is paused changes nothing.
    """
    if letter.paused_at is None:
        letter.paused_at = now
        _tell_of_letter(session, letter, EventKind.SENDING_PAUSED, user, now)


def resume(session: AnySession, letter: Letter, user: User, now: datetime) -> None:
    """Let the notices of this letter leave again; whoever asked commits."""
    if letter.paused_at is not None:
        letter.paused_at = None
        _tell_of_letter(session, letter, EventKind.SENDING_RESUMED, user, now)


def paused_since(session: AnySession) -> datetime | None:
    """Say since when no notice at all leaves this installation; None: they leave."""
    return session.scalar(select(MailPace.paused_at).where(MailPace.id == 1))


def pause_all(session: AnySession, user: User, now: datetime) -> None:
    """Hold back every notice of the installation; whoever asked commits.

    Password links and invitations still leave: people wait for them.
    """
    everything = pace.hold(session)
    if everything.paused_at is None:
        everything.paused_at = now
        _tell_of_all(session, EventKind.SENDING_PAUSED, user, now)


def resume_all(session: AnySession, user: User, now: datetime) -> None:
    """Let notices leave again, but for letters that are paused by themselves."""
    everything = pace.hold(session)
    if everything.paused_at is not None:
        everything.paused_at = None
        _tell_of_all(session, EventKind.SENDING_RESUMED, user, now)


def _tell_of_letter(
    session: AnySession, letter: Letter, kind: EventKind, user: User, now: datetime
) -> None:
    event = Event(kind, letter_subject(letter.number), {"decided_by": user.name})
    append(session, letter_chain(letter.number), [event], now)


def _tell_of_all(session: AnySession, kind: EventKind, user: User, now: datetime) -> None:
    event = Event(kind, INSTALLATION, {"decided_by": user.name})
    append(session, organisation_chain(user.organisation_id), [event], now)
