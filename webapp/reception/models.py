"""What the recipient's pages keep beside the letter: a code, and when they were opened lately."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from webapp.database import Base
from webapp.letters.models import Addressee


class AddressCode(Base):
    """The code that was sent to a recipient's address last, as its keyed hash alone."""

    __tablename__ = "address_code"

    addressee_id: Mapped[int] = mapped_column(ForeignKey(Addressee.id), primary_key=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    tries: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime]


class Opening(Base):
    """That a recipient's page was opened from somewhere within the hour, and the journal has it."""

    __tablename__ = "opening"

    addressee_id: Mapped[int] = mapped_column(ForeignKey(Addressee.id), primary_key=True)
    client: Mapped[str] = mapped_column(String(64), primary_key=True)
    """A keyed hash: no address can be read in it."""
    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[datetime]
