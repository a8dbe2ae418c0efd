"""Groups, their contacts, and what individuals agreed to."""

from datetime import date, datetime

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.accounts.models import Organisation, User
from webapp.database import Base


class Membership(Base):
    """A contact stands in a group; it may stand in several. `import_id`: what put it there."""

    __tablename__ = "membership"

    group_id: Mapped[int] = mapped_column(
        ForeignKey("contact_group.id", ondelete="CASCADE"), primary_key=True
    )
    contact_id: Mapped[int] = mapped_column(
        ForeignKey("contact.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    import_id: Mapped[int | None] = mapped_column(ForeignKey("import.id"), index=True)


class Group(Base):
    """A saved list of contacts; `folded_name` keeps names apart whatever their case and accents.

    One with `archived_at` is put away: no letter goes to it, its contacts stay.
    """

    __tablename__ = "contact_group"
    __table_args__ = (UniqueConstraint("organisation_id", "folded_name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey(Organisation.id))
    name: Mapped[str] = mapped_column(String(120))
    folded_name: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]


class Contact(Base):
    """A recipient that is kept: the ten columns of `rules.FIELDS`, empty when not given.

    `import_id` says which import made it, if one did.
    """

    __tablename__ = "contact"
    __table_args__ = (
        CheckConstraint("status IN ('professional', 'individual')", name="status"),
        CheckConstraint(
            "email <> '' OR (address_1 <> '' AND postal_code <> '' AND city <> '')"
            " OR (address_1 <> '' AND city <> '' AND country <> '')",
            name="reachable",
        ),
        CheckConstraint("last_name <> '' OR company <> ''", name="named"),
        Index(None, "organisation_id", "identity"),
        Index(None, "organisation_id", "sort_name"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey(Organisation.id))
    email: Mapped[str] = mapped_column(String(254), default="")
    last_name: Mapped[str] = mapped_column(String(120), default="")
    first_name: Mapped[str] = mapped_column(String(120), default="")
    company: Mapped[str] = mapped_column(String(120), default="")
    status: Mapped[str] = mapped_column(String(20))
    address_1: Mapped[str] = mapped_column(String(120), default="")
    address_2: Mapped[str] = mapped_column(String(120), default="")
    postal_code: Mapped[str] = mapped_column(String(16), default="")
    city: Mapped[str] = mapped_column(String(120), default="")
    country: Mapped[str] = mapped_column(String(80), default="")
    identity: Mapped[str] = mapped_column(String(400))
    sort_name: Mapped[str] = mapped_column(String(260))
    search_text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    import_id: Mapped[int | None] = mapped_column(ForeignKey("import.id"), index=True)

    groups: Mapped[list[Group]] = relationship(secondary=Membership.__table__, viewonly=True)


class Listed(Base):
    """A contact in a group, in the order of names, with all that filters and searches look at.

    What the page of a group is read from, at any size. Nobody writes it: the database itself keeps
    it beside memberships, contacts and consents (`listing.TRIGGERS`). `traits` are `listing`'s.
    """

    __tablename__ = "group_listing"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012

    group_id: Mapped[int] = mapped_column(primary_key=True)
    sort_name: Mapped[str] = mapped_column(String(260), primary_key=True)
    contact_id: Mapped[int] = mapped_column(primary_key=True)
    traits: Mapped[int]
    search_text: Mapped[str] = mapped_column(Text)


class ContactNumber(Base):
    """The highest number that a contact was ever given, in one row.

    A number that is free again would make a stranger of whoever still names it: a draft, or an
    import that is taken back.
    """

    __tablename__ = "contact_number"

    id: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]


class ContactChange(Base):
    """What a contact was before somebody, or an import, wrote other values into it.

    `before` holds the ten columns of `rules.FIELDS`; what they became stands in the next change
    of the contact, or in the contact. `absorbed` are those of the contact that was merged into it.
    """

    __tablename__ = "contact_change"
    __table_args__ = (CheckConstraint("kind IN ('edited', 'imported', 'merged')", name="kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[int] = mapped_column(
        ForeignKey("contact.id", ondelete="CASCADE"), index=True
    )
    author_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    import_id: Mapped[int | None] = mapped_column(
        ForeignKey("import.id", ondelete="SET NULL"), index=True
    )
    kind: Mapped[str] = mapped_column(String(10))
    moment: Mapped[datetime]
    before: Mapped[dict[str, str]] = mapped_column(JSON)
    absorbed: Mapped[dict[str, str] | None] = mapped_column(JSON(none_as_null=True))


class Consent(Base):
    """An individual's consent to receive registered sends at one precise address.

    CPCE art. L100: it comes before the send and serves that address only. `given_on` is the day on
    which the person gave it, where that was asked. One with `withdrawn_at` serves no more.
    `request_id` says which request the person herself answered; none: the sender declared it.
    `number` names the address's consent in the journal; none: an old one.
    """

    __tablename__ = "consent"
    __table_args__ = (UniqueConstraint("organisation_id", "email"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey(Organisation.id))
    email: Mapped[str] = mapped_column(String(254))
    means: Mapped[str] = mapped_column(Text)
    declared_at: Mapped[datetime]
    declared_by: Mapped[int] = mapped_column(ForeignKey(User.id))
    given_on: Mapped[date | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    number: Mapped[str | None] = mapped_column(String(20))
    request_id: Mapped[int | None] = mapped_column(ForeignKey("consent_request.id"))
    document_id: Mapped[int | None] = mapped_column(ForeignKey("consent_document.id"))


class FailingAddress(Base):
    """An e-mail address at which the organisation's notices fail, until one is accepted there.

    `email` is in lower case. A contact with another address is another matter: nothing to undo.
    """

    __tablename__ = "failing_address"

    organisation_id: Mapped[int] = mapped_column(ForeignKey(Organisation.id), primary_key=True)
    email: Mapped[str] = mapped_column(String(254), primary_key=True)
    since: Mapped[datetime]
