"""E-mail addresses at which notices fail; a contact is marked by its address alone."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, select

from webapp.contacts.models import Contact, FailingAddress, Listed
from webapp.database import AnySession, portions


def mark(session: AnySession, organisation_id: int, email: str, since: datetime) -> None:
    """Note that notices fail at this address; the first time stays."""
    key = (organisation_id, email.casefold())
    if session.get(FailingAddress, key) is None:
        session.add(FailingAddress(organisation_id=key[0], email=key[1], since=since))
        session.flush()


def clear(session: AnySession, organisation_id: int, email: str) -> None:
    """Note that a notice was answered from this address: notices arrive there."""
    session.execute(
        delete(FailingAddress).where(
            FailingAddress.organisation_id == organisation_id,
            FailingAddress.email == email.casefold(),
        )
    )


def since(
    session: AnySession, organisation_id: int, emails: Collection[str]
) -> Mapping[str, datetime]:
    """Say at which of the addresses notices fail, and since when; by address in lower case."""
    found: dict[str, datetime] = {}
    for portion in portions(sorted({email.casefold() for email in emails if email})):
        rows = session.execute(
            select(FailingAddress.email, FailingAddress.since).where(
                FailingAddress.organisation_id == organisation_id,
                FailingAddress.email.in_(portion),
            )
        )
        found.update({row.email: row.since for row in rows})
    return found


def all_of(session: AnySession, organisation_id: int) -> Mapping[str, datetime]:
    """Give all the organisation's failing addresses, in lower case, with since when: a few."""
    rows = session.execute(
        select(FailingAddress.email, FailingAddress.since).where(
            FailingAddress.organisation_id == organisation_id
        )
    )
    return {row.email: row.since for row in rows}


def is_listed_with_one() -> ColumnElement[bool]:
    """Say of a line of `Listed` that its contact has such an address.

    Few addresses fail, and this filter is asked for rarely: it looks at the contacts themselves.
    """
    return Listed.contact_id.in_(
        select(Contact.id).join(
            FailingAddress,
            (FailingAddress.organisation_id == Contact.organisation_id)
            & (FailingAddress.email == func.lower(Contact.email)),
        )
    )
