"""How the consent of an address stands, and what happened to it: for pages."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, func, select

from webapp.contacts import asking
from webapp.contacts.consent_models import ConsentDocument, ConsentRequest, RequestState
from webapp.contacts.models import Consent, Contact, Listed
from webapp.database import AnySession, portions
from webapp.evidence import proofs
from webapp.evidence.journal import (
    RecordedEvent,
    consent_subject,
    entries_about,
    organisation_chain,
)
from webapp.evidence.kinds import EventKind
from webapp.evidence.models import Proof


class Standing(StrEnum):
    """How it stands: `given` alone lets an e-mail leave."""

    NONE = "none"
    GIVEN = "given"
    WITHDRAWN = "withdrawn"
    PENDING = "pending"
    REFUSED = "refused"
    UNANSWERED = "unanswered"
    FAILED = "failed"
    TAKEN_BACK = "taken_back"


_TOLD: Mapping[str, Standing] = {
    RequestState.PENDING: Standing.PENDING,
    RequestState.REFUSED: Standing.REFUSED,
    RequestState.UNANSWERED: Standing.UNANSWERED,
    RequestState.FAILED: Standing.FAILED,
    RequestState.TAKEN_BACK: Standing.TAKEN_BACK,
}
"""What a request says by itself; what it came to otherwise, the consent says."""


@dataclass(frozen=True)
class AddressState:
    """What is known of one address: its consent, withdrawn or not, and its last request."""

    consent: Consent | None = None
    request: ConsentRequest | None = None

    @property
    def standing(self) -> Standing:
        """What counts of both: the consent while it serves, else what came last."""
        if self.consent is not None and self.consent.withdrawn_at is None:
            return Standing.GIVEN
        asked = self._asked()
        if asked is not None:
            return asked
        return Standing.WITHDRAWN if self.consent is not None else Standing.NONE

    def _asked(self) -> Standing | None:
        """Give what the last request came to, if nothing came after it."""
        if self.request is None or self.request.state not in _TOLD:
            return None
        standing = _TOLD[self.request.state]
        withdrawn_at = self.consent.withdrawn_at if self.consent else None
        ended_at = self.request.answered_at or self.request.asked_at
        is_last = withdrawn_at is None or ended_at >= withdrawn_at
        return standing if is_last or standing is Standing.PENDING else None


@dataclass(frozen=True)
class History:
    """What the journal says of an address's consent, oldest first, and the proofs there are."""

    events: Sequence[RecordedEvent] = ()
    proofs: Sequence[Proof] = ()

    @property
    def unproven(self) -> RecordedEvent | None:
        """What the sender declared last, where no proof was made of it yet: it is made if asked."""
        declared = [one for one in self.events if one.kind == EventKind.CONSENT_DECLARED]
        proven = {proof.entry_id for proof in self.proofs}
        return declared[-1] if declared and declared[-1].entry_id not in proven else None


def states(
    session: AnySession, organisation_id: int, emails: Collection[str]
) -> dict[str, AddressState]:
    """Say how each address stands, by address in lower case."""
    folded = sorted({email.casefold() for email in emails})
    recorded: dict[str, Consent] = {}
    for some in portions(folded):
        rows = session.scalars(
            select(Consent).where(
                Consent.organisation_id == organisation_id, Consent.email.in_(some)
            )
        )
        recorded.update({row.email: row for row in rows})
    asked = asking.last_requests(session, organisation_id, folded)
    return {email: AddressState(recorded.get(email), asked.get(email)) for email in folded}


def state_of(session: AnySession, organisation_id: int, email: str) -> AddressState:
    """Say how one address stands."""
    return states(session, organisation_id, [email])[email.casefold()]


def history(session: AnySession, organisation_id: int, state: AddressState) -> History:
    """Tell what happened to an address's consent; one declared long ago has no number, and none."""
    numbers = (state.consent and state.consent.number, state.request and state.request.number)
    number = next((number for number in numbers if number), None)
    if number is None:
        return History()
    chain, subject = organisation_chain(organisation_id), consent_subject(number)
    made = proofs.proofs_of_subjects(session, chain, [subject]).get(subject, [])
    return History(entries_about(session, chain, subject), made)


def document_of(session: AnySession, consent: Consent | None) -> ConsentDocument | None:
    """Give the paper that is kept with a consent, if one is."""
    if consent is None or consent.document_id is None:
        return None
    return session.get(ConsentDocument, consent.document_id)


def counted(states: Iterable[AddressState]) -> Mapping[Standing, int]:
    """Count addresses by how they stand."""
    counts = dict.fromkeys(Standing, 0)
    for state in states:
        counts[state.standing] += 1
    return counts


def is_listed_as(*wanted: RequestState) -> ColumnElement[bool]:
    """Say of a line of `Listed` that the last request to its contact came to one of these.

    A consent that serves hides what was asked before it.
    """
    same = ConsentRequest.organisation_id == Contact.organisation_id
    at = ConsentRequest.email == func.lower(Contact.email)
    newer = select(func.max(ConsentRequest.id)).where(same, at).correlate(Contact)
    serves = (
        select(Consent.id)
        .where(
            Consent.organisation_id == Contact.organisation_id,
            Consent.email == func.lower(Contact.email),
            Consent.withdrawn_at.is_(None),
        )
        .correlate(Contact)
    )
    contacts = (
        select(Contact.id)
        .join(ConsentRequest, same & at)
        .where(
            ConsentRequest.state.in_(wanted),
            ConsentRequest.id == newer.scalar_subquery(),
            ~serves.exists(),
        )
    )
    return Listed.contact_id.in_(contacts)


def is_listed_with_consent(*, withdrawn: bool) -> ColumnElement[bool]:
    """Say of a line of `Listed` that a consent is on record for its contact, in use or not."""
    at = (Consent.organisation_id == Contact.organisation_id) & (
        Consent.email == func.lower(Contact.email)
    )
    taken_back = Consent.withdrawn_at
    wanted = taken_back.is_not(None) if withdrawn else taken_back.is_(None)
    return Listed.contact_id.in_(select(Contact.id).join(Consent, at).where(wanted))
