"""Handing a letter over: its recipients are frozen with it, in one transaction."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from webapp.accounts.models import Organisation, User
from webapp.accounts.tokens import hashed, new_number
from webapp.database import AnySession
from webapp.evidence.journal import (
    JSON,
    Event,
    addressee_subject,
    append,
    letter_chain,
    letter_subject,
)
from webapp.evidence.kinds import EventKind
from webapp.letters.attachments import AttachedFile, fingerprint
from webapp.letters.models import Addressee, Attachment, Channel, Letter, searched
from webapp.letters.numbers import message_id, token
from webapp.letters.steps import FIRST
from webapp.prepared import insert_many
from webapp.texts import fold


class AwaitedConsent(NamedTuple):
    """The request on whose answer a notice waits, and the number by which the journal tells it."""

    request_id: int
    number: str


@dataclass(frozen=True)
class FrozenRecipient:
    """A recipient as he is at this moment; `consent` says how an individual gave it, and when.

    By e-mail he has an address there; on paper, a postal one. One who is asked for his consent
    first is told of the letter when he has given it.
    """

    name: str
    email: str
    status: str
    postal_address: str
    consent: str
    channel: Channel = Channel.EMAIL
    awaits: AwaitedConsent | None = None


@dataclass(frozen=True)
class Submission:
    """All that is needed to hand a letter over.

    :param key: made when the form was shown; the same key never makes a second letter.
    :param token_key: the installation's secret for recipients' addresses, 32 bytes.
    :param host: the host under which messages are identified; never one that tells the sender.
    :param own_reference: how the sender files the letter, never shown to recipients.
    :param attachments: files that are in the store already, in their order.
    :param leaves_at: when its notices leave (aware); None: at once.
    :param names_sender: whether the notice names the sender; None: as the organisation has chosen.
    """

    organisation: Organisation
    author: User
    subject: str
    message: str
    is_trial: bool
    recipients: Sequence[FrozenRecipient]
    key: str
    token_key: bytes
    host: str
    own_reference: str = ""
    attachments: Sequence[AttachedFile] = ()
    leaves_at: datetime | None = None
    names_sender: bool | None = None


def submitted_before(session: AnySession, key: str) -> Letter | None:
    """Find the letter that this key has already made, at an earlier press of the button."""
    return session.scalar(select(Letter).where(Letter.submission_key == key))


def submit(session: AnySession, submission: Submission, now: datetime) -> Letter:
    """Write the letter, its addressees and its first events; the caller commits once.

    From then on nothing that happens to contacts or groups touches it, and each addressee is due.

    :returns: the letter, or the one that an earlier press has made.
    """
    existing = submitted_before(session, submission.key)
    if existing is not None:
        return existing
    letter = _letter(submission, now)
    session.add(letter)
    session.flush()
    rows = [
        _addressee_row(submission, letter, position, recipient, now)
        for position, recipient in enumerate(submission.recipients, start=1)
    ]
    insert_many(session, Addressee, tuple(rows[0]), [tuple(row.values()) for row in rows])
    append(session, letter_chain(letter.number), _events(submission, letter, rows), now)
    return letter


def _letter(submission: Submission, now: datetime) -> Letter:
    organisation, names_sender = submission.organisation, submission.names_sender
    return Letter(
        number=new_number(),
        organisation_id=organisation.id,
        author_id=submission.author.id,
        submission_key=submission.key,
        subject=submission.subject,
        message=submission.message,
        own_reference=submission.own_reference,
        attachments=[
            Attachment(position=position, **asdict(file))
            for position, file in enumerate(submission.attachments, start=1)
        ],
        sender_name=organisation.name,
        sender_email=organisation.email,
        sender_address=organisation.postal_address,
        names_sender=organisation.names_sender if names_sender is None else names_sender,
        is_trial=submission.is_trial,
        submitted_at=now,
        leaves_at=submission.leaves_at,
        reminder_days=organisation.reminder_days,
        search_text=fold(f"{submission.subject} {submission.own_reference}"),
    )


def _addressee_row(
    submission: Submission,
    letter: Letter,
    position: int,
    recipient: FrozenRecipient,
    now: datetime,
) -> dict[str, object]:
    number = new_number()
    leaves_by_itself = recipient.channel == Channel.EMAIL and recipient.awaits is None
    return {
        "letter_id": letter.id,
        "position": position,
        "number": number,
        "channel": recipient.channel,
        "state": FIRST[recipient.channel],
        "name": recipient.name,
        "email": recipient.email,
        "status": recipient.status,
        "postal_address": recipient.postal_address,
        "consent": recipient.consent,
        "search_text": searched(recipient.name, recipient.email, recipient.postal_address),
        "token_hash": hashed(token(submission.token_key, number, 1)),
        "message_id": message_id(number, 1, submission.host),
        "due_at": (submission.leaves_at or now) if leaves_by_itself else None,
        "consent_request_id": recipient.awaits.request_id if recipient.awaits else None,
    }


def _events(
    submission: Submission, letter: Letter, rows: Sequence[dict[str, object]]
) -> list[Event]:
    """Tell the deposit once for the letter, then once for each send, whose proof stands alone."""
    kind = EventKind.SUBMISSION_ACCEPTANCE
    whole: dict[str, JSON] = {
        "subject": letter.subject,
        "message": letter.message,
        "message_sha256": letter.message_sha256,
        "attachments": [fingerprint(file) for file in letter.attachments],
        "own_reference": letter.own_reference,
        "addressee_count": len(rows),
        "trial": letter.is_trial,
        "sender": {
            "name": letter.sender_name,
            "email": letter.sender_email,
            "address": letter.sender_address,
        },
        "submitted_by": submission.author.name,
        "names_sender": letter.names_sender,
        "leaves_at": letter.leaves_at.isoformat() if letter.leaves_at else None,
        "reminder_days": letter.reminder_days,
    }
    events = [Event(kind, letter_subject(letter.number), whole)]
    for row, recipient in zip(rows, submission.recipients, strict=True):
        number = str(row["number"])
        facts: dict[str, JSON] = {
            "number": number,
            "name": recipient.name,
            "channel": recipient.channel,
            "email": recipient.email,
            "postal_address": recipient.postal_address,
            "status": recipient.status,
            "consent": recipient.consent,
            "trial": letter.is_trial,
        }
        if recipient.awaits:
            facts["asks_consent"] = recipient.awaits.number
        events.append(Event(kind, addressee_subject(number), facts))
    return events
