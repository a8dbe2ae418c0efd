"""Handing paper letters over to the post, and writing down what the post says of them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import select

from webapp.accounts.models import User
from webapp.accounts.tokens import new_number
from webapp.database import AnySession
from webapp.letters import steps
from webapp.letters.models import Addressee
from webapp.letters.term import PARIS
from webapp.paper import item_numbers, queries
from webapp.paper.models import Deposit, DepositItem


class DepositProblem(Exception):
    """Something that cannot be written of a deposit; its class says what."""


class NothingToPost(DepositProblem):
    """None of the letters waits to be posted."""


class TrialsMixed(DepositProblem):
    """Trials, which do not go to the post, stand beside real letters, which do."""


class NumberMissing(DepositProblem):
    """Letters have not been given the post's number yet; `positions` says which."""

    def __init__(self, positions: Sequence[int]) -> None:
        super().__init__()
        self.positions = positions


class NumberTaken(DepositProblem):
    """Letters would bear a number that another has; `numbers` gives it by their positions."""

    def __init__(self, numbers: Mapping[int, str]) -> None:
        super().__init__()
        self.numbers = numbers


class DayImpossible(DepositProblem):
    """A day that is still to come, or before the letters were submitted."""


class TooLate(DepositProblem):
    """The deposit has been posted, or keeps a paper of the post: it stays as it is."""


def at_first_chosen(waiting: Sequence[Addressee]) -> Sequence[Addressee]:
    """Give those of the letters that wait that may go together: the real ones before trials."""
    real = [one for one in waiting if not one.letter.is_trial]
    return real or waiting


def prepare(
    session: AnySession,
    user: User,
    numbers: Sequence[str],
    level: str,
    reference: str,
    key: str,
    now: datetime,
) -> Deposit:
    """Put letters together for one walk to the post; the caller commits.

    :param numbers: of the sends that go; those that do not wait any more stay out.
    :param key: made when the page was shown; the same never makes a second deposit.
    :raises NothingToPost: none of them waits.
    :raises TrialsMixed: some are trials and others are not.
    """
    made = session.scalar(select(Deposit).where(Deposit.key == key, Deposit.made_by_id == user.id))
    if made is not None:
        return made
    chosen = set(numbers)
    going = [one for one in queries.to_post(session, user) if one.number in chosen]
    if not going:
        raise NothingToPost
    kinds = {one.letter.is_trial for one in going}
    if len(kinds) > 1:
        raise TrialsMixed
    deposit = Deposit(
        organisation_id=user.organisation_id,
        number=new_number(),
        key=key,
        level=level,
        reference=reference,
        is_trial=kinds == {True},
        made_at=now,
        made_by_id=user.id,
    )
    deposit.items = [
        DepositItem(organisation_id=user.organisation_id, addressee_id=one.id, position=position)
        for position, one in enumerate(going, start=1)
    ]
    session.add(deposit)
    session.flush()
    return deposit


def take_apart(session: AnySession, deposit: Deposit) -> None:
    """Give the letters of a deposit that was not posted back to those that wait.

    :raises TooLate: it was posted, or keeps a scanned paper, which would be lost with it.
    """
    if deposit.posted_on or deposit.documents:
        raise TooLate
    for item in deposit.items:
        session.delete(item)
    session.flush()
    session.delete(deposit)


def number_items(
    session: AnySession, deposit: Deposit, texts: Mapping[int, str], first: str
) -> None:
    """Write down the post's numbers of the letters that go; the caller commits.

    :param texts: by the item's position, as typed.
    :param first: fills the empty ones with consecutive numbers, where given.
    :raises TooLate: the deposit was posted.
    :raises Uncountable: it is not known which numbers follow the first.
    :raises NumberTaken: a number stands twice.
    """
    if deposit.posted_on:
        raise TooLate
    first, filled = _clean(first), ""
    numbers: dict[int, str] = {}
    for item in deposit.going:
        number = _clean(texts.get(item.position, item.item_number))
        if not number and first:
            number = filled = item_numbers.following(filled) if filled else first
        numbers[item.position] = number
    _require_free(session, deposit, {at: number for at, number in numbers.items() if number})
    for item in deposit.items:
        item.item_number = ""
    session.flush()
    for item in deposit.going:
        item.item_number = numbers[item.position]


def post(
    session: AnySession,
    deposit: Deposit,
    posted_on: date,
    price_cents: int | None,
    now: datetime,
) -> None:
    """Write down that the post took the deposit, on the day of its stamp; the caller commits.

    Letters that were cancelled meanwhile leave the deposit.

    :param price_cents: what the post takes for each letter, in euro cents.
    :raises TooLate: it was posted before.
    :raises NothingToPost: all its letters were cancelled.
    :raises NumberMissing: a letter has no number of the post.
    :raises DayImpossible: the day is to come, or before the letters were submitted.
    """
    if deposit.posted_on:
        raise TooLate
    if not deposit.going:
        raise NothingToPost
    for item in set(deposit.items).difference(deposit.going):
        deposit.items.remove(item)
        session.delete(item)
    missing = [item.position for item in deposit.items if not item.item_number]
    if missing:
        raise NumberMissing(missing)
    require_possible(posted_on, _submitted_on(deposit), now)
    deposit.posted_on, deposit.posted_at = posted_on, now
    for item in deposit.items:
        item.price_cents = price_cents
        facts = {
            "item_number": item.item_number,
            "level": deposit.level,
            "deposit": deposit.number,
            "price_cents": price_cents,
        }
        steps.post(session, item.addressee, facts, posted_on, now)


def _require_free(session: AnySession, deposit: Deposit, numbers: Mapping[int, str]) -> None:
    elsewhere = select(DepositItem.item_number).where(
        DepositItem.organisation_id == deposit.organisation_id,
        DepositItem.deposit_id != deposit.id,
        DepositItem.item_number.in_(numbers.values()),
    )
    taken, counts = set(session.scalars(elsewhere)), Counter(numbers.values())
    doubled = {at: one for at, one in numbers.items() if counts[one] > 1 or one in taken}
    if doubled:
        raise NumberTaken(doubled)


def require_possible(day: date, first: date | None, now: datetime) -> None:
    """Refuse a day to come, or before the first that can be (both in Europe/Paris).

    :raises DayImpossible: it is one.
    """
    if day > now.astimezone(PARIS).date() or (first is not None and day < first):
        raise DayImpossible


def _submitted_on(deposit: Deposit) -> date | None:
    moments = [item.addressee.letter.submitted_at for item in deposit.items]
    return max(moments).astimezone(PARIS).date() if moments else None


def _clean(text: str) -> str:
    return " ".join(text.upper().split())[:40]
