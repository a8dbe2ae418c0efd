"""Carrying what is due: rows are claimed for a while, mail goes between transactions."""

import logging
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TypeAlias

from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from config import Config
from webapp.accounts.pace import LimitReached
from webapp.accounts.paced_mail import PacedMail
from webapp.clock import Clock, machine_clock
from webapp.contacts import failing
from webapp.database import is_busy
from webapp.delivery import holding, outgoing, reminding
from webapp.delivery.channels import Channel
from webapp.delivery.channels.trial import TrialBox
from webapp.delivery.drafts import Drafts
from webapp.delivery.outgoing import Outgoing
from webapp.delivery.retrying import put_off
from webapp.evidence.kinds import EventKind
from webapp.extensions import db
from webapp.jobs import is_stopping
from webapp.letters import leases, steps
from webapp.letters.models import Addressee
from webapp.letters.steps import State
from webapp.mail import Refused, Unavailable
from webapp.message import Mail

log = logging.getLogger(__name__)
BATCH = 50
Writer: TypeAlias = Callable[[Outgoing, datetime], Mail]
BREATH = 0.2
"""How long, in seconds, a database that is busy is left alone before it is asked again."""


def carry_due(config: Config, clock: Clock = machine_clock) -> int:
    """Do all that is due now, batch by batch; give how many addressees were worked on.

    May be run at any time, by any number of processes, and again after a crash: a row that was
    claimed and not finished is due again when its lease ends. A process that is asked to stop
    finishes the one in hand, and gives back the others.
    """
    worked = 0
    drafts = Drafts(clock)
    with PacedMail(db.session, config, is_awaited=False, clock=clock, following=drafts) as smtp:
        while not is_stopping():
            now = clock()
            claimed = claim(config, now)
            if not claimed:
                break
            waiting = outgoing.load(db.session, config, claimed)
            while waiting and not is_stopping():
                one = waiting.pop(0)
                drafts.expect(waiting[0] if waiting else None)
                _carry_apart(config, one, smtp, clock, drafts.give)
                worked += 1
            give_back([one.id for one in waiting], leases.ends_at(now, config.delivery_lease))
    return worked


def give_back(identifiers: Sequence[int], lease: datetime | None) -> None:
    """End the leases of rows that were claimed and not begun: another worker may take them now.

    :param lease: when they end; a row that somebody else holds by now has another.
    """
    if identifiers:
        ours = Addressee.id.in_(identifiers), Addressee.leased_until == lease
        db.session.execute(update(Addressee).where(*ours).values(leased_until=None))
        db.session.commit()


def claim(config: Config, now: datetime) -> list[int]:
    """Take a batch of due rows for the length of a lease, and give their ids.

    Messages of what is paused are passed over; the end of a term is not.
    """
    due = (
        select(Addressee.id)
        .where(holding.is_due(now), leases.nobody_holds(now))
        .order_by(Addressee.due_at, Addressee.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    taken = db.session.scalars(
        update(Addressee)
        .where(Addressee.id.in_(select(due.c.id)))
        .values(leased_until=leases.ends_at(now, config.delivery_lease))
        .returning(Addressee.id)
    ).all()
    db.session.commit()
    return sorted(taken)


def _carry_apart(
    config: Config, one: Outgoing, smtp: Channel, clock: Clock, written: Writer
) -> None:
    """Let what cannot be foreseen stop one addressee only, who is due again when his lease ends."""
    try:
        carry(config, one, smtp, clock, written)
    except OperationalError:
        # What leaves now could not be written down, and would leave again: the run ends here.
        db.session.rollback()
        raise
    except Exception:
        db.session.rollback()
        log.exception("addressee %s could not be worked on", one.id)


def carry(
    config: Config,
    one: Outgoing,
    smtp: Channel,
    clock: Clock = machine_clock,
    written: Writer = outgoing.written,
) -> None:
    """Do what is due for one addressee whose row is claimed."""
    now = clock()
    if not _is_leased(one, config, now):
        # The batch left no time for it: claimed anew at once, not at the sweep after its lease.
        give_back([one.id], one.leased_until)
    elif one.state == State.NOTIFIED and not steps.has_time_left(one.addressee, now):
        _expire(one, now)
    elif one.state == State.NOTIFIED:
        reminding.send(one.id, _way(config, one, smtp, now), clock)
    elif one.state == State.SUBMITTED and one.is_withdrawn:
        why = str(EventKind.CONSENT_WITHDRAWN)
        _Record(config, one, clock).write(lambda session, row: steps.fail(session, row, why, now))
    elif one.state == State.SUBMITTED:
        send_notice(config, one, smtp, clock, written)


def _expire(one: Outgoing, now: datetime) -> None:
    addressee = db.session.get_one(Addressee, one.id, with_for_update=True)
    if addressee.state == State.NOTIFIED:
        steps.expire(db.session, addressee, now)
    # He may have answered since the batch was read: nothing is left to do.
    db.session.commit()


def send_notice(
    config: Config,
    one: Outgoing,
    smtp: Channel,
    clock: Clock = machine_clock,
    written: Writer = outgoing.written,
) -> None:
    """Send one notice and record, in one transaction, what the server made of it.

    A crash between the two sends the same message once more, with the same Message-ID.
    """
    now = clock()
    record = _Record(config, one, clock)
    try:
        way = _way(config, one, smtp, now)
        way.require_open()
        answer = way.channel.send(written(one, now), way.return_path)
    except LimitReached as reached:
        holding.wait_for_room(db.session, one.id, reached.until, clock())
        db.session.commit()
    except Refused as problem:
        refusal = problem
        record.write(lambda session, row: _fail(session, row, refusal, now))
        log.info("notice %s refused at %s", one.id, problem.stage)
    except Unavailable as problem:
        met, later = problem, clock()
        record.write(lambda session, row: put_off(session, config, row, met, later))
        log.warning("notice %s put off at %s", one.id, problem.stage)
    else:
        record.write(lambda session, row: steps.notify(session, row, answer, now))


def _fail(session: Session, addressee: Addressee, refusal: Refused, now: datetime) -> None:
    steps.fail(session, addressee, str(refusal), now)
    if refusal.stage == "recipient":
        failing.mark(session, addressee.letter.organisation_id, addressee.email, now)


def _way(config: Config, one: Outgoing, smtp: Channel, now: datetime) -> reminding.Way:
    is_trial = one.addressee.letter.is_trial
    return reminding.Way(
        channel=TrialBox(now, one.id) if is_trial else smtp,
        service=one.service,
        language=one.language,
        return_path=one.return_path,
        obstacle=one.obstacle,
        pause=timedelta(seconds=config.delivery_retry),
    )


class _Record:
    """Writes what became of a notice, in one transaction.

    While another program holds the database it is tried again as long as the lease lasts: the
    message has left, and would leave once more.
    """

    def __init__(self, config: Config, one: Outgoing, clock: Clock) -> None:
        self._config, self._one, self._clock = config, one, clock

    def write(self, step: Callable[[Session, Addressee], None]) -> None:
        is_as_read = True
        while True:
            try:
                with Session(db.session.get_bind(), expire_on_commit=False) as apart:
                    step(apart, self._one.addressee if is_as_read else _anew(apart, self._one))
                    apart.commit()
            except OperationalError as error:
                is_as_read = False
                is_ours = _is_leased(self._one, self._config, self._clock())
                if not is_busy(error) or not is_ours:
                    raise
                time.sleep(BREATH)
            else:
                return


def _anew(session: Session, one: Outgoing) -> Addressee:
    """Read the row once more: the step that was taken with it, and was not kept, has changed it.

    :raises steps.IllegalStep: it waits for another message by now, to a corrected address.
    """
    addressee = session.get_one(Addressee, one.id, with_for_update=True)
    if addressee.message_id != one.addressee.message_id:
        raise steps.IllegalStep("the address was corrected while this notice was being sent")
    return addressee


def _is_leased(one: Outgoing, config: Config, now: datetime) -> bool:
    """Say whether there is time for one exchange before another worker may take the row."""
    lease = one.leased_until
    if lease is None or not leases.is_held(lease, now):
        return False
    # The last command of an exchange may wait once more for as long as all of them together.
    exchange = min(2 * config.smtp_timeout, config.delivery_lease / 2)
    return now + timedelta(seconds=exchange) < lease
