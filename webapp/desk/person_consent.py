"""What is held of a person's consent: what she was asked, the papers, and what of it may go."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update

from webapp import released_files
from webapp.accounts.models import User
from webapp.contacts import answers, consent_papers, consents
from webapp.contacts.consent_models import ConsentDocument, ConsentRequest, RequestState
from webapp.contacts.consent_states import AddressState, history, state_of
from webapp.contacts.models import Consent
from webapp.database import AnySession
from webapp.delivery import awaited
from webapp.desk import consent_keeping
from webapp.evidence.journal import RecordedEvent
from webapp.letters.models import Addressee


@dataclass(frozen=True)
class HeldConsent:
    """All of one address's consent; `own_papers` speak of nobody else.

    `is_needed`: a letter that went to the address is kept, and the papers with it (CPCE art. L100).
    """

    state: AddressState = AddressState()
    requests: Sequence[ConsentRequest] = ()
    events: Sequence[RecordedEvent] = ()
    own_papers: Sequence[ConsentDocument] = ()
    shared_papers: Sequence[ConsentDocument] = ()
    is_needed: bool = False

    @property
    def consent(self) -> Consent | None:
        """What is on record, withdrawn or not."""
        return self.state.consent

    @property
    def standing(self) -> Consent | None:
        """The consent, if it serves: it would be withdrawn."""
        return self.consent if self.consent and self.consent.withdrawn_at is None else None

    @property
    def pending(self) -> ConsentRequest | None:
        """The request that waits for an answer: it would be ended."""
        last = self.state.request
        return last if last is not None and last.state == RequestState.PENDING else None

    @property
    def refused(self) -> ConsentRequest | None:
        """The refusal, which stays so that no list asks again."""
        last = self.state.request
        return last if last is not None and last.state == RequestState.REFUSED else None

    @property
    def old_requests(self) -> Sequence[ConsentRequest]:
        """The requests that may go.

        The last one stays beside a consent or a refusal, whose number goes on, and so does the one
        by which the consent was given.
        """
        last = self.state.request
        kept = {self.consent.request_id} if self.consent else set()
        if last is not None and (self.consent or self.pending or self.refused):
            kept.add(last.id)
        return [request for request in self.requests if request.id not in kept]

    @property
    def papers_to_erase(self) -> Sequence[ConsentDocument]:
        """The papers that may go."""
        return () if self.is_needed else self.own_papers

    @property
    def kept_papers(self) -> Sequence[ConsentDocument]:
        """The papers that stay."""
        return (*self.shared_papers, *(self.own_papers if self.is_needed else ()))

    @property
    def stays(self) -> bool:
        """Say whether something of it stays kept."""
        return bool(self.consent or self.refused or self.kept_papers)

    @property
    def can_erase(self) -> bool:
        """Say whether anything of it may be erased now."""
        return bool(self.standing or self.pending or self.old_requests or self.papers_to_erase)


def of_address(session: AnySession, organisation_id: int, email: str) -> HeldConsent:
    """Find all that an organisation holds of an address's consent.

    :param email: in lower case.
    """
    state = state_of(session, organisation_id, email)
    events = history(session, organisation_id, state).events
    asked = select(ConsentRequest).where(
        ConsentRequest.organisation_id == organisation_id, ConsentRequest.email == email
    )
    subject = events[0].subject if events else ""
    papers = consent_papers.named_by(session, organisation_id, events)
    shared = [one for one in papers if consent_papers.is_told_of(session, one, but_in=subject)]
    return HeldConsent(
        state=state,
        requests=session.scalars(asked.order_by(ConsentRequest.id)).all(),
        events=events,
        own_papers=[one for one in papers if one not in shared],
        shared_papers=shared,
        is_needed=email in consent_keeping.with_kept_letters(session, organisation_id, {email}),
    )


def erase(session: AnySession, user: User, held: HeldConsent, now: datetime) -> Mapping[str, int]:
    """Erase in the caller's transaction what may go; letters that wait for an answer fail.

    A consent that stands is withdrawn first, and a pending request is ended, each with its event.

    :returns: how many of each kind.
    """
    counts = {
        "consents": int(held.standing is not None),
        "requests": len(held.old_requests) + int(held.pending is not None),
        "documents": len(held.papers_to_erase),
    }
    old, papers = held.old_requests, held.papers_to_erase
    if held.standing is not None:
        consents.withdraw(session, held.standing, user.id, now)
    if held.pending is not None:
        answers.stop(session, held.pending, now)
    for request in held.requests[-1:]:
        awaited.settle(session, request.organisation_id, request.email, now)
    ids = [request.id for request in old]
    waiting = update(Addressee).where(Addressee.consent_request_id.in_(ids))
    session.execute(waiting.values(consent_request_id=None))
    session.execute(delete(ConsentRequest).where(ConsentRequest.id.in_(ids)))
    released_files.release(session, consent_papers.erase(session, papers), now)
    return counts
