"""What this room keeps of a letter goes with it: messages in the trial box, and those returned."""

from collections.abc import Set

from sqlalchemy import delete, select

from webapp.database import AnySession
from webapp.delivery.models import ReturnedMessage, TrialMessage
from webapp.letters.models import Addressee, Letter


def erase(session: AnySession, letter: Letter) -> Set[str]:
    """Erase them in the caller's transaction; give the SHA-256 of the files that were kept."""
    addressees = select(Addressee.id).where(Addressee.letter_id == letter.id)
    session.execute(delete(TrialMessage).where(TrialMessage.addressee_id.in_(addressees)))
    gone = delete(ReturnedMessage).where(ReturnedMessage.addressee_id.in_(addressees))
    rows = session.execute(gone.returning(ReturnedMessage.digest, ReturnedMessage.is_kept))
    return {digest for digest, is_kept in rows if is_kept}
