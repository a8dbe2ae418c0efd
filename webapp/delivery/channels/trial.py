"""Notices of an installation without a mail server: they stay in the trial box."""

from datetime import datetime
from email.policy import SMTP

from sqlalchemy import select

from webapp.delivery.models import TrialMessage
from webapp.extensions import db
from webapp.letters.models import Addressee
from webapp.message import Mail


class TrialBox:
    """The "Boîte d'essai" in the application; a message handed over twice lies there once."""

    def __init__(self, now: datetime, addressee_id: int) -> None:
        self._now = now
        self._addressee_id = addressee_id

    def send(self, message: Mail, return_path: str = "") -> str:
        """Put the message in the box, whence nothing comes back; see `Channel.send`."""
        del return_path
        identifier = message["Message-ID"]
        known = select(TrialMessage.id).where(TrialMessage.message_id == identifier)
        if db.session.scalar(known) is None:
            addressee = db.session.get_one(Addressee, self._addressee_id)
            db.session.add(
                TrialMessage(
                    organisation_id=addressee.letter.organisation_id,
                    addressee_id=addressee.id,
                    message_id=identifier,
                    content=message.as_bytes(policy=SMTP),
                    arrived_at=self._now,
                )
            )
        db.session.commit()
        return "boîte d’essai"
