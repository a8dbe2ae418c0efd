"""The record of what was sent, and to whom."""

import hashlib
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.accounts.models import Organisation, User
from webapp.database import Base
from webapp.texts import fold


class Channel(StrEnum):
    """How a letter reaches one addressee: a notice by e-mail, or a paper letter by the post."""

    EMAIL = "email"
    PAPER = "paper"


class Letter(Base):
    """A letter as it was submitted; a later edit of anything else never changes it."""

    __tablename__ = "letter"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey(Organisation.id), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    submission_key: Mapped[str] = mapped_column(String(64), unique=True)
    subject: Mapped[str] = mapped_column(String(200))
    message: Mapped[str] = mapped_column(Text)
    own_reference: Mapped[str] = mapped_column(String(60), default="")
    sender_name: Mapped[str] = mapped_column(String(120))
    sender_email: Mapped[str] = mapped_column(String(254))
    sender_address: Mapped[str] = mapped_column(Text)
    names_sender: Mapped[bool]
    is_trial: Mapped[bool]
    submitted_at: Mapped[datetime]
    paused_at: Mapped[datetime | None]
    """Since when its notices are held back; None: they leave."""
    leaves_at: Mapped[datetime | None]
    """When its notices begin to leave, where a date was given; none: they did so at once."""
    reminder_days: Mapped[int] = mapped_column(default=0)
    """From one reminder to the next; 0: there are none."""
    search_text: Mapped[str] = mapped_column(Text, default="")
    purged_at: Mapped[datetime | None]
    """When all that it said and named was erased, its term being over; none: it is all there."""

    addressees: Mapped[list["Addressee"]] = relationship(
        back_populates="letter", order_by="Addressee.position"
    )
    attachments: Mapped[list["Attachment"]] = relationship(order_by="Attachment.position")
    author: Mapped[User] = relationship()

    @property
    def message_sha256(self) -> str:
        """The SHA-256, in hexadecimal, of the message's UTF-8 bytes."""
        return hashlib.sha256(self.message.encode()).hexdigest()


class Attachment(Base):
    """A file that goes with a letter; its bytes stand under `digest` in the file store."""

    __tablename__ = "attachment"
    __table_args__ = (UniqueConstraint("letter_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey(Letter.id))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))


class Addressee(Base):
    """A recipient frozen into one letter, its state, and what is due next.

    One without a name is of a letter that was erased: nothing says any more who it was.
    `due_at` is when the worker has something to do, None when nothing is left to do;
    `leased_until` is how long a worker may hold the row without another taking it.
    """

    __tablename__ = "addressee"
    __table_args__ = (
        UniqueConstraint("letter_id", "position"),
        Index(None, "due_at"),
        Index(None, "letter_id", "state"),
        Index(None, "told_at", "outcome_at"),
        CheckConstraint("status IN ('professional', 'individual')", name="status"),
        CheckConstraint(
            "(channel = 'email' AND (email <> '' OR name = '') AND state IN "
            "('submitted', 'notified', 'accepted', 'rejected', 'expired', 'failed', 'cancelled'))"
            " OR (channel = 'paper' AND (postal_address <> '' OR name = '') AND state IN "
            "('to_post', 'posted', 'delivered', 'returned', 'cancelled'))",
            name="state",
        ),
        CheckConstraint(
            "state <> 'notified' OR (notified_at IS NOT NULL AND expires_at IS NOT NULL)",
            name="notified",
        ),
        CheckConstraint(
            "state NOT IN ('accepted', 'rejected') OR answered_at IS NOT NULL", name="answered"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey(Letter.id))
    position: Mapped[int]
    number: Mapped[str] = mapped_column(String(20), unique=True)
    channel: Mapped[str] = mapped_column(String(10), default=Channel.EMAIL)
    email: Mapped[str] = mapped_column(String(254))
    name: Mapped[str] = mapped_column(String(400))
    status: Mapped[str] = mapped_column(String(20))
    postal_address: Mapped[str] = mapped_column(Text)
    consent: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(20), default="submitted")
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    token_generation: Mapped[int] = mapped_column(default=1)
    message_id: Mapped[str] = mapped_column(String(120), unique=True)
    due_at: Mapped[datetime | None]
    leased_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    first_tried_at: Mapped[datetime | None]
    """When a server first answered about this recipient without taking the notice."""
    problem: Mapped[str] = mapped_column(Text, default="")
    notified_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    reminder_number: Mapped[int] = mapped_column(default=0)
    """Of the last reminder that left or was given up."""
    reminder_tries: Mapped[int] = mapped_column(default=0)
    """How often the next one could not be sent so far."""
    reminded_at: Mapped[datetime | None]
    reminders_stopped_at: Mapped[datetime | None]
    outcome_at: Mapped[datetime | None]
    """When the worker or the recipient brought the letter to one of `steps.OUTCOMES`."""
    told_at: Mapped[datetime | None]
    """When the sender was told of it; none: he is to be told."""
    search_text: Mapped[str] = mapped_column(Text, default="")
    consent_request_id: Mapped[int | None] = mapped_column(
        ForeignKey("consent_request.id"), index=True
    )
    """The request on whose answer the notice waits; none: it waits for no consent."""

    letter: Mapped[Letter] = relationship(back_populates="addressees")

    @property
    def place(self) -> str:
        """Where he lives, on one line: the printed address without the line that is his name."""
        return ", ".join(line for line in self.postal_address.splitlines() if line != self.name)


def searched(name: str, email: str, postal_address: str) -> str:
    """Give the `search_text` by which an addressee is found: folded, as what is typed will be."""
    return fold(f"{name} {email} {postal_address}")
