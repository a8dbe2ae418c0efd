"""The password as the proof of who is there: at sign-in, and again before what matters most."""

from datetime import datetime

from flask_security import hash_password, verify_password
from sqlalchemy import select

from webapp.accounts import attempts
from webapp.accounts.models import User
from webapp.accounts.users import PASSWORD_LENGTH_MOST, normalized
from webapp.database import AnySession

PURPOSE = "password"


class WrongPassword(Exception):
    """No open account signs in like this."""


def account_of(
    session: AnySession, email: str, password: str, client: str, browser: str, now: datetime
) -> User:
    """Give the account that signs in with this address and this password.

    The attempt is counted and committed before the password is looked at: attempts made at once
    cannot outrun the count, and the database is free while argon2 works.

    :param client: the address that the attempt comes from.
    :param browser: its mark, where the account was signed in to in it before: what others try
        elsewhere keeps nobody out of it.
    :raises webapp.accounts.attempts.Paused: too many were made.
    :raises WrongPassword: the address is unknown, the password wrong or the account closed; which
        of them, not even the time that the answer takes tells.
    """
    address = email.strip().lower()
    subject = f"{address} {browser}".strip()
    attempts.count(session, PURPOSE, subject, client, now)
    session.commit()
    user = session.scalar(select(User).where(User.email == address))
    kept, is_open = (user.password, user.active) if user is not None else ("", False)
    session.rollback()
    if not _is_right(password, kept) or not is_open:
        raise WrongPassword
    attempts.forget(session, PURPOSE, subject, client)
    return session.scalars(select(User).where(User.email == address)).one()


def confirm(
    session: AnySession, user: User, password: str, client: str, browser: str, now: datetime
) -> None:
    """Make sure that the account's owner is still there, before what matters (ASVS 7.5.1).

    :raises webapp.accounts.attempts.Paused: too many attempts were made.
    :raises WrongPassword: it is not the account's.
    """
    account_of(session, user.email, password, client, browser, now)


def _is_right(password: str, kept: str) -> bool:
    # No longer one was ever kept, and its accents would take their time to be put in order.
    typed = normalized(password[: PASSWORD_LENGTH_MOST + 1])
    if not kept:
        hash_password(typed)
        return False
    return bool(verify_password(typed, kept))
