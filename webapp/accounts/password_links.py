"""Links for a new password: asked for by mail or made by an administrator, once, within an hour."""

from datetime import datetime, timedelta

from sqlalchemy import select, update

from webapp.accounts.invitations import NotOpen, Standing
from webapp.accounts.link_models import PasswordLink, PasswordRequest
from webapp.accounts.models import User
from webapp.accounts.team import end_all_sessions
from webapp.accounts.tokens import hashed, new_token
from webapp.accounts.users import change_password
from webapp.database import AnySession, alone, insert_new

LIFETIME = timedelta(hours=1)
PAUSE = timedelta(minutes=5)
"""After one mail, how long the next one to the same account waits for."""


def ask(session: AnySession, email: str, now: datetime) -> None:
    """Note that somebody wants a new password for this address; whoever asked commits.

    Nothing is looked up: an address with an account and one without take the same time.

    :param email: in the form in which accounts keep it.
    """
    insert_new(session, PasswordRequest, {"email": email, "requested_at": now, "due_at": now})


def make_link(session: AnySession, user: User, by: User | None, now: datetime) -> str:
    """Make a link for this account, and give its secret, which is kept nowhere.

    :param by: the administrator who makes it; none: it goes by mail, or the command line asks.
    """
    token = new_token()
    session.add(
        PasswordLink(
            user_id=user.id,
            token_hash=hashed(token),
            made_by_id=by.id if by else None,
            created_at=now,
            expires_at=now + LIFETIME,
        )
    )
    session.flush()
    return token


def link_by_token(session: AnySession, token: str) -> PasswordLink | None:
    """Give the row that a link was made for."""
    return session.scalar(select(PasswordLink).where(PasswordLink.token_hash == hashed(token)))


def standing_of(link: PasswordLink | None, now: datetime) -> Standing:
    """Say where a link stands at this moment (aware); a disabled account's opens nothing."""
    if link is None or not link.user.active:
        return Standing.UNKNOWN
    if link.used_at:
        return Standing.USED
    return Standing.EXPIRED if now >= link.expires_at else Standing.OPEN


def choose(session: AnySession, token: str, password: str, now: datetime) -> User:
    """Give the link's account a new password and end all its sessions; whoever asked commits.

    :raises NotOpen: the link opens nothing.
    :raises webapp.accounts.users.AccountError: the password is refused; the link stays open.
    """
    alone(session, f"password-link:{hashed(token)}")
    link = link_by_token(session, token)
    standing = standing_of(link, now)
    if link is None or standing != Standing.OPEN:
        raise NotOpen(standing)
    replace_password(session, link.user, password, now)
    return link.user


def replace_password(session: AnySession, user: User, password: str, now: datetime) -> None:
    """Give an account another password, which ends its sessions and its links; see `choose`."""
    change_password(user, password)
    end_all_sessions(session, user, now)
    session.execute(
        update(PasswordLink)
        .where(PasswordLink.user_id == user.id, PasswordLink.used_at.is_(None))
        .values(used_at=now)
    )
