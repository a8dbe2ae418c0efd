"""Whom ticked groups and chosen contacts reach, as bare rows: ten thousand are quick."""

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import or_, select

from webapp.contacts.models import Contact, Group, Membership
from webapp.contacts.rules import FIELDS
from webapp.database import AnySession
from webapp.texts import searched_words

_COLUMNS = [getattr(Contact, field) for field in FIELDS]


class Reached(NamedTuple):
    """A contact: its ten texts in the order of `rules.FIELDS`, and how it was reached.

    `groups` are the ids of the groups that reach it; `chosen` says that it was named by itself.
    """

    id: int
    identity: str
    texts: tuple[str, ...]
    groups: tuple[int, ...]
    chosen: bool


def reached(
    session: AnySession,
    organisation_id: int,
    group_ids: Collection[int],
    contact_ids: Collection[int],
) -> list[Reached]:
    """Give the organisation's contacts that stand in these groups or are chosen, by name, once.

    A group that is archived reaches nobody.
    """
    if not group_ids and not contact_ids:
        return []
    groups: dict[int, tuple[int, ...]] = {}
    reaching = select(Group.id).where(
        Group.organisation_id == organisation_id,
        Group.id.in_(group_ids),
        Group.archived_at.is_(None),
    )
    standing = select(Membership.contact_id, Membership.group_id).where(
        Membership.group_id.in_(reaching)
    )
    for contact_id, group_id in session.execute(standing.order_by(Membership.group_id)):
        groups[contact_id] = (*groups.get(contact_id, ()), group_id)
    members = select(Membership.contact_id).where(Membership.group_id.in_(reaching))
    contacts = (
        select(Contact.id, Contact.identity, *_COLUMNS)
        .where(
            Contact.organisation_id == organisation_id,
            or_(Contact.id.in_(members), Contact.id.in_(contact_ids)),
        )
        .order_by(Contact.sort_name, Contact.id)
    )
    chosen = frozenset(contact_ids)
    return [
        Reached(row[0], row[1], tuple(row[2:]), groups.get(row[0], ()), row[0] in chosen)
        for row in session.execute(contacts)
    ]


def found(session: AnySession, organisation_id: int, search: str, most: int) -> list[Contact]:
    """Find the organisation's contacts in which every word of `search` occurs, the first by name.

    Words are looked for in name, company, e-mail, town and postcode, case and accents apart;
    without any word nobody is found.
    """
    words = searched_words(search)
    if not words:
        return []
    matching = [Contact.search_text.contains(word, autoescape=True) for word in words]
    return list(
        session.scalars(
            select(Contact)
            .where(Contact.organisation_id == organisation_id, *matching)
            .order_by(Contact.sort_name, Contact.id)
            .limit(most)
        )
    )


def chosen_contacts(
    session: AnySession, organisation_id: int, contact_ids: Collection[int]
) -> list[Contact]:
    """Give those of the contacts that are the organisation's, by name."""
    if not contact_ids:
        return []
    return list(
        session.scalars(
            select(Contact)
            .where(Contact.organisation_id == organisation_id, Contact.id.in_(contact_ids))
            .order_by(Contact.sort_name, Contact.id)
        )
    )
