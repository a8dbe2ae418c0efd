"""Requests for consent are carried one by one: claimed for a while, sent, their terms ended."""

import logging
from datetime import datetime

from sqlalchemy import false, or_, select, update
from sqlalchemy.exc import OperationalError

from config import Config
from webapp.accounts import messages
from webapp.accounts.pace import LimitReached
from webapp.accounts.paced_mail import PacedMail
from webapp.clock import Clock
from webapp.contacts import answers, asking, consents
from webapp.contacts.consent_models import ConsentRequest, RequestState
from webapp.contacts.failing import mark
from webapp.delivery import awaited, consent_mail, holding, languages, return_path
from webapp.delivery.consent_mail import Service
from webapp.delivery.retrying import GIVEN_UP_AFTER, next_try
from webapp.evidence.journal import JSON, Event, append, consent_subject, organisation_chain
from webapp.evidence.kinds import EventKind
from webapp.extensions import db
from webapp.jobs import is_stopping
from webapp.letters import leases
from webapp.mail import DeliveryProblem, Refused, Unavailable

log = logging.getLogger(__name__)


def carry_requests(config: Config, clock: Clock) -> None:
    """Send the requests that are due, end the terms that are over, let letters go on.

    May be run at any time, by any number of processes, and again after a crash: what was in flight
    then leaves once more, with the same Message-ID. While no mail can leave, requests wait.
    """
    post = messages.post(db.session, config)
    db.session.rollback()
    with PacedMail(db.session, post.config, is_awaited=False, clock=clock) as channel:
        while not is_stopping():
            claimed = _claim(config, clock(), may_send=post.is_open)
            if claimed is None:
                break
            _carry_apart(claimed, config, post, channel, clock)
    awaited.settle_left(db.session, clock())


def _claim(config: Config, now: datetime, *, may_send: bool) -> int | None:
    is_sent = ConsentRequest.sent_at.is_not(None)
    may_leave = holding.not_all_paused() if may_send else false()
    due = (
        select(ConsentRequest.id)
        .where(
            ConsentRequest.state == RequestState.PENDING,
            ConsentRequest.due_at <= now,
            leases.nobody_holds(now, ConsentRequest.leased_until),
            or_(is_sent, may_leave),
        )
        .order_by(ConsentRequest.due_at, ConsentRequest.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    taken = db.session.scalar(
        update(ConsentRequest)
        .where(ConsentRequest.id.in_(select(due.c.id)))
        .values(leased_until=leases.ends_at(now, config.delivery_lease))
        .returning(ConsentRequest.id)
    )
    db.session.commit()
    return taken


def _carry_apart(
    identifier: int, config: Config, post: messages.Post, channel: PacedMail, clock: Clock
) -> None:
    """Let what cannot be foreseen stop one request only, which is due again after its lease."""
    try:
        request = db.session.get_one(ConsentRequest, identifier)
        if request.sent_at is None:
            _send(request, config, post, channel, clock)
        else:
            _end(identifier, clock())
    except Exception as problem:
        db.session.rollback()
        if isinstance(problem, OperationalError):
            # What leaves now could not be written down, and would leave again: the run ends here.
            raise
        log.exception("the request for consent %s could not be worked on", identifier)
    except BaseException:
        # What counts the mails commits when it is left: nothing half written may stand by then.
        db.session.rollback()
        raise


def _end(identifier: int, now: datetime) -> None:
    request = answers.hold(db.session, identifier)
    if request.state == RequestState.PENDING and not answers.is_open(request, now):
        answers.end(db.session, request, now)
        awaited.settle(db.session, request.organisation_id, request.email, now)
    db.session.commit()


def _send(
    request: ConsentRequest, config: Config, post: messages.Post, channel: PacedMail, clock: Clock
) -> None:
    now, identifier = clock(), request.id
    service = Service(post.config.mail_from, post.address, asking.key_of(config))
    language = languages.chosen_at(
        db.session, request.organisation_id, request.email
    ) or languages.of_sender(request.organisation)
    try:
        message = consent_mail.compose(service, request, language, now)
        path = return_path.of_request(post.config, request)
        db.session.rollback()
        answer = channel.send(message, path)
    except LimitReached as reached:
        db.session.rollback()
        held = answers.hold(db.session, identifier)
        held.due_at, held.leased_until = reached.until, None
        db.session.commit()
    except (Refused, Unavailable) as problem:
        db.session.rollback()
        log.warning("the request for consent %s did not leave, at %s", identifier, problem.stage)
        _put_off(identifier, config, problem, clock())
    else:
        _record(identifier, answer, now)


def _record(identifier: int, answer: str, sent_at: datetime) -> None:
    """Record that the mail left: the term runs, unless a consent came meanwhile."""
    request = answers.hold(db.session, identifier)
    request.sent_at, request.ends_at = sent_at, asking.ends_at(sent_at, request.days)
    request.leased_until, request.problem = None, ""
    request.due_at = request.ends_at if request.state == RequestState.PENDING else None
    facts: dict[str, JSON] = {
        "email": request.email,
        "sender": consents.sender_of(db.session, request.organisation_id),
        "asked_at": request.asked_at.isoformat(),
        "days": request.days,
        "expires_at": request.ends_at.isoformat(),
        "message_id": request.message_id,
        "server": answer,
    }
    chain, subject = organisation_chain(request.organisation_id), consent_subject(request.number)
    append(db.session, chain, [Event(EventKind.CONSENT_REQUESTED, subject, facts)], sent_at)
    db.session.commit()


def _put_off(identifier: int, config: Config, problem: DeliveryProblem, now: datetime) -> None:
    """Try again later, as notices are; give up as they are (`retrying.put_off`)."""
    request = answers.hold(db.session, identifier)
    if request.state != RequestState.PENDING:
        db.session.commit()
        return
    request.problem = str(problem)
    if problem.is_about_the_message:
        request.first_tried_at = request.first_tried_at or now
    since = request.first_tried_at
    is_over = since is not None and problem.is_about_the_message and now >= since + GIVEN_UP_AFTER
    if isinstance(problem, Refused) or is_over:
        answers.fail(db.session, request, str(problem), {}, now)
        if problem.stage == "recipient":
            mark(db.session, request.organisation_id, request.email, now)
        awaited.settle(db.session, request.organisation_id, request.email, now)
    else:
        request.due_at = next_try(config, request.attempts, since, now)
        request.attempts, request.leased_until = request.attempts + 1, None
    db.session.commit()
