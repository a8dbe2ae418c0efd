"""How long letters are kept, and which of them have come to their end.

CPCE art. R53-2 and R53-3: one year at least. The organisation chooses a longer term; it is counted
from the last thing that happened to a letter.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, exists, func, literal, select

from webapp.accounts.models import Organisation, User
from webapp.database import AnySession
from webapp.evidence.journal import letter_chain
from webapp.evidence.models import JournalEntry
from webapp.evidence.purge import last_event_at, years_later
from webapp.letters.models import Addressee, Letter
from webapp.letters.queries import visible_to
from webapp.letters.steps import State

LEAST_YEARS, MOST_YEARS = 1, 30
NOTICE = timedelta(days=30)
"""How long beforehand people are told what will be erased."""

HOLDING = (State.SUBMITTED, State.NOTIFIED, State.TO_POST)
"""The states of which something is still to come: a letter with one of them stays."""

SHOWN = 10


@dataclass(frozen=True)
class Ending:
    """A letter that will be erased, and the moment (UTC) from which it may be at any time."""

    letter: Letter
    ends_at: datetime


@dataclass(frozen=True)
class Endings:
    """The letters that will be erased first, and how many there are in all."""

    first: Sequence[Ending]
    total: int


def ground(years: int) -> str:
    """Say, in French and for ever, by which rule a letter of an organisation was erased."""
    told = f"{years} ans" if years > 1 else "1 an"
    return (
        f"durée de conservation de l’organisation\N{NO-BREAK SPACE}: {told} après le dernier "
        "événement (CPCE art. R53-2 et R53-3\N{NO-BREAK SPACE}: une année au moins)"
    )


def ends_at(session: AnySession, letter: Letter, organisation: Organisation) -> datetime:
    """Give the moment (UTC) from which a letter may be erased, if nothing more happens to it."""
    last = last_event_at(session, letter_chain(letter.number)) or letter.submitted_at
    term = years_later(last, organisation.keeping_years)
    return max(term, organisation.erases_from or term)


def due(session: AnySession, organisation: Organisation, now: datetime) -> Sequence[int]:
    """Name the letters of an organisation that may have to go by now; `is_due` says it for one."""
    if organisation.erases_from is not None and now < organisation.erases_from:
        return []
    ended = _ended(organisation.id, organisation.keeping_years, now)
    return session.scalars(ended.with_only_columns(Letter.id).order_by(Letter.id)).all()


def is_due(session: AnySession, letter: Letter, organisation: Organisation, now: datetime) -> bool:
    """Say whether a letter is to be erased: its term is over, and nothing of it still moves."""
    moving = Addressee.letter_id == letter.id, Addressee.state.in_(HOLDING)
    if letter.purged_at is not None or session.scalar(select(Addressee.id).where(*moving).limit(1)):
        return False
    return ends_at(session, letter, organisation) <= now


def soon(session: AnySession, user: User, now: datetime) -> Endings:
    """Tell an account which of the letters it sees will be erased within thirty days."""
    organisation = user.organisation
    if organisation.erases_from is not None and now + NOTICE < organisation.erases_from:
        return Endings([], 0)
    years = organisation.keeping_years
    ending = _ended(organisation.id, years, now + NOTICE)
    seen = ending.where(Letter.id.in_(visible_to(user).with_only_columns(Letter.id)))
    total = session.scalar(seen.with_only_columns(func.count())) or 0
    first = session.scalars(seen.order_by(Letter.submitted_at, Letter.id).limit(SHOWN))
    told = [Ending(letter, ends_at(session, letter, organisation)) for letter in first]
    return Endings(told, total)


def would_end(session: AnySession, organisation_id: int, years: int, by: datetime) -> int:
    """Count the letters of an organisation that a term of so many years would end by a moment."""
    ending = _ended(organisation_id, years, by)
    return session.scalar(ending.with_only_columns(func.count())) or 0


def change_term(organisation: Organisation, years: int, now: datetime) -> None:
    """Keep letters longer from now on, or shorter: then nothing goes before thirty days.

    :raises ValueError: the law wants a year at least, and thirty are the most.
    """
    if not LEAST_YEARS <= years <= MOST_YEARS:
        raise ValueError("letters are kept from one to thirty years")
    if years < organisation.keeping_years:
        organisation.erases_from = now + NOTICE
    organisation.keeping_years = years


def _ended(organisation_id: int, years: int, by: datetime) -> Select[Letter]:
    """Choose letters of which nothing moves and nothing happened for so long, to within a day."""
    before = _years_before(by, years)
    chain = literal(letter_chain("")) + Letter.number
    return select(Letter).where(
        Letter.organisation_id == organisation_id,
        Letter.purged_at.is_(None),
        Letter.submitted_at <= before,
        ~exists().where(Addressee.letter_id == Letter.id, Addressee.state.in_(HOLDING)),
        ~exists().where(JournalEntry.chain == chain, JournalEntry.occurred_at > before),
    )


def _years_before(moment: datetime, years: int) -> datetime:
    return years_later(moment, -years)
