"""What delivery keeps of its own: trial messages, languages chosen, and workers seen."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, UniqueConstraint
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


class LanguageChoice(Base):
    """The language that a recipient chose for what one organisation sends to his address."""

    __tablename__ = "language_choice"
    __table_args__ = (
        UniqueConstraint("organisation_id", "email"),
        CheckConstraint("language IN ('fr', 'en')", name="language"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey(Organisation.id))
    email: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(5))
    chosen_at: Mapped[datetime]


class ReturnedMessage(Base):
    """A message that came back about a notice, known by its bytes so that it counts once.

    The bytes stand under `digest` in the file store where the notice failed by it, and only there:
    the notice that is returned in it holds the recipient's secret address, which is dead then.
    """

    __tablename__ = "returned_message"
    __table_args__ = (
        UniqueConstraint("addressee_id", "digest"),
        CheckConstraint("kind IN ('failed', 'delayed', 'delivered', 'automatic')", name="kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    addressee_id: Mapped[int] = mapped_column(ForeignKey(Addressee.id))
    digest: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(10))
    is_kept: Mapped[bool]
    arrived_at: Mapped[datetime]

    addressee: Mapped[Addressee] = relationship()


class WorkerSighting(Base):
    """A machine on which a worker runs, or ran, and when it was last seen there."""

    __tablename__ = "worker_sighting"

    machine: Mapped[str] = mapped_column(String(255), primary_key=True)
    seen_at: Mapped[datetime]
