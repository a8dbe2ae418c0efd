"""What is handed over to the post together, and what the post gives back."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.accounts.models import Organisation, User
from webapp.database import Base
from webapp.letters.models import Addressee
from webapp.letters.steps import State


class Level(StrEnum):
    """How far the post answers for a registered letter (arrêté of 7 February 2007)."""

    R1 = "R1"
    R2 = "R2"
    R3 = "R3"


class Deposit(Base):
    """Paper letters that go to the post together, on one slip.

    `posted_on` is the day of the post's stamp, `posted_at` when somebody said so; both None before.
    """

    __tablename__ = "deposit"
    __table_args__ = (
        CheckConstraint("level IN ('R1', 'R2', 'R3')", name="level"),
        CheckConstraint("(posted_on IS NULL) = (posted_at IS NULL)", name="posted"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey(Organisation.id), index=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    level: Mapped[str] = mapped_column(String(2))
    reference: Mapped[str] = mapped_column(String(60))
    is_trial: Mapped[bool]
    made_at: Mapped[datetime]
    made_by_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    posted_on: Mapped[date | None]
    posted_at: Mapped[datetime | None]

    items: Mapped[list["DepositItem"]] = relationship(
        back_populates="deposit", order_by="DepositItem.position", lazy="selectin"
    )
    documents: Mapped[list["DepositDocument"]] = relationship(order_by="DepositDocument.id")
    organisation: Mapped[Organisation] = relationship()
    made_by: Mapped[User] = relationship()

    @property
    def going(self) -> list["DepositItem"]:
        """The letters that go to the post: none that was cancelled meanwhile, or erased since."""
        if self.posted_on:
            return [item for item in self.items if item.addressee.name]
        return [item for item in self.items if item.addressee.state == State.TO_POST]

    @property
    def awaited(self) -> list["DepositItem"]:
        """The letters posted of which the post has not said yet what became."""
        return [item for item in self.going if self.posted_on and item.outcome_on is None]


class DepositItem(Base):
    """One letter of a deposit; `item_number` is the post's own, empty until it is known.

    `outcome_on` is the day the post delivered it or gave it back; `outcome_note` who signed, or why
    it came back. `price_cents` is what the post took, in euro cents.
    """

    __tablename__ = "deposit_item"
    __table_args__ = (
        UniqueConstraint("deposit_id", "position"),
        Index(
            "uq_deposit_item_organisation_id_item_number",
            "organisation_id",
            "item_number",
            unique=True,
            sqlite_where=text("item_number <> ''"),
            postgresql_where=text("item_number <> ''"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    deposit_id: Mapped[int] = mapped_column(ForeignKey(Deposit.id))
    organisation_id: Mapped[int] = mapped_column(ForeignKey(Organisation.id))
    addressee_id: Mapped[int] = mapped_column(ForeignKey(Addressee.id), unique=True)
    position: Mapped[int]
    item_number: Mapped[str] = mapped_column(String(40), default="")
    price_cents: Mapped[int | None]
    outcome_on: Mapped[date | None]
    outcome_note: Mapped[str] = mapped_column(String(200), default="")

    deposit: Mapped[Deposit] = relationship(back_populates="items")
    addressee: Mapped[Addressee] = relationship(lazy="joined", innerjoin=True)


class DepositDocument(Base):
    """A scanned slip or receipt of the post; its bytes stand under `digest` in the file store."""

    __tablename__ = "deposit_document"
    __table_args__ = (UniqueConstraint("deposit_id", "digest"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    deposit_id: Mapped[int] = mapped_column(ForeignKey(Deposit.id))
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    kept_at: Mapped[datetime]
    kept_by_id: Mapped[int] = mapped_column(ForeignKey(User.id))


class EnvelopeWindow(Base):
    """Where the window of an organisation's envelopes is, in mm from the sheet's top and left."""

    __tablename__ = "envelope_window"

    organisation_id: Mapped[int] = mapped_column(ForeignKey(Organisation.id), primary_key=True)
    top: Mapped[int]
    left: Mapped[int]
