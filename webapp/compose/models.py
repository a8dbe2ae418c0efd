"""Drafts, their files, and how the recipients of a sent letter were named."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.accounts.models import Organisation, User
from webapp.database import Base
from webapp.letters.models import Letter


class Draft(Base):
    """A form as it last reached the server. `key` is the form's own, its author's alone.

    `fields` are the names and texts of what is filled in, in the form's order.
    """

    __tablename__ = "draft"
    __table_args__ = (
        UniqueConstraint("author_id", "key"),
        Index(None, "author_id", "updated_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey(Organisation.id), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    key: Mapped[str] = mapped_column(String(40))
    fields: Mapped[list[list[str]]] = mapped_column(JSON)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    files: Mapped[list["DraftFile"]] = relationship(
        order_by="DraftFile.position", cascade="all, delete-orphan", passive_deletes=True
    )

    @property
    def subject(self) -> str:
        """What the letter is about, as far as it is written."""
        return next((text for name, text in self.fields if name == "subject"), "").strip()


class DraftFile(Base):
    """A file that will go with the letter; its bytes stand under `digest` in the file store.

    `remark` is what the sender should know of it: `""`, `"encrypted"` or `"script"`.
    """

    __tablename__ = "draft_file"
    __table_args__ = (UniqueConstraint("draft_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey(Draft.id, ondelete="CASCADE"))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    remark: Mapped[str] = mapped_column(String(20), default="")


class SentForm(Base):
    """How the form of a sent letter named its recipients, so that it can be written again.

    `fields` are names and texts of the form; whom the letter went to is told by its addressees.
    """

    __tablename__ = "sent_form"

    letter_id: Mapped[int] = mapped_column(ForeignKey(Letter.id), primary_key=True)
    fields: Mapped[list[list[str]]] = mapped_column(JSON)
