"""What was asked of individuals by mail, and the papers on which they agreed."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.accounts.models import Organisation, User
from webapp.database import Base

SHORTEST, USUAL, LONGEST = 3, 15, 30
"""How many days a person has to answer."""

_PENDING = text("state = 'pending'")


class RequestState(StrEnum):
    """What became of a request.

    `failed`: the mail reached nobody; `taken_back`: the sender did so before an answer came;
    `settled`: the sender noted a consent meanwhile, or the person gave it by another request.
    """

    PENDING = "pending"
    GIVEN = "given"
    REFUSED = "refused"
    UNANSWERED = "unanswered"
    FAILED = "failed"
    TAKEN_BACK = "taken_back"
    SETTLED = "settled"


class ConsentRequest(Base):
    """A mail that asks an individual to accept registered sends at one precise address.

    `number` names all that concerns this address's consent in the journal, `generation` counts its
    requests. `due_at` is when the worker has something to do: to send the mail, then to end the
    term, which runs from when the mail left (`sent_at`) to `ends_at`.
    """

    __tablename__ = "consent_request"
    __table_args__ = (
        UniqueConstraint("number", "generation"),
        Index(None, "organisation_id", "email"),
        Index(
            "ux_consent_request_pending",
            "organisation_id",
            "email",
            unique=True,
            sqlite_where=_PENDING,
            postgresql_where=_PENDING,
        ),
        Index(None, "due_at"),
        CheckConstraint(
            "state IN ('pending', 'given', 'refused', 'unanswered', 'failed',"
            " 'taken_back', 'settled')",
            name="state",
        ),
        CheckConstraint("days BETWEEN 3 AND 30", name="days"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey(Organisation.id))
    email: Mapped[str] = mapped_column(String(254))
    number: Mapped[str] = mapped_column(String(20))
    generation: Mapped[int]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    message_id: Mapped[str] = mapped_column(String(320), unique=True)
    days: Mapped[int]
    asked_at: Mapped[datetime]
    asked_by: Mapped[int] = mapped_column(ForeignKey(User.id))
    state: Mapped[str] = mapped_column(String(10), default=RequestState.PENDING)
    due_at: Mapped[datetime | None]
    leased_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    first_tried_at: Mapped[datetime | None]
    problem: Mapped[str] = mapped_column(Text, default="")
    sent_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]

    organisation: Mapped[Organisation] = relationship()


class ConsentDocument(Base):
    """A paper on which individuals agreed; its bytes stand under `digest` in the file store."""

    __tablename__ = "consent_document"

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey(Organisation.id), index=True)
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    kept_at: Mapped[datetime]
    kept_by_id: Mapped[int] = mapped_column(ForeignKey(User.id))
