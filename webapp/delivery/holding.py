"""What holds notices back: a pause of one letter or of all, and the limits of the mail server."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select, update

from webapp.accounts.pace_models import MailPace
from webapp.database import AnySession
from webapp.letters import leases
from webapp.letters.models import Addressee, Letter
from webapp.letters.steps import State


def may_leave() -> ColumnElement[bool]:
    """Say in SQL that neither the addressee's letter nor the installation is paused."""
    paused = select(Letter.id).where(Letter.paused_at.is_not(None))
    return and_(Addressee.letter_id.not_in(paused), not_all_paused())


def not_all_paused() -> ColumnElement[bool]:
    """Say in SQL that the installation's mails may leave."""
    return ~select(MailPace.id).where(MailPace.paused_at.is_not(None)).exists()


def is_due(now: datetime) -> ColumnElement[bool]:
    """Say in SQL that there is something to do now: what is paused has only its term's end.

    Nothing is due for whoever is still asked for a consent (CPCE art. L100).
    """
    is_free = Addressee.consent_request_id.is_(None)
    return and_(Addressee.due_at <= now, is_free, or_(Addressee.expires_at <= now, may_leave()))


def by_mail_server() -> ColumnElement[bool]:
    """Say in SQL that the addressee's notice has not left, and leaves by the real mail server."""
    real = select(Letter.id).where(~Letter.is_trial)
    return and_(Addressee.state == State.SUBMITTED, Addressee.letter_id.in_(real))


def wait_for_room(session: AnySession, identifier: int, until: datetime, now: datetime) -> None:
    """Let a claimed notice and all others that are due wait until more may leave.

    It was not tried, so that no attempt is counted. Whoever asked commits.

    :param until: an aware moment, from which the limits allow the next one.
    """
    others = and_(Addressee.due_at <= now, leases.nobody_holds(now))
    held_up = (
        select(Addressee.id)
        .where(by_mail_server(), or_(Addressee.id == identifier, others))
        .with_for_update(skip_locked=True)
    )
    session.execute(
        update(Addressee)
        .where(Addressee.id.in_(held_up))
        .values(due_at=until, leased_until=None)
        .execution_options(synchronize_session=False)
    )
