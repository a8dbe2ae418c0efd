"""What the outside witness keeps: the daily roots, their leaves, their stamps, and who is told."""

from datetime import date, datetime, timedelta

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.database import Base

DRIFT_ALLOWED = timedelta(seconds=60)
"""The authority's answer itself may take some seconds."""


class DailyRoot(Base):
    """The root over the heads of all chains on one day (Europe/Paris); never changed or deleted.

    Roots are numbered as they are made: a clock that was wrong may give them any day.
    """

    __tablename__ = "daily_root"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(unique=True)
    tree_size: Mapped[int]
    root: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime]


class RootLeaf(Base):
    """The head of a chain as a root found it, kept from that root on until the chain has another.

    Most chains rest: only what changed since the root before is written. Never changed or deleted.
    """

    __tablename__ = "root_leaf"

    number: Mapped[int] = mapped_column(ForeignKey(DailyRoot.number), primary_key=True)
    chain: Mapped[str] = mapped_column(String(80), primary_key=True, index=True)
    sequence: Mapped[int]
    entry_hash: Mapped[str] = mapped_column(String(64))


class RootStamp(Base):
    """The authority's stamp (RFC 3161 token, DER) on one root; never changed or deleted.

    `certificate` is the SHA-256 of the one it is signed with, `signer` the name in it.
    """

    __tablename__ = "root_stamp"

    number: Mapped[int] = mapped_column(ForeignKey(DailyRoot.number), primary_key=True)
    token: Mapped[bytes] = mapped_column(LargeBinary)
    stamped_at: Mapped[datetime]
    """As the authority's clock says (genTime)."""
    asked_at: Mapped[datetime]
    """As this machine's clock said when it asked."""
    authority: Mapped[str] = mapped_column(String(500))
    signer: Mapped[str] = mapped_column(String(500))
    certificate: Mapped[str] = mapped_column(String(64))

    @property
    def drift(self) -> timedelta:
        """How far the authority's clock is ahead of this machine's; less than zero: behind."""
        return self.stamped_at - self.asked_at

    @property
    def is_adrift(self) -> bool:
        """Say whether the two clocks are so far apart that somebody should look at this one."""
        return abs(self.drift) > DRIFT_ALLOWED


class WitnessErrand(Base):
    """What is still to be done about one root: its stamp, or the mail of it to one address.

    An errand is taken by moving `due_at` further off each time, so that a crash only delays it.
    """

    __tablename__ = "witness_errand"

    number: Mapped[int] = mapped_column(ForeignKey(DailyRoot.number), primary_key=True)
    address: Mapped[str] = mapped_column(String(254), primary_key=True)
    """To whom the root is mailed; empty: the stamp."""
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime | None] = mapped_column(index=True)
    """None: done, or given up."""
    done_at: Mapped[datetime | None]
    problem: Mapped[str] = mapped_column(String(600), default="")
    """Why the last attempt failed: the stage, and the words of the other side."""


class WitnessSetting(Base):
    """The one row that says who stamps the roots and to whom they are mailed, as the page set it.

    `mails` holds one address a line.
    """

    __tablename__ = "witness_setting"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    timestamp_url: Mapped[str] = mapped_column(String(500), default="")
    mails: Mapped[str] = mapped_column(Text, default="")
