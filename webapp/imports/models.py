"""A spreadsheet on its way to becoming contacts: its lines, staged and checked."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.accounts.models import Organisation, User
from webapp.contacts.models import Contact, Group
from webapp.database import Base


class Import(Base):
    """One spreadsheet brought to one group; `committed_at` is set when its contacts entered it.

    `counts` says how many lines have each effect; `undone_at` is set when the contacts left again.
    `removed` keeps the contacts that it took out of the group, being absent from the file, as long
    as it can be taken back: the `id` and the ten columns of each; its lines stay as long
    (`forgetting`). `notes` are what is told about the spreadsheet as a whole
    (`sheets.notes.Note`).

    Until `read_at` is set its lines are nobody's to see: `upload` names the file that is still to
    be read, `failure` and `failure_limit` say why it cannot be (`sheets.unreadable`). Each line
    counts twice in `lines_total` and `lines_read`: when it is checked, and when it is kept. `tries`
    counts the readings that began and did not come to any end.
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
    read_at: Mapped[datetime | None]
    upload: Mapped[str] = mapped_column(String(64), default="")
    failure: Mapped[str] = mapped_column(String(20), default="")
    failure_limit: Mapped[int] = mapped_column(default=0)
    lines_read: Mapped[int] = mapped_column(default=0)
    lines_total: Mapped[int] = mapped_column(default=0)
    tries: Mapped[int] = mapped_column(default=0)

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


class ImportSource(Base):
    """The cells of an import as they were read, until it ends, and how they are taken.

    `sheets` is zlib-compressed JSON, `[[name, [row number, …], [[cell, …], …], full,
    out of sight], …]` (`sheets.reader.Sheet`);
    `sheet` is counted from 0, `header` among the sheet's rows that are not empty (-1: none);
    `fields` gives the field of each column, by its number as a text, from 0.
    """

    __tablename__ = "import_source"

    import_id: Mapped[int] = mapped_column(
        ForeignKey(Import.id, ondelete="CASCADE"), primary_key=True
    )
    sheets: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    sheet: Mapped[int]
    header: Mapped[int]
    fields: Mapped[dict[str, str]] = mapped_column(JSON)


class ColumnChoice(Base):
    """What an organisation said that a heading (`heading_key`) means; `field` empty: nothing."""

    __tablename__ = "column_choice"
    __table_args__ = (UniqueConstraint("organisation_id", "heading"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey(Organisation.id))
    heading: Mapped[str] = mapped_column(String(120))
    field: Mapped[str] = mapped_column(String(20))
