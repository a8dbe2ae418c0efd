"""The people of an organisation: who they are, what each may do, and who is out."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from babel.lists import format_list
from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy import select, update

from webapp.accounts import sessions
from webapp.accounts.link_models import Invitation, PasswordLink
from webapp.accounts.models import Kind, User
from webapp.database import AnySession


class TeamError(Exception):
    """A change that would leave the team worse off."""


class LastAdministrator(TeamError):
    """Nobody would be left to invite, to help, or to open what a colleague left."""


class Oneself(TeamError):
    """An administrator does not take his own rights away: a colleague does."""


def people(session: AnySession, organisation_id: int) -> Sequence[User]:
    """Give everyone who has an account, those who may sign in first, then by name."""
    return session.scalars(
        select(User)
        .where(User.organisation_id == organisation_id)
        .order_by(User.active.desc(), User.name, User.id)
    ).all()


def person(session: AnySession, organisation_id: int, user_id: int) -> User | None:
    """Give one account of this organisation."""
    return session.scalar(
        select(User).where(User.organisation_id == organisation_id, User.id == user_id)
    )


def whom_to_ask(session: AnySession, organisation_id: int) -> str:
    """Name those who may help, as a page says it: « Anne Blanc, Jean Roux ou Zoé Petit »."""
    names = session.scalars(
        select(User.name)
        .where(
            User.organisation_id == organisation_id, User.active, User.kind == Kind.ADMINISTRATOR
        )
        .order_by(User.name, User.id)
    ).all()
    if not names:
        return str(_("la personne qui a installé Plirec"))
    return format_list(names, style="or", locale=get_locale())


def change_kind(
    session: AnySession, user: User, kind: Kind, by: User | None, now: datetime
) -> None:
    """Make an account one of another kind; whoever asked commits.

    What an administrator gave, invitations and links for a new password, ends with the kind.

    :param by: who changes it; none: the command line.
    :raises TeamError: `Oneself` or `LastAdministrator`.
    """
    if kind == user.kind:
        return
    if kind != Kind.ADMINISTRATOR:
        _require_dispensable(session, user, by)
        _cancel_what_he_gave(session, user, now)
    user.kind = kind


def disable(session: AnySession, user: User, by: User | None, now: datetime) -> None:
    """Let an account sign in no more, and end its sessions at once; whoever asked commits.

    Its letters stay with the organisation. The invitations and the links for a
    new password that it gave or was given end.

    :param by: who disables it; none: the command line.
    :raises TeamError: `Oneself` or `LastAdministrator`.
    """
    if not user.active:
        return
    _require_dispensable(session, user, by)
    user.active = False
    user.disabled_at = now
    user.disabled_by_id = by.id if by else None
    end_all_sessions(session, user, now)
    _cancel_what_he_gave(session, user, now)
    session.execute(
        update(PasswordLink)
        .where(PasswordLink.user_id == user.id, PasswordLink.used_at.is_(None))
        .values(used_at=now)
    )


def enable(user: User) -> None:
    """Let a disabled account sign in again, with the password it had; whoever asked commits."""
    user.disabled_at = None
    user.disabled_by_id = None
    user.active = True


def end_all_sessions(session: AnySession, user: User, now: datetime) -> None:
    """End every session of this account at once, and change the mark that each bears."""
    sessions.end_sessions(session, user.id, now)
    user.fs_uniquifier = uuid.uuid4().hex


def _require_dispensable(session: AnySession, user: User, by: User | None) -> None:
    # A transaction that writes holds SQLite's lock from its first read: two administrators who
    # dismiss each other at the same moment come one after the other.
    if user.kind != Kind.ADMINISTRATOR:
        return
    if by is not None and by.id == user.id:
        raise Oneself
    other = select(User.id).where(
        User.organisation_id == user.organisation_id,
        User.id != user.id,
        User.active,
        User.kind == Kind.ADMINISTRATOR,
    )
    if user.active and session.scalar(other.limit(1)) is None:
        raise LastAdministrator


def _cancel_what_he_gave(session: AnySession, user: User, now: datetime) -> None:
    session.execute(
        update(Invitation)
        .where(
            Invitation.invited_by_id == user.id,
            Invitation.accepted_at.is_(None),
            Invitation.cancelled_at.is_(None),
        )
        .values(cancelled_at=now)
    )
    session.execute(
        update(PasswordLink)
        .where(PasswordLink.made_by_id == user.id, PasswordLink.used_at.is_(None))
        .values(used_at=now)
    )
