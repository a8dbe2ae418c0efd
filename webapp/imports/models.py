"""A spreadsheet on its way to becoming contacts: its lines, staged and checked."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.accounts.models import Organisation, User
from webapp.contacts.models import Contact, Group
from webapp.database import Base


class Import(Base):
    """One spreadsheet brought to one group; `committed_at` is set when its contacts entered it.

    `counts` says how many lines have each effect; `undone_at` is set when the contacts left again.
    `removed` keeps the contacts that it took out of the group, being absent from the file: the
    `id` and the ten columns of each. `notes` are what is told about the spreadsheet as a whole
    (`sheets.notes.Note`).
    """

    __tablename__ = "import"

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey(Organisation.id), index=True)
    group_id: Mapped[int] = mapped_column(ForeignKey(Group.id, ondelete="CASCADE"))
    author_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    filename: Mapped[str] = mapped_column(String(255))
    created_at: Mapped[datetime]
    committed_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]
    counts: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    takes_absent_out: Mapped[bool] = mapped_column(default=False)
    removed: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    is_by_command: Mapped[bool] = mapped_column(default=False)
    notes: Mapped[list[Any]] = mapped_column(JSON, default=list)

    group: Mapped[Group] = relationship()
    author: Mapped[User] = relationship()


class ImportRow(Base):
    """One non-empty line: its ten texts by field, its findings, and what becomes of it.

    `number` is the line's number as the spreadsheet shows it; `identity` says who it is, for
    finding duplicates, and is empty while the line has an error. `contact_id` is who it is among
    the organisation's contacts, `choice` what the person said to do about that.
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
    effect: Mapped[str] = mapped_column(String(10), default="")
    choice: Mapped[str] = mapped_column(String(10), default="")
    contact_id: Mapped[int | None] = mapped_column(
        ForeignKey(Contact.id, ondelete="SET NULL"), index=True
    )


class ImportEdit(Base):
    """One correction of an import's lines, kept so that it can be taken back.

    `before` gives, by line number, what its `texts` were (those that changed), its `choice`,
    and whether it `is_ignored`.
    """

    __tablename__ = "import_edit"

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey(Import.id, ondelete="CASCADE"), index=True)
    before: Mapped[dict[str, Any]] = mapped_column(JSON)
