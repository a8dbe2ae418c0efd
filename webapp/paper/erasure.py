"""What this room keeps of a letter goes with it: what the post said, and its scanned papers."""

from collections.abc import Set

from sqlalchemy import delete, exists, select, update

from webapp.database import AnySession
from webapp.letters.models import Addressee, Letter
from webapp.paper.models import Deposit, DepositDocument, DepositItem


def erase(session: AnySession, letter: Letter) -> Set[str]:
    """Erase it in the caller's transaction, once the letter itself is marked as erased.

    A slip or receipt may name the recipients of several letters: it goes with the last of them.

    :returns: the SHA-256 of the papers that were kept.
    """
    addressees = select(Addressee.id).where(Addressee.letter_id == letter.id)
    own = DepositItem.addressee_id.in_(addressees)
    session.execute(update(DepositItem).where(own).values(item_number="", outcome_note=""))
    still_there = (
        select(DepositItem.id)
        .join(Addressee, Addressee.id == DepositItem.addressee_id)
        .join(Letter, Letter.id == Addressee.letter_id)
        .where(DepositItem.deposit_id == Deposit.id, Letter.purged_at.is_(None))
    )
    over = select(Deposit.id).where(
        exists().where(DepositItem.deposit_id == Deposit.id, own), ~still_there.exists()
    )
    session.execute(
        update(Deposit).where(Deposit.id.in_(over)).values(reference=""),
        execution_options={"synchronize_session": False},
    )
    gone = delete(DepositDocument).where(DepositDocument.deposit_id.in_(over))
    return set(
        session.scalars(
            gone.returning(DepositDocument.digest),
            execution_options={"synchronize_session": False},
        )
    )
