"""The first run: an organisation and its administrator, once in an installation's life."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from webapp.accounts.models import Installation, Kind, User
from webapp.accounts.organisations import Identity, create_organisation
from webapp.accounts.users import create_user
from webapp.database import AnySession, alone


class AlreadyOpen(Exception):
    """Somebody has opened this installation before."""


@dataclass(frozen=True, kw_only=True)
class Opening:
    """What the first run asks: the sender, the first administrator, and the public address."""

    sender: Identity
    administrator_name: str
    administrator_email: str
    password: str
    public_url: str


def is_open(session: AnySession) -> bool:
    """Say whether the first run is over."""
    return session.scalar(select(Installation.id).where(Installation.id == 1)) is not None


def open_installation(session: AnySession, opening: Opening, now: datetime) -> User:
    """Write the installation, the organisation and its administrator, all or nothing.

    Whoever made the transaction commits it. Two people who open at the same moment meet in the
    installation's primary key: the second one is told, and nothing of his is kept.

    :raises AlreadyOpen: the first run is over.
    :raises webapp.accounts.users.AccountError: the administrator's account cannot be made.
    """
    alone(session, "first-run")
    if is_open(session):
        raise AlreadyOpen
    try:
        mark_open(session, opening.public_url, now)
    except IntegrityError:
        session.rollback()
        raise AlreadyOpen from None
    organisation = create_organisation(session, opening.sender, now)
    return create_user(
        session,
        organisation.id,
        opening.administrator_name,
        opening.administrator_email,
        opening.password,
        Kind.ADMINISTRATOR,
        now,
    )


def mark_open(session: AnySession, public_url: str, now: datetime) -> None:
    """Write that the first run is over, and the address that recipients open.

    :raises sqlalchemy.exc.IntegrityError: it was over before.
    """
    session.add(Installation(id=1, public_url=public_url, created_at=now))
    session.flush()
