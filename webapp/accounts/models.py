"""Who may act, for which organisation, on which installation."""

from datetime import datetime
from enum import StrEnum

from flask_security import RoleMixin, UserMixin
from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.database import Base


class Kind(StrEnum):
    """The three kinds of account; only the first two have groups and many recipients."""

    ADMINISTRATOR = "administrator"
    MANAGED = "managed"
    SIMPLE = "simple"


class AnswersTold(StrEnum):
    """When an account is told by e-mail what became of the letters it wrote."""

    AT_ONCE = "at_once"
    DAILY = "daily"
    NEVER = "never"


class Installation(Base):
    """The one row that first run writes: it can be written once."""

    __tablename__ = "installation"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    public_url: Mapped[str] = mapped_column(String(200))
    operator_name: Mapped[str] = mapped_column(String(120), default="")
    """Who runs the service, as recipients read it before they answer; empty: nobody has said."""
    operator_address: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]


class MailAccount:
    """What a mail server and a mailbox have in common, when the page sets them."""

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    host: Mapped[str] = mapped_column(String(253))
    port: Mapped[int]
    security: Mapped[str] = mapped_column(String(10))
    username: Mapped[str] = mapped_column(String(254))
    password: Mapped[str] = mapped_column(Text)
    """Encrypted; see `mail_passwords`."""
    changed_at: Mapped[datetime]
    changed_by: Mapped[int] = mapped_column(ForeignKey("user.id"))

    @property
    def place(self) -> tuple[str, int, str, str]:
        """Give what the password was given for: it goes nowhere else."""
        return self.host, self.port, self.security, self.username


class MailServer(MailAccount, Base):
    """The one row that says through which mail server notices leave, when the page sets it."""

    __tablename__ = "mail_server"
    __table_args__ = (
        CheckConstraint("id = 1", name="single"),
        CheckConstraint("security IN ('starttls', 'tls', 'none')", name="security"),
    )

    mail_from: Mapped[str] = mapped_column(String(254))


class ReturnMailbox(MailAccount, Base):
    """The one row that says in which IMAP mailbox notices come back, when the page sets it."""

    __tablename__ = "return_mailbox"
    __table_args__ = (
        CheckConstraint("id = 1", name="single"),
        CheckConstraint("security IN ('tls', 'starttls')", name="security"),
    )

    folder: Mapped[str] = mapped_column(String(200))
    bounce_address: Mapped[str] = mapped_column(String(254))


class Organisation(Base):
    """The sender: what the law names on each proof, and how its notices speak of it."""

    __tablename__ = "organisation"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    address_1: Mapped[str] = mapped_column(String(120))
    address_2: Mapped[str] = mapped_column(String(120), default="")
    postal_code: Mapped[str] = mapped_column(String(16))
    city: Mapped[str] = mapped_column(String(120))
    country: Mapped[str] = mapped_column(String(80), default="")
    email: Mapped[str] = mapped_column(String(254))
    names_sender: Mapped[bool]
    language: Mapped[str] = mapped_column(String(5), default="fr")
    """Of its notices, where the recipient has chosen none."""
    reminder_days: Mapped[int] = mapped_column(default=3)
    """From one reminder of its letters to the next; 0: it sends none."""
    keeping_years: Mapped[int] = mapped_column(default=5)
    """How long its letters are kept after their last event (`letters.keeping`)."""
    erases_from: Mapped[datetime | None]
    """Nothing of them is erased before this moment, its term having been shortened; none: never."""
    requires_second_factor: Mapped[bool] = mapped_column(default=False)
    """Whether its administrators can do nothing before they have a second factor."""
    created_at: Mapped[datetime]

    @property
    def postal_address(self) -> str:
        """The address as it is written on a letter, one line a line."""
        town = f"{self.postal_code} {self.city}".strip()
        lines = (self.address_1, self.address_2, town, self.country)
        return "\n".join(line for line in lines if line)


class User(UserMixin, Base):
    """A person who signs in; `email` is kept in lower case."""

    __tablename__ = "user"
    __table_args__ = (
        CheckConstraint("kind IN ('administrator', 'managed', 'simple')", name="kind"),
        CheckConstraint("email = lower(email)", name="email_lower"),
        CheckConstraint("disabled_at IS NULL OR NOT active", name="disabled"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey(Organisation.id), index=True)
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(254), unique=True)
    password: Mapped[str] = mapped_column(String(255))
    kind: Mapped[str] = mapped_column(String(20))
    language: Mapped[str] = mapped_column(String(5), default="")
    """Of the pages; empty: what the browser prefers."""
    answers_told: Mapped[str] = mapped_column(String(10), default=AnswersTold.DAILY)
    """How it is told of what became of its letters."""
    next_telling_at: Mapped[datetime | None]
    """Not told before: that is being done at this moment, or the last mail did not leave."""
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    signed_in_at: Mapped[datetime | None]
    """When the account signed in last; none: never, or before this was kept."""
    disabled_at: Mapped[datetime | None]
    disabled_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    """Who disabled it; none: nobody, or the command line."""

    organisation: Mapped[Organisation] = relationship(lazy="joined")

    @property
    def roles(self) -> list[RoleMixin]:  # type: ignore[override]
        """Flask-Security asks for roles; here an account's kind decides instead."""
        return []

    @property
    def may_send_to_many(self) -> bool:
        """Say whether this account has groups and may write to more than one recipient."""
        return self.kind in (Kind.ADMINISTRATOR, Kind.MANAGED)

    @property
    def sees_all_letters(self) -> bool:
        """Say whether this account sees its colleagues' letters as well as its own."""
        return self.kind == Kind.ADMINISTRATOR


class UserSession(Base):
    """One sign-in of an account, in one browser: what its owner sees of it, and when it ended."""

    __tablename__ = "user_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), index=True)
    identifier_hash: Mapped[str] = mapped_column(String(64), unique=True)
    browser: Mapped[str] = mapped_column(String(40))
    system: Mapped[str] = mapped_column(String(40))
    address: Mapped[str] = mapped_column(String(45))
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    """When it was last in use, to the five minutes."""
    ended_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(lazy="joined")


class AttemptCount(Base):
    """How often something secret was tried, for one account or from one address, lately."""

    __tablename__ = "attempt_count"

    purpose: Mapped[str] = mapped_column(String(20), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    """A keyed hash: neither the account nor the address can be read in it."""
    count: Mapped[int]
    last_at: Mapped[datetime] = mapped_column(index=True)


class SecondFactor(Base):
    """The secret that an account shares with its owner's telephone, encrypted."""

    __tablename__ = "second_factor"

    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), primary_key=True)
    secret: Mapped[str] = mapped_column(String(200))
    last_step: Mapped[int]
    """The step of time (30 s) of the newest code that was used: none serves twice."""
    salt: Mapped[bytes] = mapped_column(LargeBinary(16))
    created_at: Mapped[datetime]


class RecoveryCode(Base):
    """One code that stands in for the telephone, once; its row goes when it is used."""

    __tablename__ = "recovery_code"

    user_id: Mapped[int] = mapped_column(ForeignKey(SecondFactor.user_id), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
