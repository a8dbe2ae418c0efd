"""Individuals' consent to registered sends, each to one precise address (CPCE art. L100)."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from sqlalchemy import insert, select

from webapp.contacts.models import Consent
from webapp.database import AnySession
from webapp.evidence.journal import Event, append, organisation_chain
from webapp.evidence.kinds import EventKind

_FEW = 500


def declare(
    session: AnySession,
    organisation_id: int,
    emails: Collection[str],
    means: str,
    declared_by: int,
    now: datetime,
) -> None:
    """Record what the sender states for the addresses that have no consent on record yet.

    :param means: how and when these individuals agreed, in the sender's own words.
    """
    known = consented(session, organisation_id, emails)
    missing = sorted({email.casefold() for email in emails} - known)
    if not missing:
        return
    columns = {"organisation_id": organisation_id, "means": means, "declared_by": declared_by}
    rows = [{**columns, "email": email, "declared_at": now} for email in missing]
    session.execute(insert(Consent), rows)
    subject = organisation_chain(organisation_id)
    events = [
        Event(EventKind.CONSENT_DECLARED, subject, {"email": email, "means": means})
        for email in missing
    ]
    append(session, subject, events, now)


def consented(session: AnySession, organisation_id: int, emails: Collection[str]) -> set[str]:
    """Say for which of the addresses a consent is on record, in lower case."""
    if len(emails) <= _FEW:
        return set(means_of(session, organisation_id, emails))
    # To read every address on record costs less than to ask for thousands by name.
    recorded = select(Consent.email).where(Consent.organisation_id == organisation_id)
    return set(session.scalars(recorded)).intersection(email.casefold() for email in emails)


def means_of(session: AnySession, organisation_id: int, emails: Collection[str]) -> dict[str, str]:
    """Give, by address in lower case, how those who consented did so."""
    means: dict[str, str] = {}
    for some in _portions(sorted({email.casefold() for email in emails})):
        rows = session.execute(
            select(Consent.email, Consent.means).where(
                Consent.organisation_id == organisation_id, Consent.email.in_(some)
            )
        )
        means.update((email, how) for email, how in rows)
    return means


def _portions(emails: Sequence[str]) -> Iterator[Sequence[str]]:
    """Cut a long list: a database takes only so many values in one question."""
    size = 5_000
    return (emails[start : start + size] for start in range(0, len(emails), size))
