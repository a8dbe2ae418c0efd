"""What proofs prove, and which events of the journal get one."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from webapp.evidence.kinds import EventKind


class ProofKind(StrEnum):
    """What a proof proves."""

    DEPOSIT = "deposit"
    SENDING = "sending"
    RECEPTION = "reception"
    REFUSAL = "refusal"
    NON_CLAIM = "non_claim"
    FAILURE = "failure"
    CONSENT = "consent"


OF_ADDRESSEES: Mapping[EventKind, ProofKind] = MappingProxyType(
    {
        EventKind.SUBMISSION_ACCEPTANCE: ProofKind.DEPOSIT,
        EventKind.NOTIFICATION_FOR_ACCEPTANCE: ProofKind.SENDING,
        EventKind.CONSIGNMENT_ACCEPTANCE: ProofKind.RECEPTION,
        EventKind.CONSIGNMENT_REJECTION: ProofKind.REFUSAL,
        EventKind.ACCEPTANCE_REJECTION_EXPIRY: ProofKind.NON_CLAIM,
        EventKind.NOTIFICATION_FOR_ACCEPTANCE_FAILURE: ProofKind.FAILURE,
    }
)
"""The events of an addressee that get a proof, and which.

What the post did with a paper letter gets none: the post's own documents are the proof of it.
"""

OF_CONSENTS = frozenset(
    {EventKind.CONSENT_GIVEN, EventKind.CONSENT_REFUSED, EventKind.CONSENT_WITHDRAWN}
)
"""The events of a consent that get a proof by themselves."""

ON_REQUEST = frozenset({EventKind.CONSENT_DECLARED})
"""Those that get one when somebody asks: a sender declares those of whole lists at once."""

PROVABLE: Mapping[EventKind, ProofKind] = MappingProxyType(
    {**OF_ADDRESSEES, **dict.fromkeys(OF_CONSENTS | ON_REQUEST, ProofKind.CONSENT)}
)


class Unprovable(Exception):
    """An entry that no proof can be made of; the text says what the journal lacks."""


class Purged(Unprovable):
    """An entry whose facts the law let go: there is nothing to prove any more, and no fault."""
