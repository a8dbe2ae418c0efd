"""Accounts: who may get one, and with which password."""

import unicodedata
import uuid
from datetime import datetime

from email_validator import EmailNotValidError, validate_email
from flask_security import hash_password
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from webapp.accounts.models import Kind, User
from webapp.database import AnySession

PASSWORD_LENGTH = 12
"""How many characters a password has at least (NIST SP 800-63B-4 asks for 15, or 8 with more)."""

PASSWORD_LENGTH_MOST = 256


class AccountError(Exception):
    """An account that cannot be made like this."""


class EmailInvalid(AccountError):
    """What was given is no e-mail address."""


class EmailTaken(AccountError):
    """Another account signs in with this e-mail address."""


class WeakPassword(AccountError):
    """The password has fewer than `PASSWORD_LENGTH` characters, or far too many."""


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
    :raises AccountError: one of `NameMissing`, `EmailInvalid`, `EmailTaken`, `WeakPassword`.
    """
    name = " ".join(name.split())
    if not name:
        raise NameMissing
    address = clean_email(email)
    check_password(password)
    if session.scalar(select(User.id).where(User.email == address)) is not None:
        raise EmailTaken
    user = User(
        organisation_id=organisation_id,
        name=name[:120],
        email=address,
        password=hash_password(unicodedata.normalize("NFKD", password)),
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


def clean_email(email: str) -> str:
    """Give an e-mail address in the form in which accounts keep it.

    :raises EmailInvalid: it is none.
    """
    try:
        checked = validate_email(email.strip(), check_deliverability=False)
    except EmailNotValidError:
        raise EmailInvalid from None
    return checked.normalized.lower()


def check_password(password: str) -> None:
    """Refuse a password that is too short to resist guessing, or too long to be one.

    :raises WeakPassword: it is.
    """
    if not PASSWORD_LENGTH <= len(password) <= PASSWORD_LENGTH_MOST:
        raise WeakPassword
