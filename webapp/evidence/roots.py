"""The roots that were made, as pages show them: stamped or not, mailed or not."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from webapp.database import AnySession
from webapp.evidence.witness import STAMP
from webapp.evidence.witness_models import DailyRoot, RootStamp, WitnessErrand


@dataclass(frozen=True)
class RootState:
    """A root, its stamp if it has one, why it has none yet, and the mails of it."""

    root: DailyRoot
    stamp: RootStamp | None
    problem: str
    mails: Sequence[WitnessErrand]

    @property
    def mailed(self) -> int:
        """How many of the witnesses were sent this root."""
        return sum(mail.done_at is not None for mail in self.mails)

    @property
    def mail_problem(self) -> str:
        """Why the first of those who were not sent it were not; empty while nothing was tried."""
        return next((mail.problem for mail in self.mails if mail.problem), "")


def recent(session: AnySession, count: int) -> list[RootState]:
    """Give the last roots, the newest first, in three questions to the database."""
    roots = session.scalars(select(DailyRoot).order_by(DailyRoot.number.desc()).limit(count)).all()
    numbers = [root.number for root in roots]
    asked = select(RootStamp).where(RootStamp.number.in_(numbers))
    stamps = {stamp.number: stamp for stamp in session.scalars(asked)}
    errands: defaultdict[int, list[WitnessErrand]] = defaultdict(list)
    of_them = select(WitnessErrand).where(WitnessErrand.number.in_(numbers))
    for errand in session.scalars(of_them.order_by(WitnessErrand.address)):
        errands[errand.number].append(errand)
    return [_state(root, stamps.get(root.number), errands[root.number]) for root in roots]


def last_stamp(session: AnySession) -> RootStamp | None:
    """Give the stamp that was asked for last."""
    return session.scalar(select(RootStamp).order_by(RootStamp.asked_at.desc()).limit(1))


def last_made_at(session: AnySession) -> datetime | None:
    """Give when the last root was made."""
    return session.scalar(select(func.max(DailyRoot.made_at)))


def _state(root: DailyRoot, stamp: RootStamp | None, errands: Sequence[WitnessErrand]) -> RootState:
    problem = next((errand.problem for errand in errands if errand.address == STAMP), "")
    return RootState(root, stamp, problem, [one for one in errands if one.address != STAMP])
