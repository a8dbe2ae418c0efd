"""What this room keeps of a letter goes with it: recipients' codes, and when pages were opened."""

from sqlalchemy import delete, select

from webapp.database import AnySession
from webapp.letters.models import Addressee, Letter
from webapp.reception.models import AddressCode, Opening


def erase(session: AnySession, letter: Letter) -> None:
    """Erase it in the caller's transaction; what the journal says of it goes with the chain."""
    addressees = select(Addressee.id).where(Addressee.letter_id == letter.id)
    for table in (AddressCode, Opening):
        session.execute(delete(table).where(table.addressee_id.in_(addressees)))
