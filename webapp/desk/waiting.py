"""What waits for this account: answers, letters to post, notices that failed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func

from webapp.accounts.models import User
from webapp.database import AnySession
from webapp.letters.models import Addressee, Letter
from webapp.letters.queries import visible_to
from webapp.letters.steps import State
from webapp.paper.queries import waiting

SHOWN = 5


@dataclass(frozen=True)
class WaitingLetter:
    """A letter in which some recipients are in one state; `ends_at` is the earliest end (UTC)."""

    number: str
    subject: str
    recipients: int
    ends_at: datetime | None


def unanswered(session: AnySession, user: User) -> Sequence[WaitingLetter]:
    """Give the letters that recipients have not answered, that whose time ends first at the top."""
    return _letters_in(session, user, State.NOTIFIED)


def undelivered(session: AnySession, user: User) -> Sequence[WaitingLetter]:
    """Give the letters whose notice some recipients could not get."""
    return _letters_in(session, user, State.FAILED)


def to_post(session: AnySession, user: User) -> int:
    """Count the paper letters that are to be printed and posted."""
    return session.scalar(waiting(user).with_only_columns(func.count())) or 0


def _letters_in(session: AnySession, user: User, state: State) -> Sequence[WaitingLetter]:
    ends_at = func.min(Addressee.expires_at)
    rows: Select[str, str, int, datetime | None] = (
        visible_to(user)
        .with_only_columns(Letter.number, Letter.subject, func.count(Addressee.id), ends_at)
        .join(Addressee, Addressee.letter_id == Letter.id)
        .where(Addressee.state == state, Letter.purged_at.is_(None))
        .group_by(Letter.id)
        .order_by(ends_at, Letter.submitted_at.desc())
        .limit(SHOWN)
    )
    return [WaitingLetter(*row) for row in session.execute(rows)]
