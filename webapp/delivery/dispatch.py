"""Carrying what is due: rows are claimed for a while, mail goes between transactions."""

import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from flask_babel import force_locale
from sqlalchemy import or_, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import joinedload

from config import Config
from webapp.accounts import mail_problems
from webapp.accounts.pace import LimitReached
from webapp.accounts.paced_mail import PacedMail
from webapp.contacts import failing
from webapp.delivery import holding, notice, outgoing, return_path
from webapp.delivery.channels import Channel
from webapp.delivery.channels.trial import TrialBox
from webapp.delivery.outgoing import Outgoing
from webapp.delivery.retrying import put_off
from webapp.extensions import db
from webapp.jobs import is_stopping
from webapp.letters import steps
from webapp.letters.models import Addressee
from webapp.letters.steps import State
from webapp.mail import Refused, Unavailable

log = logging.getLogger(__name__)
BATCH = 20


def carry_due(config: Config) -> int:
    """Do all that is due now, batch by batch; give how many addressees were worked on.

    May be run at any time, by any number of processes, and again after a crash: a row that was
    claimed and not finished is due again when its lease ends. A process that is asked to stop
    finishes the one in hand, and gives back the others.
    """
    worked = 0
    with PacedMail(db.session, config, is_awaited=False) as smtp:
        while not is_stopping():
            now = datetime.now(UTC)
            claimed = claim(config, now)
            if not claimed:
                break
            waiting = list(outgoing.load(db.session, config, claimed))
            while waiting and not is_stopping():
                _carry_apart(config, waiting.pop(0), smtp)
                worked += 1
            give_back([one.addressee.id for one in waiting], _lease(config, now))
    return worked


def give_back(identifiers: Sequence[int], lease: datetime) -> None:
    """End the leases of rows that were claimed and not begun: another worker may take them now.

    :param lease: when they end; a row that somebody else holds by now has another.
    """
    if identifiers:
        ours = Addressee.id.in_(identifiers), Addressee.leased_until == lease
        db.session.execute(update(Addressee).where(*ours).values(leased_until=None))
        db.session.commit()


def claim(config: Config, now: datetime) -> list[int]:
    """Take a batch of due rows for the length of a lease, and give their ids.

    Notices of what is paused are passed over; what else is due (the end of a term) is not.
    """
    due = (
        select(Addressee.id)
        .where(Addressee.due_at <= now, holding.is_free(now))
        .where(or_(Addressee.state != State.SUBMITTED, holding.may_leave()))
        .order_by(Addressee.due_at, Addressee.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    taken = db.session.scalars(
        update(Addressee)
        .where(Addressee.id.in_(due))
        .values(leased_until=_lease(config, now))
        .returning(Addressee.id)
    ).all()
    db.session.commit()
    return sorted(taken)


def _lease(config: Config, now: datetime) -> datetime:
    return now + timedelta(seconds=config.delivery_lease)


def _carry_apart(config: Config, one: Outgoing, smtp: Channel) -> None:
    """Let what cannot be foreseen stop one addressee only, who is due again when his lease ends."""
    try:
        carry(config, one, smtp)
    except OperationalError:
        # What leaves now could not be written down, and would leave again: the run ends here.
        db.session.rollback()
        raise
    except Exception:
        db.session.rollback()
        log.exception("addressee %s could not be worked on", one.addressee.id)


def carry(config: Config, one: Outgoing, smtp: Channel) -> None:
    """Do what is due for one addressee whose row is claimed."""
    now = datetime.now(UTC)
    if not _is_leased(one, config, now):
        return
    if one.addressee.state == State.NOTIFIED:
        _expire(one, now)
    elif one.addressee.state == State.SUBMITTED:
        send_notice(config, one, smtp)


def _expire(one: Outgoing, now: datetime) -> None:
    addressee = _held(one)
    if addressee.state == State.NOTIFIED:
        steps.expire(db.session, addressee, now)
    # He may have answered since the batch was read: nothing is left to do.
    db.session.commit()


def send_notice(config: Config, one: Outgoing, smtp: Channel) -> None:
    """Send one notice and record, in one transaction, what the server made of it.

    A crash between the two sends the same message once more, with the same Message-ID.
    """
    now = datetime.now(UTC)
    try:
        answer = _hand_over(config, one, smtp, now)
    except LimitReached as reached:
        holding.wait_for_room(db.session, one.addressee.id, reached.until, datetime.now(UTC))
        db.session.commit()
    except Refused as problem:
        refusal = problem
        _record(config, one, lambda row: _fail(row, refusal, now))
        log.info("notice %s refused at %s", one.addressee.id, problem.stage)
    except Unavailable as problem:
        met = problem
        _record(config, one, lambda row: put_off(db.session, config, row, met, datetime.now(UTC)))
        log.warning("notice %s put off at %s", one.addressee.id, problem.stage)
    else:
        _record(config, one, lambda row: steps.notify(db.session, row, answer, now))


def _fail(addressee: Addressee, refusal: Refused, now: datetime) -> None:
    steps.fail(db.session, addressee, str(refusal), now)
    if refusal.stage == "recipient":
        failing.mark(db.session, addressee.letter.organisation_id, addressee.email, now)


def _hand_over(config: Config, one: Outgoing, smtp: Channel, now: datetime) -> str:
    if one.obstacle is not None:
        raise Unavailable(mail_problems.SETTINGS, one.obstacle)
    is_trial = one.addressee.letter.is_trial
    channel: Channel = TrialBox(now) if is_trial else smtp
    path = "" if is_trial else return_path.of(config, one.addressee)
    with force_locale(one.language):
        message = notice.compose(one.service, one.addressee, now)
    return channel.send(message, path)


def _record(config: Config, one: Outgoing, write: Callable[[Addressee], None]) -> None:
    """Write what became of a notice, in one transaction.

    While another program holds the database it is tried again as long as the lease lasts: the
    message has left, and would leave once more.
    """
    while True:
        try:
            write(_held(one))
            db.session.commit()
        except OperationalError as error:
            db.session.rollback()
            if "locked" not in str(error.orig) or not _is_leased(one, config, datetime.now(UTC)):
                raise
        else:
            return


def _held(one: Outgoing) -> Addressee:
    return db.session.scalars(
        select(Addressee)
        .where(Addressee.id == one.addressee.id)
        .options(joinedload(Addressee.letter, innerjoin=True))
        .with_for_update(of=Addressee)
    ).one()


def _is_leased(one: Outgoing, config: Config, now: datetime) -> bool:
    """Say whether there is time for one exchange before another worker may take the row."""
    lease = one.addressee.leased_until
    if lease is None:
        return False
    # The last command of an exchange may wait once more for as long as all of them together.
    exchange = min(2 * config.smtp_timeout, config.delivery_lease / 2)
    return now + timedelta(seconds=exchange) < lease
