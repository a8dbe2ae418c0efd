"""Letters that wait for a consent: they leave when it comes, and fail when it does not."""

from datetime import datetime

from sqlalchemy import select

from webapp.contacts import consents
from webapp.contacts.consent_models import ConsentRequest, RequestState
from webapp.database import AnySession
from webapp.evidence.kinds import NO_ANSWER, EventKind
from webapp.letters import awaiting
from webapp.letters.models import Addressee, Letter
from webapp.letters.steps import State


def settle(session: AnySession, organisation_id: int, email: str, now: datetime) -> int:
    """Let go on, or fail, whatever waited for one address's answer; the caller commits.

    :param email: in lower case.
    :returns: how many notices did not wait any more.
    """
    rows = session.execute(
        select(Addressee, ConsentRequest)
        .join(ConsentRequest, ConsentRequest.id == Addressee.consent_request_id)
        .where(
            ConsentRequest.organisation_id == organisation_id,
            ConsentRequest.email == email,
            ConsentRequest.state != RequestState.PENDING,
            Addressee.state == State.SUBMITTED,
        )
        .order_by(Addressee.id)
        .with_for_update(of=Addressee)
    ).all()
    means = consents.means_of(session, organisation_id, [email]).get(email)
    for addressee, request in rows:
        if means is None:
            awaiting.give_up(session, addressee, _reason(request), now)
        else:
            awaiting.obtain(session, addressee, means, request.number, now)
    return len(rows)


def settle_left(session: AnySession, now: datetime) -> None:
    """Do the same for what nobody saw to: a consent that the sender noted himself, say; commits."""
    left = session.execute(
        select(ConsentRequest.organisation_id, ConsentRequest.email)
        .join(Addressee, Addressee.consent_request_id == ConsentRequest.id)
        .where(ConsentRequest.state != RequestState.PENDING, Addressee.state == State.SUBMITTED)
        .distinct()
    ).all()
    session.rollback()
    for organisation_id, email in left:
        settle(session, organisation_id, email, now)
        session.commit()


def requests_of(session: AnySession, letter: Letter) -> dict[int, ConsentRequest]:
    """Give the requests that notices of a letter wait for, by their ids."""
    waited_for = select(Addressee.consent_request_id).where(
        Addressee.letter_id == letter.id, Addressee.state == State.SUBMITTED
    )
    rows = session.scalars(select(ConsentRequest).where(ConsentRequest.id.in_(waited_for)))
    return {row.id: row for row in rows}


def _reason(request: ConsentRequest) -> str:
    if request.state == RequestState.UNANSWERED:
        return f"{EventKind.CONSENT_REFUSED}: {NO_ANSWER}"
    if request.state == RequestState.FAILED:
        return f"{EventKind.CONSENT_REQUESTED}: {request.problem}"
    if request.state == RequestState.TAKEN_BACK:
        return str(EventKind.CONSENT_REQUEST_TAKEN_BACK)
    # A consent that was given and taken back before the letter heard of it is no consent.
    is_refused = request.state == RequestState.REFUSED
    return str(EventKind.CONSENT_REFUSED if is_refused else EventKind.CONSENT_WITHDRAWN)
