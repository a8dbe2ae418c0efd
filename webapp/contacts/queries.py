"""What pages show of groups and contacts, always from the organisation on."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, select

from webapp.contacts import consent_states, failing, listing
from webapp.contacts.consent_models import RequestState
from webapp.contacts.models import Contact, Group, Listed, Membership
from webapp.contacts.rules import FIELDS, Recipient
from webapp.database import AnySession
from webapp.texts import searched_words

KINDS: dict[str, ColumnElement[bool]] = {
    "professionnels": Listed.traits.op("&")(listing.PROFESSIONAL) != 0,
    "particuliers": Listed.traits.op("&")(listing.PROFESSIONAL) == 0,
    "sans-email": Listed.traits.op("&")(listing.WITHOUT_EMAIL) != 0,
    "sans-adresse": Listed.traits.op("&")(listing.WITHOUT_ADDRESS) != 0,
    "sans-accord": Listed.traits.op("&")(listing.WITHOUT_CONSENT) != 0,
    "accord-note": consent_states.is_listed_with_consent(withdrawn=False),
    "accord-demande": consent_states.is_listed_as(RequestState.PENDING),
    "accord-refuse": consent_states.is_listed_as(RequestState.REFUSED, RequestState.UNANSWERED),
    "accord-retire": consent_states.is_listed_with_consent(withdrawn=True),
    "email-en-echec": failing.is_listed_with_one(),
}
"""Which contacts a filter keeps, by the word that stands for it in addresses."""


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
    without_email = Listed.traits.op("&")(listing.WITHOUT_EMAIL) != 0
    rows = session.execute(
        select(
            Group,
            func.count(Listed.contact_id),
            func.count(Listed.contact_id).filter(without_email),
        )
        .outerjoin(Listed, Listed.group_id == Group.id)
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


def found_in(group_id: int, search: str, kind: str = "") -> Select[Contact]:
    """Select the contacts of a group in which every word of `search` occurs, in no order.

    Words are looked for in name, company, e-mail, town and postcode, case and accents apart.

    :param kind: one of `KINDS`; anything else keeps all.
    """
    wanted = conditions(search, kind)
    if not wanted:
        return select(Contact).join(Membership).where(Membership.group_id == group_id)
    # The name too, for it is the second column of the only key that leads to a contact's line.
    line = (Listed.contact_id == Contact.id) & (Listed.sort_name == Contact.sort_name)
    return select(Contact).join(Listed, line).where(Listed.group_id == group_id, *wanted)


def conditions(search: str, kind: str) -> list[ColumnElement[bool]]:
    """Say of a line of `Listed` that a search and a filter find it; empty where both keep all."""
    words = [Listed.search_text.contains(word, autoescape=True) for word in searched_words(search)]
    return [KINDS[kind], *words] if kind in KINDS else words


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


def others_at(session: AnySession, contact: Contact) -> list[Recipient]:
    """List who else has a contact's e-mail address, by name: a consent goes with the address."""
    same = select(Contact).where(
        Contact.organisation_id == contact.organisation_id,
        func.lower(Contact.email) == func.lower(contact.email),
        Contact.id != contact.id,
    )
    return [recipient_of(other) for other in session.scalars(same.order_by(Contact.sort_name))]
