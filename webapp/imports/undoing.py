"""Takes an import back: for thirty days, as far as its contacts were not changed since."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, exists, func, insert, select, update
from sqlalchemy.orm import InstrumentedAttribute, aliased

from webapp.contacts.book import add_contacts, delete_homeless, rewrite
from webapp.contacts.models import Contact, ContactChange, Membership
from webapp.contacts.rules import FIELDS, Recipient
from webapp.database import AnySession
from webapp.imports.models import Import
from webapp.imports.settling import portions

TERM = timedelta(days=30)
MOST_NAMED = 20


class CannotUndo(Exception):
    """The import is not done, was taken back already, or was done more than thirty days ago."""


@dataclass(frozen=True, slots=True)
class Undoing:
    """What taking an import back would do, in numbers of contacts.

    `changed_since` are those that stay as they are, being changed after the import; `named` are
    the first of them by name.
    """

    leaving: int
    restored: int
    returning: int
    changed_since: int
    named: list[Contact]


def is_possible(import_: Import, now: datetime) -> bool:
    """Say whether an import can be taken back at this moment (aware)."""
    done = import_.committed_at
    return done is not None and import_.undone_at is None and now - done <= TERM


def plan(session: AnySession, import_: Import) -> Undoing:
    """Say what taking the import back would do."""
    stuck = _stuck(import_)
    named = session.scalars(stuck.order_by(Contact.sort_name, Contact.id).limit(MOST_NAMED))
    return Undoing(
        leaving=_count(session, _leaving(import_)),
        restored=_count(session, _restorable(import_)),
        returning=len(import_.removed),
        changed_since=_count(session, stuck),
        named=list(named),
    )


def undo(session: AnySession, import_: Import, now: datetime) -> None:
    """Take the import back; the caller commits the transaction.

    :param now: an aware moment.
    :raises CannotUndo: a second press, another tab, or too late.
    """
    if not is_possible(import_, now):
        raise CannotUndo
    claim = session.execute(
        update(Import)
        .where(Import.id == import_.id, Import.undone_at.is_(None))
        .values(undone_at=now)
        .returning(Import.id)
    )
    if claim.scalar() is None:
        raise CannotUndo
    for change in session.scalars(_restorable(import_)).all():
        rewrite(session, session.get_one(Contact, change.contact_id), Recipient(**change.before))
        session.delete(change)
    session.flush()
    leaving = session.scalars(_leaving(import_)).all()
    for some in portions(leaving):
        session.execute(
            delete(Membership).where(
                Membership.group_id == import_.group_id, Membership.contact_id.in_(some)
            )
        )
        delete_homeless(session, some)
    _bring_back(session, import_, now)


def _bring_back(session: AnySession, import_: Import, now: datetime) -> None:
    """Let those whom the import took out enter again, even if nothing of them was left."""
    for removed in import_.removed:
        contact = session.scalar(
            select(Contact).where(
                Contact.id == removed["id"], Contact.organisation_id == import_.organisation_id
            )
        )
        if contact is None:
            recipient = Recipient(**{field: removed[field] for field in FIELDS})
            add_contacts(session, import_.group, [recipient], now)
        elif not session.get(Membership, (import_.group_id, contact.id)):
            entering = {"group_id": import_.group_id, "contact_id": contact.id}
            session.execute(insert(Membership), [entering])


def _changed_later(import_: Import, contact_id: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """Say of a contact that something else than the import changed it, and after it."""
    own, later = aliased(ContactChange), aliased(ContactChange)
    since = select(func.max(own.id)).where(
        own.contact_id == contact_id, own.import_id == import_.id
    )
    return exists().where(
        later.contact_id == contact_id,
        func.coalesce(later.import_id, 0) != import_.id,
        later.id > func.coalesce(since.scalar_subquery(), 0),
        later.moment >= import_.committed_at,
    )


def _leaving(import_: Import) -> Select[int]:
    return select(Membership.contact_id).where(
        Membership.group_id == import_.group_id,
        Membership.import_id == import_.id,
        ~_changed_later(import_, Membership.contact_id),
    )


def _restorable(import_: Import) -> Select[ContactChange]:
    return select(ContactChange).where(
        ContactChange.import_id == import_.id,
        ~_changed_later(import_, ContactChange.contact_id),
    )


def _stuck(import_: Import) -> Select[Contact]:
    entered = exists().where(
        Membership.contact_id == Contact.id, Membership.import_id == import_.id
    )
    changed = exists().where(
        ContactChange.contact_id == Contact.id, ContactChange.import_id == import_.id
    )
    return select(Contact).where(
        Contact.organisation_id == import_.organisation_id,
        entered | changed,
        _changed_later(import_, Contact.id),
    )


def _count(session: AnySession, query: Select[Any]) -> int:
    return session.scalar(select(func.count()).select_from(query.subquery())) or 0
