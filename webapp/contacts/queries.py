"""What pages show of groups and contacts, always from the organisation on."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, case, func, select

from webapp.contacts.models import Contact, Group, Membership
from webapp.contacts.rules import FIELDS, Recipient
from webapp.database import AnySession
from webapp.texts import searched_words
from webapp.web.paging import Page, page_of


@dataclass(frozen=True)
class GroupLine:
    """A group with how many contacts it has, and how many of them no e-mail can reach."""

    group: Group
    contacts: int
    without_email: int


def groups(session: AnySession, organisation_id: int) -> list[GroupLine]:
    """List the organisation's groups by name, without those that are archived."""
    return _lines(session, organisation_id, Group.archived_at.is_(None))


def archived_groups(session: AnySession, organisation_id: int) -> list[GroupLine]:
    """List the organisation's archived groups by name."""
    return _lines(session, organisation_id, Group.archived_at.is_not(None))


def _lines(
    session: AnySession, organisation_id: int, wanted: ColumnElement[bool]
) -> list[GroupLine]:
    without_email = func.count(case((Contact.email == "", 1)))
    rows = session.execute(
        select(Group, func.count(Contact.id), without_email)
        .outerjoin(Membership, Membership.group_id == Group.id)
        .outerjoin(Contact, Contact.id == Membership.contact_id)
        .where(Group.organisation_id == organisation_id, wanted)
        .group_by(Group.id)
        .order_by(Group.folded_name)
    )
    return [GroupLine(group, contacts, missing) for group, contacts, missing in rows]


def group_of(session: AnySession, organisation_id: int, group_id: int) -> Group | None:
    """Find one of the organisation's groups."""
    return session.scalar(
        select(Group).where(Group.organisation_id == organisation_id, Group.id == group_id)
    )


def contact_of(session: AnySession, group: Group, contact_id: int) -> Contact | None:
    """Find one contact of a group."""
    return session.scalar(
        select(Contact)
        .join(Membership)
        .where(Membership.group_id == group.id, Contact.id == contact_id)
    )


def group_page(session: AnySession, group: Group, search: str, number: int) -> Page[Contact]:
    """Give a page of a group's contacts by name: those in which every word of `search` occurs.

    Words are looked for in name, company, e-mail, town and postcode, case and accents apart.
    """
    ordered = found_in(group.id, search).order_by(Contact.sort_name, Contact.id)
    return page_of(session, ordered, number)


def found_in(group_id: int, search: str) -> Select[Contact]:
    """Select the contacts of a group in which every word of `search` occurs, in no order."""
    found = select(Contact).join(Membership).where(Membership.group_id == group_id)
    for word in searched_words(search):
        found = found.where(Contact.search_text.contains(word, autoescape=True))
    return found


def identities(session: AnySession, group_id: int) -> set[str]:
    """Say who stands in a group, by `rules.identity`."""
    return set(
        session.scalars(
            select(Contact.identity).join(Membership).where(Membership.group_id == group_id)
        )
    )


def recipient_of(contact: Contact) -> Recipient:
    """Give a contact's ten fields as the rules made them."""
    return Recipient(**{name: getattr(contact, name) for name in FIELDS})
