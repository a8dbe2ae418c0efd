"""Who receives a letter: groups and typed rows become one list in which each person stands once."""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from webapp.compose.rows import Row
from webapp.contacts.models import Contact
from webapp.contacts.queries import recipient_of
from webapp.contacts.rules import INDIVIDUAL, Recipient, identity


@dataclass(frozen=True)
class Candidate:
    """A person or company that groups or rows name; `key` stands for who it is, in forms."""

    key: str
    recipient: Recipient


@dataclass(frozen=True)
class Resolution:
    """Who receives, who cannot and why, and what must still be put right.

    `without_consent` are individuals among `receiving` for whom no consent is on record: the letter
    leaves only if the sender states it (CPCE art. L100).
    """

    receiving: Sequence[Candidate] = ()
    without_consent: Sequence[Candidate] = ()
    without_email: Sequence[Candidate] = ()
    taken_out: Sequence[Candidate] = ()
    merged: int = 0
    on_paper: Sequence[Candidate] = ()
    wrong_rows: Sequence[Row] = field(default=())

    @property
    def digest(self) -> str:
        """Stand for who receives, so that the letter goes to the list that was shown."""
        keys = ",".join(sorted(person.key for person in self.receiving))
        return hashlib.sha256(keys.encode()).hexdigest()[:32]


def resolve(
    contacts: Iterable[Contact],
    rows: Iterable[Row],
    taken_out: Collection[str],
    consented: Collection[str],
) -> Resolution:
    """Make one list of all the ways in which recipients were named.

    :param contacts: those of the groups that are ticked, each as often as it was reached.
    :param taken_out: keys of those whom the sender takes out of this letter.
    :param consented: e-mail addresses for which a consent is on record.
    """
    rows = list(rows)
    named = [row.checked.recipient for row in rows if row.checked and row.checked.recipient]
    named.extend(recipient_of(contact) for contact in contacts)
    persons: dict[str, Candidate] = {}
    for recipient in named:
        key = key_of(recipient)
        known = persons.get(key)
        if known is None or _needs_consent_more(recipient, known.recipient):
            persons[key] = Candidate(key, recipient)
    kept = [person for person in persons.values() if person.key not in taken_out]
    receiving = [person for person in kept if person.recipient.email]
    return Resolution(
        receiving=receiving,
        without_consent=[person for person in receiving if _lacks_consent(person, consented)],
        without_email=[person for person in kept if not person.recipient.email],
        taken_out=[person for person in persons.values() if person.key in taken_out],
        merged=len(named) - len(persons),
        wrong_rows=[row for row in rows if row.is_wrong],
    )


def key_of(recipient: Recipient) -> str:
    """Stand for who a recipient is, without writing it into the form."""
    return hashlib.sha256(identity(recipient).encode()).hexdigest()[:16]


def _needs_consent_more(recipient: Recipient, known: Recipient) -> bool:
    """Say whether a person named with two statuses must be taken as an individual."""
    return recipient.status == INDIVIDUAL and known.status != INDIVIDUAL


def _lacks_consent(person: Candidate, consented: Collection[str]) -> bool:
    recipient = person.recipient
    return recipient.status == INDIVIDUAL and recipient.email.casefold() not in consented
