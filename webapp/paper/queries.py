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
    """Begin every query on deposits: the organisation's, or one's own."""
    deposits = select(Deposit).where(Deposit.organisation_id == user.organisation_id)
    return deposits if user.sees_all_letters else deposits.where(Deposit.made_by_id == user.id)


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


def keep_window(session: AnySession, organisation_id: int, window: Window) -> None:
    """Keep where the window is; the caller commits."""
    kept = session.get(EnvelopeWindow, organisation_id)
    if kept is None:
        kept = EnvelopeWindow(organisation_id=organisation_id, top=window.top, left=window.left)
        session.add(kept)
    kept.top, kept.left = window.top, window.left


def has_paper(session: AnySession, user: User) -> bool:
    """Say whether anything waits to be posted, or ever was put together, for the navigation."""
    letters = visible_to(user).with_only_columns(Letter.id)
    waiting = select(Addressee.id).where(
        Addressee.letter_id.in_(letters), Addressee.state == State.TO_POST
    )
    kept = visible_deposits(user).with_only_columns(Deposit.id)
    return any(session.scalar(rows.limit(1)) is not None for rows in (waiting, kept))
