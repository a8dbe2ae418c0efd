"""Invitations: an address makes itself an account of the organisation, once, within a day."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Select, select

from webapp.accounts.link_models import Invitation
from webapp.accounts.models import Kind, User
from webapp.accounts.organisations import work_alone
from webapp.accounts.tokens import hashed, new_token
from webapp.accounts.users import AccountError, EmailTaken, clean_email, create_user
from webapp.database import AnySession

LIFETIME = timedelta(hours=24)


class Standing(StrEnum):
    """Where a link stands: only an open one does anything."""

    OPEN = "open"
    EXPIRED = "expired"
    USED = "used"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"


class AlreadyInvited(AccountError):
    """This address has an invitation that is open."""


class NotOpen(Exception):
    """A link that opens nothing (any more)."""

    def __init__(self, standing: Standing) -> None:
        super().__init__(standing)
        self.standing = standing


def invite(
    session: AnySession,
    organisation_id: int,
    name: str,
    email: str,
    kind: Kind,
    by: User | None,
    now: datetime,
) -> tuple[Invitation, str]:
    """Invite an address, and give the secret of its link, which is kept nowhere.

    Whoever asked commits. An invitation of this address that ran out of time is made again.

    :param name: whom the invitation speaks to; may be empty.
    :param by: who invites; none: the command line.
    :raises AccountError: one of `EmailInvalid`, `EmailTaken`, `AlreadyInvited`.
    """
    address = clean_email(email)
    if has_account(session, address):
        raise EmailTaken
    invitation = session.scalar(_open_of(organisation_id).where(Invitation.email == address))
    if invitation is not None and standing_of(invitation, now) == Standing.OPEN:
        raise AlreadyInvited
    if invitation is None:
        invitation = Invitation(organisation_id=organisation_id, email=address)
    invitation.name = " ".join(name.split())[:120]
    invitation.kind = kind
    return invitation, renew(session, invitation, by, now)


def renew(session: AnySession, invitation: Invitation, by: User | None, now: datetime) -> str:
    """Give an invitation a new link and a new day; the link it had opens nothing any more.

    :raises NotOpen: it was accepted or cancelled before.
    """
    if invitation.accepted_at or invitation.cancelled_at:
        raise NotOpen(standing_of(invitation, now))
    token = new_token()
    invitation.token_hash = hashed(token)
    invitation.invited_by_id = by.id if by else None
    invitation.created_at = now
    invitation.expires_at = now + LIFETIME
    session.add(invitation)
    session.flush()
    return token


def cancel(invitation: Invitation, now: datetime) -> None:
    """Take an invitation back; one that was accepted meanwhile stays as it is.

    :raises NotOpen: it was accepted before.
    """
    if invitation.accepted_at:
        raise NotOpen(Standing.USED)
    invitation.cancelled_at = invitation.cancelled_at or now


def open_invitations(session: AnySession, organisation_id: int) -> Sequence[Invitation]:
    """Give what was neither accepted nor cancelled, the newest first."""
    return session.scalars(
        _open_of(organisation_id).order_by(Invitation.created_at.desc(), Invitation.id.desc())
    ).all()


def invitation_of(
    session: AnySession, organisation_id: int, invitation_id: int
) -> Invitation | None:
    """Give one invitation of this organisation."""
    return session.scalar(
        select(Invitation).where(
            Invitation.organisation_id == organisation_id, Invitation.id == invitation_id
        )
    )


def invitation_by_token(session: AnySession, token: str) -> Invitation | None:
    """Give the invitation that a link was made for."""
    return session.scalar(select(Invitation).where(Invitation.token_hash == hashed(token)))


def has_account(session: AnySession, email: str) -> bool:
    """Say whether somebody signs in with this address (in lower case)."""
    return session.scalar(select(User.id).where(User.email == email)) is not None


def standing_of(invitation: Invitation | None, now: datetime) -> Standing:
    """Say where an invitation stands at this moment (aware)."""
    if invitation is None:
        return Standing.UNKNOWN
    if invitation.accepted_at:
        return Standing.USED
    if invitation.cancelled_at:
        return Standing.CANCELLED
    return Standing.EXPIRED if now >= invitation.expires_at else Standing.OPEN


def accept(session: AnySession, token: str, name: str, password: str, now: datetime) -> User:
    """Make the invited account; whoever asked commits.

    Of two that come at once the second finds the invitation used: what changes an organisation's
    invitations works alone, and an address has one account.

    :raises NotOpen: the link opens nothing.
    :raises AccountError: the account cannot be made like this; the invitation stays open.
    """
    of = select(Invitation.organisation_id).where(Invitation.token_hash == hashed(token))
    organisation_id = session.scalar(of)
    if organisation_id is not None:
        work_alone(session, organisation_id)
    invitation = invitation_by_token(session, token)
    standing = standing_of(invitation, now)
    if invitation is None or standing != Standing.OPEN:
        raise NotOpen(standing)
    user = create_user(
        session,
        invitation.organisation_id,
        name,
        invitation.email,
        password,
        Kind(invitation.kind),
        now,
    )
    invitation.accepted_at = now
    invitation.user_id = user.id
    session.flush()
    return user


def _open_of(organisation_id: int) -> Select[Invitation]:
    return select(Invitation).where(
        Invitation.organisation_id == organisation_id,
        Invitation.accepted_at.is_(None),
        Invitation.cancelled_at.is_(None),
    )
