"""A spreadsheet on its way to becoming contacts: its lines, staged and checked."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.accounts.models import Organisation, User
from webapp.contacts.models import Group
from webapp.database import Base


class Import(Base):
    """One spreadsheet brought to one group; `committed_at` is set when its contacts entered it."""

    __tablename__ = "import"

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey(Organisation.id), index=True)
    group_id: Mapped[int] = mapped_column(ForeignKey(Group.id, ondelete="CASCADE"))
    author_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    filename: Mapped[str] = mapped_column(String(255))
    created_at: Mapped[datetime]
    committed_at: Mapped[datetime | None]

    group: Mapped[Group] = relationship()


class ImportRow(Base):
    """One non-empty line: its ten texts by field, its findings, and what becomes of it.

    `number` is the line's number as the spreadsheet shows it; `identity` says who it is, for
    finding duplicates, and is empty while the line has an error.
    """

    __tablename__ = "import_row"
    __table_args__ = (
        UniqueConstraint("import_id", "number"),
        Index(None, "import_id", "outcome", "number"),
        Index(None, "import_id", "identity"),
        CheckConstraint("outcome IN ('ready', 'error', 'duplicate', 'ignored')", name="outcome"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey(Import.id, ondelete="CASCADE"))
    number: Mapped[int]
    texts: Mapped[dict[str, str]] = mapped_column(JSON)
    findings: Mapped[list[Any]] = mapped_column(JSON)
    identity: Mapped[str] = mapped_column(String(400), default="")
    outcome: Mapped[str] = mapped_column(String(10))
