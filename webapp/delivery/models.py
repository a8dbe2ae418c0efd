"""What delivery keeps of its own: the messages of an installation without a mail server."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.accounts.models import Organisation
from webapp.database import Base
from webapp.letters.models import Addressee


class TrialMessage(Base):
    """A notice that stayed in the trial box ("Boîte d'essai") instead of leaving by SMTP."""

    __tablename__ = "trial_message"

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey(Organisation.id), index=True)
    addressee_id: Mapped[int] = mapped_column(ForeignKey(Addressee.id))
    message_id: Mapped[str] = mapped_column(String(120), unique=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    arrived_at: Mapped[datetime]

    addressee: Mapped[Addressee] = relationship()
