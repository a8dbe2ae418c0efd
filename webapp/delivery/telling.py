"""Telling the author of a letter, and nobody else, what became of it: at once, or once a day."""

import logging
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import ColumnElement, Select, and_, or_, select, tuple_, update

from config import Config
from webapp.accounts import messages
from webapp.accounts.models import AnswersTold, User
from webapp.accounts.paced_mail import PacedMail
from webapp.clock import Clock
from webapp.database import portions
from webapp.delivery.outcomes import AddresseeOutcome, compose
from webapp.extensions import db
from webapp.letters.models import Addressee, Letter
from webapp.letters.term import PARIS
from webapp.mail import Refused, Unavailable

log = logging.getLogger(__name__)
HOUR = time(8)
"""When those who are told once a day are told, in Europe/Paris."""
REST = timedelta(minutes=15)
"""How long an account is left alone while a worker tells it, or after a mail did not leave."""


def tell_due(config: Config, clock: Clock) -> None:
    """Tell every author who is to be told by now; while no mail can leave, all of it waits.

    An outcome is told once: `told_at` says so, in one transaction after the mail was taken. A crash
    between the two sends the same mail again, with the same Message-ID.
    """
    _pass_over(clock())
    post = messages.post(db.session, config)
    due = [
        (author, before)
        for kind, before in _until(clock()).items()
        for author in db.session.scalars(_authors(kind, before))
    ]
    db.session.rollback()
    if not due or not post.is_open:
        return
    with PacedMail(db.session, post.config, is_awaited=False, clock=clock) as channel:
        for author, before in due:
            _tell_apart(author, before, post, channel, clock)


def last_hour(now: datetime) -> datetime:
    """Give the moment (UTC) at which those who are told once a day were told last."""
    here = now.astimezone(PARIS)
    day = here.date() - timedelta(days=here.time() < HOUR)
    return datetime.combine(day, HOUR, PARIS).astimezone(UTC)


def _until(now: datetime) -> dict[AnswersTold, datetime]:
    """Give by what moment an outcome must have come to be told now."""
    return {AnswersTold.AT_ONCE: now, AnswersTold.DAILY: last_hour(now)}


def _pass_over(now: datetime) -> None:
    """Let what nobody is to be told of count as told: it must not come up when that changes."""
    silent = or_(User.answers_told == AnswersTold.NEVER, User.active.is_(False), Letter.is_trial)
    letters = select(Letter.id).join(Letter.author).where(silent)
    untold = Addressee.told_at.is_(None), Addressee.outcome_at.is_not(None)
    db.session.execute(
        update(Addressee).where(*untold, Addressee.letter_id.in_(letters)).values(told_at=now)
    )
    db.session.commit()


def _authors(kind: AnswersTold, before: datetime) -> Select[int]:
    return (
        select(Letter.author_id)
        .join(Letter.author)
        .join(Letter.addressees)
        .where(User.answers_told == kind, _untold(before))
        .distinct()
    )


def _untold(before: datetime) -> ColumnElement[bool]:
    return and_(Addressee.told_at.is_(None), Addressee.outcome_at <= before)


def _tell_apart(
    author_id: int, before: datetime, post: messages.Post, channel: PacedMail, clock: Clock
) -> None:
    """Let what cannot be foreseen stop the mail to one author only; it is tried again later."""
    try:
        if _claim(author_id, clock()):
            _tell(author_id, before, post, channel, clock)
    except Exception:
        db.session.rollback()
        log.exception("the account %s could not be told of its letters", author_id)


def _claim(author_id: int, now: datetime) -> bool:
    """Take an author for a while; a moment further off was written before a clock was set back."""
    next_at = User.next_telling_at
    free = or_(next_at.is_(None), next_at <= now, next_at > now + REST)
    claim = update(User).where(User.id == author_id, free).values(next_telling_at=now + REST)
    taken = db.session.scalar(claim.returning(User.id))
    db.session.commit()
    return taken is not None


def _tell(
    author_id: int, before: datetime, post: messages.Post, channel: PacedMail, clock: Clock
) -> None:
    author = db.session.get_one(User, author_id)
    outcomes = _outcomes(author_id, before)
    try:
        if outcomes:
            message = compose(post, author, outcomes, clock())
            db.session.rollback()
            channel.send(message)
    except Unavailable as problem:
        log.warning("account %s could not be told, at %s", author_id, problem.stage)
        db.session.rollback()
        return
    except Refused as problem:
        log.warning("account %s is not told: refused at %s", author_id, problem.stage)
    _record(outcomes, clock())
    db.session.get_one(User, author_id).next_telling_at = None
    db.session.commit()


def _outcomes(author_id: int, before: datetime) -> Sequence[AddresseeOutcome]:
    rows = db.session.execute(
        select(
            Addressee.id,
            Addressee.number,
            Addressee.name,
            Addressee.state,
            Addressee.outcome_at,
            Letter.number,
            Letter.subject,
        )
        .join(Addressee.letter)
        .where(Letter.author_id == author_id, _untold(before))
        .order_by(Letter.submitted_at, Letter.id, Addressee.position)
    )
    return [AddresseeOutcome(*row) for row in rows]


def _record(outcomes: Sequence[AddresseeOutcome], now: datetime) -> None:
    """Let what was told count as told, but not what came of an addressee while the mail left."""
    outcome = tuple_(Addressee.id, Addressee.state, Addressee.outcome_at)
    for portion in portions([(one.addressee_id, one.state, one.at) for one in outcomes]):
        told = update(Addressee).where(outcome.in_(portion))
        db.session.execute(told.values(told_at=now))
