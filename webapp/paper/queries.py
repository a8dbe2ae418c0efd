"""What the pages of paper letters show, to each account those of the letters it may see."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Select, select

from webapp.accounts.models import User
from webapp.database import AnySession
from webapp.letters.models import Addressee, Letter
from webapp.letters.queries import visible_to
from webapp.letters.steps import State
from webapp.paper.models import Deposit, DepositDocument, DepositItem, EnvelopeWindow
from webapp.paper.printing import Window
from webapp.web.paging import Page, page_of


def visible_deposits(user: User) -> Select[Deposit]:
    """Begin every query on deposits: those with a letter that one sees, or all."""
    deposits = select(Deposit).where(Deposit.organisation_id == user.organisation_id)
    if user.sees_all_letters:
        return deposits
    seen = select(DepositItem.deposit_id).join(DepositItem.addressee)
    seen = seen.where(Addressee.letter_id.in_(_letters(user)))
    return deposits.where(Deposit.id.in_(seen))


def may_change(session: AnySession, user: User, deposit: Deposit) -> bool:
    """Say whether an account may write in a deposit: who made it, while he sees all its letters."""
    if user.sees_all_letters:
        return True
    letters = set(session.scalars(_letters(user)))
    is_own = all(item.addressee.letter_id in letters for item in deposit.items)
    return is_own and deposit.made_by_id == user.id


def seen_items(session: AnySession, user: User, deposit: Deposit) -> Sequence[DepositItem]:
    """Give the letters of a deposit that an account may see, those cancelled among them."""
    if user.sees_all_letters:
        return deposit.items
    letters = set(session.scalars(_letters(user)))
    return [item for item in deposit.items if item.addressee.letter_id in letters]


def waiting(user: User) -> Select[Addressee]:
    """Begin every query on paper letters that wait for the post, put together or not."""
    return select(Addressee).where(
        Addressee.letter_id.in_(_letters(user)), Addressee.state == State.TO_POST
    )


def to_post(session: AnySession, user: User) -> Sequence[Addressee]:
    """Give the paper letters that wait and stand in no deposit yet, by letter."""
    free = waiting(user).where(Addressee.id.not_in(select(DepositItem.addressee_id)))
    return session.scalars(free.order_by(Addressee.letter_id, Addressee.position)).all()


def deposits_page(session: AnySession, user: User, number: int) -> Page[Deposit]:
    """Give a page of the deposits, the latest first."""
    latest = visible_deposits(user).order_by(Deposit.made_at.desc(), Deposit.id.desc())
    return page_of(session, latest, number)


def deposits_of(
    session: AnySession, user: User, addressees: Sequence[Addressee]
) -> Mapping[int, str]:
    """Give the numbers of the deposits in which paper letters stand, by the addressees' ids."""
    rows = (
        visible_deposits(user)
        .join(DepositItem, DepositItem.deposit_id == Deposit.id)
        .where(DepositItem.addressee_id.in_([one.id for one in addressees]))
        .with_only_columns(DepositItem.addressee_id, Deposit.number)
    )
    return dict(session.execute(rows).all())


def deposit_of(session: AnySession, user: User, number: str) -> Deposit | None:
    """Find a deposit by its number, if this account may see it."""
    return session.scalar(visible_deposits(user).where(Deposit.number == number))


def document_of(session: AnySession, deposit: Deposit, document_id: int) -> DepositDocument | None:
    """Find a scanned paper of a deposit."""
    return session.scalar(
        select(DepositDocument).where(
            DepositDocument.deposit_id == deposit.id, DepositDocument.id == document_id
        )
    )


def window_of(session: AnySession, organisation_id: int) -> Window:
    """Give where the window of the organisation's envelopes is; at first where it usually is."""
    kept = session.get(EnvelopeWindow, organisation_id)
    return Window(kept.top, kept.left) if kept else Window()


def has_paper(session: AnySession, user: User) -> bool:
    """Say whether anything waits to be posted, or ever was put together, for the navigation."""
    found = (waiting(user), visible_deposits(user))
    return any(session.scalar(rows.limit(1)) is not None for rows in found)


def _letters(user: User) -> Select[int]:
    return visible_to(user).with_only_columns(Letter.id)
