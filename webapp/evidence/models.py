"""The journal's tables, the sealing key's registration, and the proofs that were sealed."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.database import Base


class JournalEntry(Base):
    """One event, chained to the one before it; never changed, never deleted: triggers refuse."""

    __tablename__ = "journal_entry"
    __table_args__ = (
        UniqueConstraint("chain", "sequence"),
        Index(None, "subject"),
        Index(None, "occurred_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    chain: Mapped[str] = mapped_column(String(80))
    sequence: Mapped[int]
    kind: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(80))
    occurred_at: Mapped[datetime]
    previous_hash: Mapped[str] = mapped_column(String(64))
    facts_hash: Mapped[str] = mapped_column(String(64))
    entry_hash: Mapped[str] = mapped_column(String(64))

    facts: Mapped["JournalFacts | None"] = relationship(lazy="joined", viewonly=True)


class JournalFacts(Base):
    """What an entry is about: salt and canonical JSON, which the law may one day have purged."""

    __tablename__ = "journal_facts"

    entry_id: Mapped[int] = mapped_column(ForeignKey(JournalEntry.id), primary_key=True)
    salt: Mapped[str] = mapped_column(String(64))
    content: Mapped[str] = mapped_column(Text)


class JournalPurge(Base):
    """The permission, kept for ever, to delete the facts of one entry after the legal term."""

    __tablename__ = "journal_purge"

    entry_id: Mapped[int] = mapped_column(ForeignKey(JournalEntry.id), primary_key=True)
    purged_at: Mapped[datetime]
    ground: Mapped[str] = mapped_column(Text)


class SealingKey(Base):
    """The key that this installation seals with, by its certificate's SHA-256 fingerprint."""

    __tablename__ = "sealing_key"

    fingerprint: Mapped[str] = mapped_column(String(64), primary_key=True)
    certificate: Mapped[str] = mapped_column(Text)
    registered_at: Mapped[datetime]


class Proof(Base):
    """A sealed PDF; the bytes under `digest` in the file store are the proof itself."""

    __tablename__ = "proof"

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey(JournalEntry.id), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    digest: Mapped[str] = mapped_column(String(64))
    sealed_at: Mapped[datetime]

    entry: Mapped[JournalEntry] = relationship()


class SealingTrouble(Base):
    """Why proofs are not sealed for now, one row a reason, gone as soon as the reason is.

    `about`: `stamp`, the authority that dates seals does not; `proof`, one could not be made.
    """

    __tablename__ = "sealing_trouble"

    about: Mapped[str] = mapped_column(String(10), primary_key=True)
    since: Mapped[datetime]
    tried_at: Mapped[datetime]
    attempts: Mapped[int]
    problem: Mapped[str] = mapped_column(String(600))
    """The stage and the words of the authority; or the journal's entry and the error's name."""
