"""The kinds of events that happen here, under the names of ETSI EN 319 522-1."""

from enum import StrEnum

_ETSI = "http://uri.etsi.org/19522/Event/"


class EventKind(StrEnum):
    """What can happen to a letter or in an organisation; the value is what the journal keeps."""

    SUBMISSION_ACCEPTANCE = "SubmissionAcceptance"
    NOTIFICATION_FOR_ACCEPTANCE = "NotificationForAcceptance"
    NOTIFICATION_FOR_ACCEPTANCE_FAILURE = "NotificationForAcceptanceFailure"
    NOTIFICATION_DELIVERED = "NotificationDelivered"
    NOTICE_DELAYED = "NoticeDelayed"
    NOTICE_RETURNED_LATE = "NoticeReturnedLate"
    AUTOMATIC_REPLY = "AutomaticReply"
    ADDRESS_CORRECTED = "AddressCorrected"
    CHANNEL_CHANGED = "ChannelChanged"
    NOTIFICATION_REMINDER = "NotificationReminder"
    REMINDERS_STOPPED = "RemindersStopped"
    NOTIFICATION_ACCESS_TRACKING = "NotificationAccessTracking"
    CONTENT_ACCESS_TRACKING = "ContentAccessTracking"
    CODE_SENT = "AddressCodeSent"
    CODE_VERIFIED = "AddressCodeVerified"
    IDENTITY_CORRECTED = "IdentityCorrected"
    CONSIGNMENT_ACCEPTANCE = "ConsignmentAcceptance"
    CONSIGNMENT_REJECTION = "ConsignmentRejection"
    ACCEPTANCE_REJECTION_EXPIRY = "AcceptanceRejectionExpiry"
    CONTENT_CONSIGNMENT = "ContentConsignment"
    RELAY_TO_NON_ERDS = "RelayToNonERDS"
    PAPER_DELIVERED = "PaperDelivered"
    PAPER_RETURNED = "PaperReturned"
    SUBMISSION_CANCELLED = "SubmissionCancelled"
    SENDING_PAUSED = "SendingPaused"
    SENDING_RESUMED = "SendingResumed"
    DEPARTURE_CHANGED = "DepartureChanged"
    CONSENT_DECLARED = "ConsentDeclared"
    CONSENT_REQUESTED = "ConsentRequested"
    CONSENT_REQUEST_FAILED = "ConsentRequestFailed"
    CONSENT_REQUEST_TAKEN_BACK = "ConsentRequestTakenBack"
    CONSENT_GIVEN = "ConsentGiven"
    CONSENT_REFUSED = "ConsentRefused"
    CONSENT_WITHDRAWN = "ConsentWithdrawn"
    CONSENT_OBTAINED = "ConsentObtained"
    PERSONAL_DATA_ERASED = "PersonalDataErased"


OWN_KINDS = frozenset(
    {
        EventKind.NOTICE_DELAYED,
        EventKind.NOTICE_RETURNED_LATE,
        EventKind.AUTOMATIC_REPLY,
        EventKind.ADDRESS_CORRECTED,
        EventKind.CHANNEL_CHANGED,
        EventKind.PAPER_DELIVERED,
        EventKind.PAPER_RETURNED,
        EventKind.SUBMISSION_CANCELLED,
        EventKind.SENDING_PAUSED,
        EventKind.SENDING_RESUMED,
        EventKind.DEPARTURE_CHANGED,
        EventKind.NOTIFICATION_REMINDER,
        EventKind.REMINDERS_STOPPED,
        EventKind.CODE_SENT,
        EventKind.CODE_VERIFIED,
        EventKind.IDENTITY_CORRECTED,
        EventKind.CONSENT_DECLARED,
        EventKind.CONSENT_REQUESTED,
        EventKind.CONSENT_REQUEST_FAILED,
        EventKind.CONSENT_REQUEST_TAKEN_BACK,
        EventKind.CONSENT_GIVEN,
        EventKind.CONSENT_REFUSED,
        EventKind.CONSENT_WITHDRAWN,
        EventKind.CONSENT_OBTAINED,
        EventKind.PERSONAL_DATA_ERASED,
    }
)
"""Kinds that the norm has no name for."""


OPENED = (EventKind.NOTIFICATION_ACCESS_TRACKING, EventKind.CONTENT_ACCESS_TRACKING)
"""A recipient's page was opened, maybe by a machine."""

NO_ANSWER = "no answer"
DATA_ERASED = "data erased at the person's request"
"""Why a consent counts as refused that nobody refused in words: the event's `reason`."""


def uri(kind: EventKind) -> str:
    """Name the kind for the world: the norm's URI, or a URN of our own where it has none."""
    return f"urn:plirec:event:{kind}" if kind in OWN_KINDS else f"{_ETSI}{kind}"
