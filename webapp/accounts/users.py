"""Accounts: who may get one, and with which password."""

import unicodedata
import uuid
from collections.abc import Iterable
from datetime import datetime

from email_validator import EmailNotValidError, validate_email
from flask_security import hash_password
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from webapp.accounts.models import Kind, Organisation, User
from webapp.accounts.passwords import is_common
from webapp.database import AnySession

PASSWORD_LENGTH = 12
"""How many characters a password has at least (NIST SP 800-63B-4 asks for 15, or 8 with more)."""

PASSWORD_LENGTH_MOST = 256
EMAIL_LENGTH = 254


class AccountError(Exception):
    """An account that cannot be made like this."""


class EmailInvalid(AccountError):
    """What was given is no e-mail address."""


class EmailTaken(AccountError):
    """Another account signs in with this e-mail address."""


class WeakPassword(AccountError):
    """The password has fewer than `PASSWORD_LENGTH` characters, or far too many."""


class CommonPassword(AccountError):
    """The password is one of those that are guessed first."""


class NameMissing(AccountError):
    """An account bears the name of the person who uses it."""


def create_user(
    session: AnySession,
    organisation_id: int,
    name: str,
    email: str,
    password: str,
    kind: Kind,
    now: datetime,
) -> User:
    """Make an account of this organisation; whoever made the transaction commits it.

    :param email: kept in lower case; what one signs in with.
    :param password: as typed; only its argon2 hash is kept.
    :param now: an aware moment.
    :raises AccountError: one of `NameMissing`, `EmailInvalid`, `EmailTaken`, `WeakPassword`,
        `CommonPassword`.
    """
    name = clean_name(name)
    address = clean_email(email)
    organisation = session.get_one(Organisation, organisation_id)
    check_password(password, (name, address, organisation.name))
    if session.scalar(select(User.id).where(User.email == address)) is not None:
        raise EmailTaken
    user = User(
        organisation_id=organisation_id,
        name=name,
        email=address,
        password=hashed(password),
        kind=kind,
        active=True,
        fs_uniquifier=uuid.uuid4().hex,
        created_at=now,
    )
    try:
        with session.begin_nested():
            session.add(user)
    except IntegrityError:
        raise EmailTaken from None
    return user


def change_password(user: User, password: str) -> None:
    """Give an account another password; whoever asked commits, and ends the sessions.

    :raises AccountError: `WeakPassword` or `CommonPassword`.
    """
    check_password(password, (user.name, user.email, user.organisation.name))
    user.password = hashed(password)


def clean_email(email: str) -> str:
    """Give an e-mail address in the form in which accounts keep it.

    :raises EmailInvalid: it is none.
    """
    if len(email) > EMAIL_LENGTH:
        raise EmailInvalid
    try:
        checked = validate_email(email.strip(), check_deliverability=False)
    except EmailNotValidError:
        raise EmailInvalid from None
    return checked.normalized.lower()


def clean_name(name: str) -> str:
    """Give a person's name in the form in which accounts keep it.

    :raises NameMissing: it is empty.
    """
    cleaned = " ".join(name.split())[:120]
    if not cleaned:
        raise NameMissing
    return cleaned


def check_password(password: str, about: Iterable[str] = ()) -> None:
    """Refuse a password that is too short to resist guessing, too long to be one, or common.

    :param about: the names and addresses of the person and of the organisation.
    :raises WeakPassword: it is too short or too long.
    :raises CommonPassword: it is among those that are guessed first.
    """
    if not PASSWORD_LENGTH <= len(password) <= PASSWORD_LENGTH_MOST:
        raise WeakPassword
    if is_common(password, about):
        raise CommonPassword


def hashed(password: str) -> str:
    """Give what is kept of a password: its argon2 hash, accents written one way."""
    kept: str = hash_password(normalized(password))
    return kept


def normalized(password: str) -> str:
    """Write the accents of a password in the way in which it was hashed."""
    return unicodedata.normalize("NFKD", password)
