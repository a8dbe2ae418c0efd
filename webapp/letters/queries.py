"""What pages show of letters: each account's own, an administrator's whole organisation."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from webapp.accounts.models import User
from webapp.accounts.tokens import hashed
from webapp.database import AnySession
from webapp.letters.models import Addressee, Letter
from webapp.letters.steps import MOVING, State
from webapp.letters.term import PARIS
from webapp.texts import searched_words
from webapp.web.paging import Page, page_of

Counts = Mapping[str, int]


@dataclass(frozen=True)
class Wanted:
    """Which letters, or which addressees of one, are looked for; what is empty asks nothing.

    Words are looked for case and accents apart, in the subject, the reference, the number, and in
    names and addresses of recipients. Days are those of the deposit, in Europe/Paris, both whole.
    """

    words: str = ""
    state: str = ""
    since: date | None = None
    until: date | None = None

    def __bool__(self) -> bool:
        """Say whether anything is asked."""
        return self != Wanted()


def visible_to(user: User) -> Select[Letter]:
    """Begin every query on letters: those of the organisation that this account may see."""
    letters = select(Letter).where(Letter.organisation_id == user.organisation_id)
    return letters if user.sees_all_letters else letters.where(Letter.author_id == user.id)


def letters_page(
    session: AnySession, user: User, wanted: Wanted, number: int
) -> Page[tuple[Letter, Counts]]:
    """Give a page of letters, the newest first, each with its addressees counted by state."""
    found = _found(visible_to(user), wanted)
    newest = found.order_by(Letter.submitted_at.desc(), Letter.id.desc())
    page = page_of(session, newest, number)
    counts = _counts(session, [letter.id for letter in page.items])
    lines = [(letter, counts.get(letter.id, {})) for letter in page.items]
    return Page(lines, page.number, page.total)


def letter_of(session: AnySession, user: User, number: str) -> Letter | None:
    """Find a letter by its number, if this account may see it."""
    return session.scalar(visible_to(user).where(Letter.number == number))


def _found(letters: Select[Letter], wanted: Wanted) -> Select[Letter]:
    """Keep the letters that hold every word and are of these days, with someone in the state."""
    for word in searched_words(wanted.words):
        named = select(Addressee.letter_id).where(_holds(Addressee.search_text, word))
        letters = letters.where(
            or_(
                _holds(Letter.search_text, word),
                Letter.number == word.upper(),
                Letter.id.in_(named),
            )
        )
    if wanted.state:
        there = select(Addressee.letter_id).where(Addressee.state == wanted.state)
        letters = letters.where(Letter.id.in_(there))
    if wanted.since:
        letters = letters.where(Letter.submitted_at >= _start_of(wanted.since))
    if wanted.until:
        letters = letters.where(Letter.submitted_at < _start_of(wanted.until + timedelta(days=1)))
    return letters


def addressees_page(
    session: AnySession, letter: Letter, wanted: Wanted, number: int
) -> Page[Addressee]:
    """Give a page of a letter's addressees, in the order in which they were written."""
    rows = select(Addressee).where(Addressee.letter_id == letter.id)
    for word in searched_words(wanted.words):
        rows = rows.where(_holds(Addressee.search_text, word))
    if wanted.state:
        rows = rows.where(Addressee.state == wanted.state)
    return page_of(session, rows.order_by(Addressee.position), number)


def addressee_of(session: AnySession, letter: Letter, number: str) -> Addressee | None:
    """Find one addressee of a letter by the number of the send."""
    return session.scalar(
        select(Addressee).where(Addressee.letter_id == letter.id, Addressee.number == number)
    )


def addressees_in_order(session: AnySession, letter: Letter) -> Iterator[Addressee]:
    """Read all the addressees of a letter, a portion at a time."""
    rows = select(Addressee).where(Addressee.letter_id == letter.id).order_by(Addressee.position)
    return iter(session.scalars(rows.execution_options(yield_per=500)))


def counts_of(session: AnySession, letter: Letter) -> Counts:
    """Count a letter's addressees by state; states that nobody is in are left out."""
    return _counts(session, [letter.id]).get(letter.id, {})


def answers_until(session: AnySession, letter: Letter) -> datetime | None:
    """Give the end (UTC) of the last term that still runs for this letter; None: none runs."""
    return session.scalar(
        select(func.max(Addressee.expires_at)).where(
            Addressee.letter_id == letter.id, Addressee.state == State.NOTIFIED
        )
    )


def is_moving(counts: Counts) -> bool:
    """Say whether anything can still happen to one of the addressees counted."""
    return any(counts.get(state) for state in MOVING)


def addressee_by_token(session: AnySession, secret: str) -> Addressee | None:
    """Find the addressee whose secret address this is."""
    return session.scalar(select(Addressee).where(Addressee.token_hash == hashed(secret)))


def _holds(column: InstrumentedAttribute[str], word: str) -> ColumnElement[bool]:
    return column.contains(word, autoescape=True)


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time.min, PARIS)


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
