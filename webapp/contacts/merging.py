"""Two contacts that are one person become one contact."""

from collections.abc import Mapping
from datetime import datetime

from blinker import Signal
from sqlalchemy import func, insert, literal, select

from webapp.contacts import book
from webapp.contacts.models import Contact, ContactChange, Membership
from webapp.contacts.rules import FIELDS, Recipient, identity
from webapp.database import AnySession

contact_merged = Signal()
"""Sent with the session as its sender, and `organisation_id`, `gone_id` and `kept_id`, before the
transaction ends: rooms above, which name contacts by their numbers, name the one that is kept."""

_POSTAL = ("address_1", "address_2", "postal_code", "city", "country")


def in_order(one: Contact, other: Contact) -> tuple[Contact, Contact]:
    """Give the older of two contacts first: that is the one whose number is kept."""
    older, newer = sorted((one, other), key=lambda contact: (contact.created_at, contact.id))
    return older, newer


def proposed(session: AnySession, older: Contact, newer: Contact) -> Mapping[str, int]:
    """Say for each field which contact's value is rather to be kept, by the contact's number.

    The one that is not empty, else the one that was written last. An address is taken whole: half
    of one and half of the other is where nobody lives.
    """
    latest, before = newer, older
    if _written_at(session, older) > _written_at(session, newer):
        latest, before = older, newer
    chosen = {
        field: (latest if getattr(latest, field) else before).id
        for field in FIELDS
        if field not in _POSTAL
    }
    address = latest if any(getattr(latest, field) for field in _POSTAL) else before
    return {**chosen, **dict.fromkeys(_POSTAL, address.id)}


def merge(
    session: AnySession,
    older: Contact,
    newer: Contact,
    recipient: Recipient,
    author_id: int,
    now: datetime,
) -> Contact:
    """Keep the older contact with these values, in the groups of both; the newer one goes.

    What both were is noted. A consent belongs to an address, and stays as it is.

    :raises AlreadyInGroup: a third contact of one of their groups is the same person.
    """
    _require_no_third(session, older, newer, recipient)
    session.add(
        ContactChange(
            contact_id=older.id,
            author_id=author_id,
            kind="merged",
            moment=now,
            before=book.fields_of(older),
            absorbed=book.fields_of(newer),
        )
    )
    _enter_its_groups(session, older, newer)
    contact_merged.send(
        session,
        organisation_id=older.organisation_id,
        gone_id=newer.id,
        kept_id=older.id,
    )
    session.delete(newer)
    session.flush()
    book.rewrite(session, older, recipient)
    return older


def _written_at(session: AnySession, contact: Contact) -> datetime:
    changed = select(func.max(ContactChange.moment)).where(ContactChange.contact_id == contact.id)
    return session.scalar(changed) or contact.created_at


def _require_no_third(
    session: AnySession, older: Contact, newer: Contact, recipient: Recipient
) -> None:
    both = (older.id, newer.id)
    theirs = select(Membership.group_id).where(Membership.contact_id.in_(both))
    third = (
        select(Contact.id)
        .join(Membership)
        .where(
            Contact.organisation_id == older.organisation_id,
            Contact.identity == identity(recipient),
            Contact.id.not_in(both),
            Membership.group_id.in_(theirs),
        )
        .limit(1)
    )
    if session.scalar(third) is not None:
        raise book.AlreadyInGroup


def _enter_its_groups(session: AnySession, older: Contact, newer: Contact) -> None:
    own = select(Membership.group_id).where(Membership.contact_id == older.id)
    entering = select(Membership.group_id, literal(older.id), Membership.import_id).where(
        Membership.contact_id == newer.id, Membership.group_id.not_in(own)
    )
    columns = ["group_id", "contact_id", "import_id"]
    session.execute(insert(Membership).from_select(columns, entering))
