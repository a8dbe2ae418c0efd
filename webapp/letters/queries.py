"""What pages show of letters: each account's own, an administrator's whole organisation."""

from collections.abc import Mapping

from sqlalchemy import Select, func, select

from webapp.accounts.models import User
from webapp.database import AnySession
from webapp.letters.models import Addressee, Letter
from webapp.letters.numbers import hashed
from webapp.letters.steps import MOVING
from webapp.web.paging import Page, page_of

Counts = Mapping[str, int]


def visible_to(user: User) -> Select[Letter]:
    """Begin every query on letters: those of the organisation that this account may see."""
    letters = select(Letter).where(Letter.organisation_id == user.organisation_id)
    return letters if user.sees_all_letters else letters.where(Letter.author_id == user.id)


def letters_page(session: AnySession, user: User, number: int) -> Page[tuple[Letter, Counts]]:
    """Give a page of letters, the newest first, each with its addressees counted by state."""
    newest = visible_to(user).order_by(Letter.submitted_at.desc(), Letter.id.desc())
    page = page_of(session, newest, number)
    counts = _counts(session, [letter.id for letter in page.items])
    lines = [(letter, counts.get(letter.id, {})) for letter in page.items]
    return Page(lines, page.number, page.total)


def letter_of(session: AnySession, user: User, number: str) -> Letter | None:
    """Find a letter by its number, if this account may see it."""
    return session.scalar(visible_to(user).where(Letter.number == number))


def addressees_page(session: AnySession, letter: Letter, number: int) -> Page[Addressee]:
    """Give a page of a letter's addressees, in the order in which they were written."""
    rows = select(Addressee).where(Addressee.letter_id == letter.id)
    return page_of(session, rows.order_by(Addressee.position), number)


def counts_of(session: AnySession, letter: Letter) -> Counts:
    """Count a letter's addressees by state; states that nobody is in are left out."""
    return _counts(session, [letter.id]).get(letter.id, {})


def is_moving(counts: Counts) -> bool:
    """Say whether anything can still happen to one of the addressees counted."""
    return any(counts.get(state) for state in MOVING)


def addressee_by_token(session: AnySession, secret: str) -> Addressee | None:
    """Find the addressee whose secret address this is."""
    return session.scalar(select(Addressee).where(Addressee.token_hash == hashed(secret)))


def _counts(session: AnySession, letter_ids: list[int]) -> dict[int, dict[str, int]]:
    rows = session.execute(
        select(Addressee.letter_id, Addressee.state, func.count())
        .where(Addressee.letter_id.in_(letter_ids))
        .group_by(Addressee.letter_id, Addressee.state)
    )
    counts: dict[int, dict[str, int]] = {}
    for letter_id, state, count in rows:
        counts.setdefault(letter_id, {})[state] = count
    return counts
