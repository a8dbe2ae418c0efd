"""When the notices of a letter will have left, and what keeps them: one answer for every page."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, and_, func, or_, select

from config import Config
from webapp.accounts import pace
from webapp.accounts.mail_problems import OF_THE_SERVER, told
from webapp.database import AnySession
from webapp.delivery import holding, pausing
from webapp.delivery.mail_trial import ADVICE
from webapp.letters.models import Addressee, Letter
from webapp.letters.steps import State


@dataclass(frozen=True)
class Hindrance:
    """Why notices wait that nothing is wrong with, and what to do about it, in words."""

    why: str
    advice: str
    notices: int


@dataclass(frozen=True)
class Outlook:
    """What becomes of the notices of a letter that have not left.

    :param waiting: how many there are that wait for no consent; while there are none, what follows
        is None.
    :param paused_at: since when the sender holds them back; None: he does not.
    :param all_paused_at: since when no notice of the installation leaves.
    :param last_at: when the last of them leaves, as the limits go (aware); None where no limit is
        set, or where nobody knows because they are paused or cannot leave.
    :param asked: how many others wait for the consent of an individual.
    """

    waiting: int
    paused_at: datetime | None = None
    all_paused_at: datetime | None = None
    hindrance: Hindrance | None = None
    last_at: datetime | None = None
    asked: int = 0

    @property
    def is_held(self) -> bool:
        """Say whether none of them leaves before somebody does something about it."""
        return bool(self.paused_at or self.all_paused_at or self.hindrance)


def outlook(session: AnySession, config: Config, letter: Letter, now: datetime) -> Outlook:
    """Say what becomes of a letter's notices.

    :param now: an aware moment.
    """
    mine = (Addressee.letter_id == letter.id, Addressee.state == State.SUBMITTED)
    is_free = Addressee.consent_request_id.is_(None)
    counted = func.count(), func.max(Addressee.due_at), func.max(Addressee.id)
    waiting, last_due, last_id = session.execute(select(*counted).where(*mine, is_free)).one()
    asked = session.scalar(select(func.count()).where(*mine, ~is_free)) or 0
    if not waiting:
        return Outlook(0, letter.paused_at, asked=asked)
    all_paused_at = pausing.paused_since(session)
    if letter.paused_at or all_paused_at or letter.is_trial:
        return Outlook(waiting, letter.paused_at, all_paused_at, asked=asked)
    if hindrance := hindrance_of(session, select(Letter.id).where(Letter.id == letter.id)):
        return Outlook(waiting, hindrance=hindrance, asked=asked)
    if last_due is None or not pace.limits(session, config):
        return Outlook(waiting, asked=asked)
    number = _waiting_until(session, last_due, last_id)
    last_at = pace.ledger(session, config, now).moment_of(number, now)
    return Outlook(waiting, last_at=max(last_due, last_at), asked=asked)


def hindrance_of(session: AnySession, letter_ids: Select[int]) -> Hindrance | None:
    """Say what keeps the notices of these letters for everybody alike, if anything does."""
    kept = session.execute(
        select(Addressee.problem, func.count())
        .where(
            Addressee.letter_id.in_(letter_ids),
            Addressee.state == State.SUBMITTED,
            Addressee.problem != "",
        )
        .group_by(Addressee.problem)
    )
    counts = Counter({why: count for why, count in kept if _stage(why) in OF_THE_SERVER})
    if not counts:
        return None
    ((problem, _count),) = counts.most_common(1)
    return Hindrance(told(problem), str(ADVICE.get(_stage(problem), "")), counts.total())


def _stage(problem: str) -> str:
    return problem.partition(": ")[0]


def _waiting_until(session: AnySession, last_due: datetime, last_id: int) -> int:
    """Count the notices, whoever's they are, that leave before this one or with it."""
    earlier = or_(
        Addressee.due_at < last_due, and_(Addressee.due_at == last_due, Addressee.id <= last_id)
    )
    waiting = select(func.count()).where(earlier, holding.by_mail_server(), holding.may_leave())
    return session.scalar(waiting) or 1
