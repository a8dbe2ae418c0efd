"""A page of a group's contacts: those that a search and a filter find, as quick at any size."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select

from webapp.contacts.models import Contact, Group, Listed, Membership
from webapp.contacts.queries import conditions
from webapp.database import AnySession
from webapp.web.paging import Mark, Order, Stretch, stretch_of

RECENT = "recents"
"""The word that stands in addresses for the newest first; anything else is by name."""

_BY_NAME = Order([Listed.sort_name, Listed.contact_id])


@dataclass(frozen=True)
class Sought:
    """Which contacts of a group are shown, and in which order.

    :param kind: one of `queries.KINDS`, else all.
    :param order: `RECENT`, else by name.
    """

    search: str = ""
    kind: str = ""
    order: str = ""


def group_page(session: AnySession, group: Group, sought: Sought, mark: Mark) -> Stretch[Contact]:
    """Give the page that stands at a mark; a contact that is gone marks the beginning."""
    wanted = conditions(sought.search, sought.kind)
    lines: type[Listed] | type[Membership] = Listed
    order = _BY_NAME
    if sought.order == RECENT:
        # Without a condition the shorter table tells all that is needed.
        lines = Listed if wanted else Membership
        order = Order([lines.contact_id], descending=True)
    found = select(*order.columns).where(lines.group_id == group.id, *wanted)

    def count() -> int:
        return _count(session, found if wanted else _members(group))

    page = stretch_of(session, found, order, mark, _place(session, group, mark, order), count)
    contacts = _contacts(session, [row.contact_id for row in page.items])
    return Stretch(contacts, page.first, page.last, page.total)


def _members(group: Group) -> Select[Any]:
    return select(Membership.contact_id).where(Membership.group_id == group.id)


def _count(session: AnySession, found: Select[Any]) -> int:
    counted = found.with_only_columns(func.count(), maintain_column_froms=True)
    return session.scalar(counted) or 0


def _place(session: AnySession, group: Group, mark: Mark, order: Order) -> Sequence[Any] | None:
    if mark.item is None:
        return None
    marked = session.execute(
        select(Contact.sort_name, Contact.id).where(
            Contact.id == mark.item, Contact.organisation_id == group.organisation_id
        )
    ).first()
    return marked[-len(order.columns) :] if marked else None


def _contacts(session: AnySession, ids: Sequence[int]) -> list[Contact]:
    found = {
        contact.id: contact
        for contact in session.scalars(select(Contact).where(Contact.id.in_(ids)))
    }
    return [found[number] for number in ids]
