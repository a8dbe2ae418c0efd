"""What comes back about notices is recorded once: as a failure, or as a note beside the state.

A request for consent that comes back has not reached the person: it fails, and is no refusal.
"""

import hashlib
import logging
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select

from config import Config
from webapp.contacts import answers, failing
from webapp.contacts.consent_models import ConsentRequest, RequestState
from webapp.database import AnySession
from webapp.delivery import awaited, return_path, returned_mail
from webapp.delivery.models import ReturnedMessage
from webapp.delivery.return_path import Asked, Sent
from webapp.delivery.returned_mail import Kind, Returned
from webapp.evidence.journal import JSON
from webapp.evidence.kinds import EventKind
from webapp.letters import mending, steps
from webapp.letters.models import Addressee, Letter
from webapp.letters.steps import State
from webapp.storage import store

log = logging.getLogger(__name__)
MOST_NOTED = 30
"""How many messages about one send are taken in that fail nothing: whoever knows its number may
answer it like a machine, and each is an event that stays for ever."""


class TakenIn(StrEnum):
    """What became of a message."""

    RECORDED = "recorded"
    REPEATED = "repeated"
    EARLY = "early"
    """It is about a mail that is not yet recorded as sent: to be handed over again later."""
    IDLE = "idle"
    """It is about a request for consent, and changes nothing: it is late, or a machine answered."""
    UNKNOWN = "unknown"
    """It is about no mail of ours, says nothing that a machine would, or is one of many: left
    to people."""


_NOTES = {
    Kind.FAILED: EventKind.NOTICE_RETURNED_LATE,
    Kind.DELAYED: EventKind.NOTICE_DELAYED,
    Kind.DELIVERED: EventKind.NOTIFICATION_DELIVERED,
    Kind.AUTOMATIC: EventKind.AUTOMATIC_REPLY,
}


def take_in(
    session: AnySession, config: Config, content: bytes, recipient: str, now: datetime
) -> TakenIn:
    """Record what a message says about a notice or a request for consent; the caller commits.

    Only a notice that stands as sent can fail by it. What a mail server says counts if it came to
    the notice's own return path, where it has one: who knows the number of a send, as its sender
    does, cannot say that it arrived. After an answer, or about an earlier address, it is but noted.

    :param content: the message, at most `returned_mail.MOST_BYTES`.
    :param recipient: the address to which it came, where the mail server says so; else empty.
    """
    said = returned_mail.read(content)
    sent = _sent(config, said, recipient)
    if sent is None or said.kind is Kind.OTHER or return_path.named_by_message_id(said.message_id):
        # The last is our own mail, sent on to where it came from: it says nothing.
        return TakenIn.UNKNOWN
    if isinstance(sent, Asked):
        return _of_request(session, sent, said, content, now)
    addressee = _addressee(session, sent)
    if addressee is None:
        return TakenIn.UNKNOWN
    if addressee.state == State.SUBMITTED and sent.generation == addressee.token_generation:
        return TakenIn.EARLY
    digest = hashlib.sha256(content).hexdigest()
    if _is_known(session, addressee, digest):
        return TakenIn.REPEATED
    fails = _fails(addressee, sent, said, now)
    if not fails and _times_noted(session, addressee) >= MOST_NOTED:
        return TakenIn.UNKNOWN
    _record(session, config, addressee, sent, said, content, now, fails=fails)
    log.info("a message about addressee %s was taken in: %s", addressee.id, said.kind)
    return TakenIn.RECORDED


def _of_request(
    session: AnySession, asked: Asked, said: Returned, content: bytes, now: datetime
) -> TakenIn:
    named = select(ConsentRequest.id).where(
        ConsentRequest.number == asked.number, ConsentRequest.generation == asked.generation
    )
    identifier = session.scalar(named)
    if identifier is None:
        return TakenIn.UNKNOWN
    request = answers.hold(session, identifier)
    if said.kind is not Kind.FAILED:
        return TakenIn.IDLE
    if request.state == RequestState.FAILED:
        return TakenIn.REPEATED
    if request.state not in (RequestState.PENDING, RequestState.UNANSWERED):
        return TakenIn.IDLE
    if request.sent_at is None:
        return TakenIn.EARLY
    report = _report(said, content)
    answers.fail(session, request, mending.returned(report), report, now)
    failing.mark(session, request.organisation_id, request.email, now)
    awaited.settle(session, request.organisation_id, request.email, now)
    log.info("the request for consent %s came back", identifier)
    return TakenIn.RECORDED


def _report(said: Returned, content: bytes) -> dict[str, JSON]:
    return {
        "status": said.status,
        "words": return_path.without_tags(said.words),
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def _sent(config: Config, said: Returned, recipient: str) -> Sent | Asked | None:
    named = return_path.named_by_address(config, f"{recipient} {said.envelope}")
    # A server's report goes to the return path; only an automatic answer may go elsewhere.
    if named is None and (said.kind is Kind.AUTOMATIC or not return_path.has_tags(config)):
        return return_path.named_by_message_id(said.quoted)
    return named


def _addressee(session: AnySession, sent: Sent) -> Addressee | None:
    found = select(Addressee).where(
        Addressee.number == sent.number,
        Addressee.token_generation >= sent.generation,
        Addressee.letter_id.in_(select(Letter.id).where(Letter.purged_at.is_(None))),
    )
    return session.scalar(found.with_for_update())


def _is_known(session: AnySession, addressee: Addressee, digest: str) -> bool:
    known = select(ReturnedMessage.id).where(
        ReturnedMessage.addressee_id == addressee.id, ReturnedMessage.digest == digest
    )
    return session.scalar(known) is not None


def _times_noted(session: AnySession, addressee: Addressee) -> int:
    taken_in = select(func.count()).where(ReturnedMessage.addressee_id == addressee.id)
    return session.scalar(taken_in) or 0


def _fails(addressee: Addressee, sent: Sent, said: Returned, now: datetime) -> bool:
    return (
        said.kind is Kind.FAILED
        and addressee.state == State.NOTIFIED
        and steps.has_time_left(addressee, now)
        and sent.generation == addressee.token_generation
    )


def _record(
    session: AnySession,
    config: Config,
    addressee: Addressee,
    sent: Sent,
    said: Returned,
    content: bytes,
    now: datetime,
    *,
    fails: bool,
) -> None:
    report = {**_report(said, content), "generation": sent.generation}
    if fails:
        mending.bounce(session, addressee, report, now)
        failing.mark(session, addressee.letter.organisation_id, addressee.email, now)
        store(config.files_directory, content)
    else:
        steps.write(session, addressee, _NOTES[said.kind], report, now)
    session.add(
        ReturnedMessage(
            addressee_id=addressee.id,
            digest=str(report["sha256"]),
            kind=said.kind,
            is_kept=fails,
            arrived_at=now,
        )
    )


def kept_messages(session: AnySession, addressee_ids: list[int]) -> dict[int, ReturnedMessage]:
    """Give the message by which each addressee's notice failed last, by the addressee's id."""
    rows = select(ReturnedMessage).where(
        ReturnedMessage.addressee_id.in_(addressee_ids), ReturnedMessage.is_kept
    )
    return {row.addressee_id: row for row in session.scalars(rows.order_by(ReturnedMessage.id))}


def kept_message(session: AnySession, letter: Letter, identifier: int) -> ReturnedMessage | None:
    """Find a message by which one of the letter's notices failed."""
    return session.scalar(
        select(ReturnedMessage)
        .join(ReturnedMessage.addressee)
        .where(
            Addressee.letter_id == letter.id,
            ReturnedMessage.id == identifier,
            ReturnedMessage.is_kept,
        )
    )
