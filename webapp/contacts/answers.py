"""What a request for consent comes to: an answer, none, or a failed mail; callers commit."""

from collections.abc import Mapping
from datetime import datetime

from webapp.contacts import consents, failing
from webapp.contacts.consent_models import ConsentRequest, RequestState
from webapp.contacts.models import Consent
from webapp.database import AnySession, alone, hold_row
from webapp.evidence.journal import JSON, Event, append, consent_subject, organisation_chain
from webapp.evidence.kinds import DATA_ERASED, NO_ANSWER, EventKind

MEANS = "accord donné par la personne elle-même, en réponse à une demande envoyée à cette adresse"
"""What proofs say of how such a consent was given; they speak French always."""


class TooLate(Exception):
    """The time to answer is over, or the sender took the request back."""


def is_open(request: ConsentRequest, now: datetime) -> bool:
    """Say whether the person may answer, whatever the worker has said of the term so far.

    The mail may be read before the worker has recorded that it left. A request that the sender took
    back takes no answer.
    """
    is_in_time = request.ends_at is None or now < request.ends_at
    return is_in_time and request.state != RequestState.TAKEN_BACK


def give(
    session: AnySession, request: ConsentRequest, client: Mapping[str, str], now: datetime
) -> Consent:
    """Record that the person accepts registered sends at this address; once, however often.

    :param client: `ip` and `user_agent` of the browser.
    :raises TooLate: the time to answer is over, or the request was taken back.
    """
    recorded = _held(session, request)
    if recorded is not None and recorded.withdrawn_at is None:
        return recorded
    if not is_open(request, now):
        raise TooLate
    given = recorded or Consent(organisation_id=request.organisation_id, email=request.email)
    given.means, given.given_on = MEANS, consents.day_of(now)
    given.declared_at, given.declared_by = now, request.asked_by
    given.request_id, given.document_id = request.id, None
    given.number = given.number or request.number
    session.add(given)
    consents.serve_again(session, given)
    failing.clear(session, request.organisation_id, request.email)
    answer(session, request, RequestState.GIVEN, now)
    consents.settle_requests(session, request.organisation_id, [request.email])
    facts = {"asked_at": request.asked_at.isoformat(), "message_id": request.message_id, **client}
    _note(session, request, EventKind.CONSENT_GIVEN, facts, now)
    return given


def refuse(
    session: AnySession, request: ConsentRequest, client: Mapping[str, str], now: datetime
) -> None:
    """Record that the person does not accept; said twice, it is as once.

    :param client: `ip` and `user_agent` of the browser.
    :raises TooLate: the time to answer is over, or the request was taken back.
    """
    recorded = _held(session, request)
    stands = recorded is not None and recorded.withdrawn_at is None
    if stands or request.state == RequestState.REFUSED:
        return
    if not is_open(request, now):
        raise TooLate
    answer(session, request, RequestState.REFUSED, now)
    _note(session, request, EventKind.CONSENT_REFUSED, client, now)


def withdraw(
    session: AnySession, request: ConsentRequest, client: Mapping[str, str], now: datetime
) -> None:
    """Record that the person takes the address's consent back, whoever noted it."""
    recorded = _held(session, request)
    if recorded is not None:
        consents.withdraw(session, recorded, None, now, client)


def end(session: AnySession, request: ConsentRequest, now: datetime) -> None:
    """Record that the term is over without an answer, which is a refusal."""
    answer(session, request, RequestState.UNANSWERED, now)
    facts = {"reason": NO_ANSWER, "expires_at": (request.ends_at or now).isoformat()}
    _note(session, request, EventKind.CONSENT_REFUSED, facts, now)


def fail(
    session: AnySession,
    request: ConsentRequest,
    problem: str,
    report: Mapping[str, JSON],
    now: datetime,
) -> None:
    """Record that the mail did not reach the person, who therefore said nothing: no refusal.

    Silence that was taken for a refusal before the mail came back is none either. Whoever has the
    request's secret address may still answer: then the mail did arrive.

    :param problem: `stage: words`, the words being the server's.
    :param report: what else a returned message says.
    """
    answer(session, request, RequestState.FAILED, now)
    request.problem = problem
    which = {"message_id": request.message_id, "asked_at": request.asked_at.isoformat()}
    facts = {"reason": problem, **which, **report}
    _note(session, request, EventKind.CONSENT_REQUEST_FAILED, facts, now)


def take_back(
    session: AnySession, request: ConsentRequest, taken_back_by: str, now: datetime
) -> bool:
    """Let the sender take a request back that waits for its answer; the address may be asked again.

    A mail that has not left does not leave.

    :param taken_back_by: the name of who does.
    :returns: whether it was; False: there is an answer meanwhile, or it had ended.
    """
    _held(session, request)
    if request.state != RequestState.PENDING:
        return False
    answer(session, request, RequestState.TAKEN_BACK, now)
    facts = {"message_id": request.message_id, "taken_back_by": taken_back_by}
    _note(session, request, EventKind.CONSENT_REQUEST_TAKEN_BACK, facts, now)
    return True


def stop(session: AnySession, request: ConsentRequest, now: datetime) -> None:
    """Record that nobody waits for an answer any more: the person had her data erased.

    It counts as a refusal, so that no list asks her again.
    """
    _held(session, request)
    if request.state != RequestState.PENDING:
        return
    answer(session, request, RequestState.REFUSED, now)
    _note(session, request, EventKind.CONSENT_REFUSED, {"reason": DATA_ERASED}, now)


def hold(session: AnySession, identifier: int) -> ConsentRequest:
    """Give a request as it is now, held, and before it the chain that who answers it holds first.

    :param identifier: that of its row.
    """
    found = session.get_one(ConsentRequest, identifier)
    alone(session, organisation_chain(found.organisation_id))
    return session.get_one(ConsentRequest, identifier, with_for_update=True, populate_existing=True)


def answer(
    session: AnySession, request: ConsentRequest, state: RequestState, now: datetime
) -> None:
    """Let a request stand so; nothing is due any more."""
    request.state, request.answered_at = state, now
    request.due_at = request.leased_until = None
    session.flush()


def _held(session: AnySession, request: ConsentRequest) -> Consent | None:
    """Hold the address's consent, and the request as it is now; give what is on record."""
    alone(session, organisation_chain(request.organisation_id))
    hold_row(session, request)
    return consents.of_address(session, request.organisation_id, request.email)


def _note(
    session: AnySession,
    request: ConsentRequest,
    kind: EventKind,
    facts: Mapping[str, JSON],
    now: datetime,
) -> None:
    sender = consents.sender_of(session, request.organisation_id)
    known = {"email": request.email, "sender": sender, **facts}
    event = Event(kind, consent_subject(request.number), known)
    append(session, organisation_chain(request.organisation_id), [event], now)
