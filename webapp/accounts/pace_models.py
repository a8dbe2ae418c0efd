"""How fast mail may leave, what has left lately, and whether notices are held back."""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.database import Base


class MailPace(Base):
    """The one row, there from the start, that says how fast notices leave; also what is locked.

    A limit that is None is none. While `paused_at` is set, no notice leaves the installation.
    """

    __tablename__ = "mail_pace"
    __table_args__ = (
        CheckConstraint("id = 1", name="single"),
        CheckConstraint("per_minute > 0", name="per_minute"),
        CheckConstraint("per_hour > 0", name="per_hour"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    per_minute: Mapped[int | None]
    per_hour: Mapped[int | None]
    paused_at: Mapped[datetime | None]


class Departures(Base):
    """How many messages left in one minute of the clock (UTC); those of yesterday are swept."""

    __tablename__ = "departures"

    minute: Mapped[datetime] = mapped_column(primary_key=True)
    count: Mapped[int]
