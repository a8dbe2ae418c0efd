"""Carrying what is due: rows are claimed for a while, mail goes between transactions."""

import logging
from datetime import UTC, datetime, timedelta

from flask_babel import force_locale
from sqlalchemy import or_, select, update

from config import Config
from webapp import keys
from webapp.accounts import mail_problems
from webapp.accounts.addresses import kept_obstacle, public_address
from webapp.delivery import languages, notice
from webapp.delivery.channels import Channel
from webapp.delivery.channels.trial import TrialBox
from webapp.extensions import db
from webapp.letters import steps
from webapp.letters.models import Addressee
from webapp.letters.steps import State
from webapp.mail import Refused, SmtpChannel, Unavailable

log = logging.getLogger(__name__)
BATCH = 20
LONGEST_PAUSE = timedelta(hours=4)
TRIAL_SENDER = "ne-pas-repondre@essai.invalid"


def carry_due(config: Config) -> int:
    """Do all that is due now, batch by batch; give how many addressees were worked on.

    May be run at any time, by any number of processes, and again after a crash: a row that was
    claimed and not finished is due again when its lease ends.
    """
    worked = 0
    with SmtpChannel(config) as smtp:
        while claimed := claim(config, datetime.now(UTC)):
            for identifier in claimed:
                _carry_apart(config, identifier, smtp)
            worked += len(claimed)
    return worked


def claim(config: Config, now: datetime) -> list[int]:
    """Take a batch of due rows for the length of a lease, and give their ids."""
    free = or_(Addressee.leased_until.is_(None), Addressee.leased_until <= now)
    due = (
        select(Addressee.id)
        .where(Addressee.due_at <= now, free)
        .order_by(Addressee.due_at, Addressee.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    lease = now + timedelta(seconds=config.delivery_lease)
    taken = db.session.scalars(
        update(Addressee)
        .where(Addressee.id.in_(due))
        .values(leased_until=lease)
        .returning(Addressee.id)
    ).all()
    db.session.commit()
    return sorted(taken)


def _carry_apart(config: Config, identifier: int, smtp: Channel) -> None:
    """Let what cannot be foreseen stop one addressee only, who is due again when his lease ends."""
    try:
        carry(config, identifier, smtp)
    except Exception:
        db.session.rollback()
        log.exception("addressee %s could not be worked on", identifier)


def carry(config: Config, identifier: int, smtp: Channel) -> None:
    """Do what is due for one addressee whose row is claimed."""
    addressee = db.session.get_one(Addressee, identifier)
    now = datetime.now(UTC)
    state, is_still_ours = addressee.state, _is_leased(addressee, config, now)
    db.session.rollback()
    if not is_still_ours:
        return
    if state == State.NOTIFIED:
        steps.expire(db.session, db.session.get_one(Addressee, identifier), now)
        db.session.commit()
    elif state == State.SUBMITTED:
        send_notice(config, identifier, smtp)


def send_notice(config: Config, identifier: int, smtp: Channel) -> None:
    """Send one notice and record, in one transaction, what the server made of it.

    A crash between the two sends the same message once more, with the same Message-ID.
    """
    addressee = db.session.get_one(Addressee, identifier)
    is_trial = addressee.letter.is_trial
    obstacle = None if is_trial else _obstacle(config)
    now = datetime.now(UTC)
    channel: Channel = TrialBox(now) if is_trial else smtp
    try:
        with force_locale(languages.of_notice(db.session, addressee)):
            message = notice.compose(_service(config, is_trial), addressee, now)
        db.session.rollback()
        answer = channel.send(message) if obstacle is None else _held_back(obstacle)
    except Refused as problem:
        steps.fail(db.session, _held(identifier), str(problem), now)
        log.info("notice %s refused at %s", identifier, problem.stage)
    except Unavailable as problem:
        _postpone(config, _held(identifier), problem)
        log.warning("notice %s put off at %s", identifier, problem.stage)
    else:
        steps.notify(db.session, _held(identifier), answer, now)
    db.session.commit()


def _held_back(obstacle: str) -> str:
    raise Unavailable(mail_problems.SETTINGS, obstacle)


def _held(identifier: int) -> Addressee:
    return db.session.get_one(Addressee, identifier, with_for_update=True)


def _postpone(config: Config, addressee: Addressee, problem: Unavailable) -> None:
    if addressee.state != State.SUBMITTED:
        # Cancelled while the server was asked: nothing is due any more.
        return
    pause = timedelta(seconds=config.delivery_retry * 2 ** min(addressee.attempts, 20))
    addressee.attempts += 1
    addressee.problem = str(problem)
    addressee.due_at = datetime.now(UTC) + min(pause, LONGEST_PAUSE)
    addressee.leased_until = None


def _is_leased(addressee: Addressee, config: Config, now: datetime) -> bool:
    """Say whether there is time for one exchange before another worker may take the row."""
    lease = addressee.leased_until
    if lease is None:
        return False
    # The last command of an exchange may wait once more for as long as all of them together.
    exchange = min(2 * config.smtp_timeout, config.delivery_lease / 2)
    return now + timedelta(seconds=exchange) < lease


def _obstacle(config: Config) -> str | None:
    if not config.smtp_host:
        return mail_problems.NO_SERVER
    return kept_obstacle(db.session, config)


def _service(config: Config, is_trial: bool) -> notice.Service:
    return notice.Service(
        mail_from=TRIAL_SENDER if is_trial else config.mail_from,
        public_address=public_address(db.session, config),
        token_key=keys.secret(config.keys_directory, "recipients"),
    )
