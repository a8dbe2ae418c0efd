"""Takes an import back: for thirty days, as far as its contacts were not changed since."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, exists, func, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, aliased

from webapp.contacts.book import add_contacts, remove_contacts, rewrite_many
from webapp.contacts.models import Contact, ContactChange, Membership
from webapp.contacts.rules import FIELDS, Recipient, identity
from webapp.database import AnySession, portions
from webapp.imports.models import Import, ImportRow
from webapp.imports.queries import finds_its_contact
from webapp.prepared import insert_many

TERM = timedelta(days=30)
MOST_NAMED = 20


class CannotUndo(Exception):
    """The import is not done, was taken back already, or was done more than thirty days ago."""


@dataclass(frozen=True, slots=True)
class Staying:
    """How many contacts taking an import back leaves alone, and the first of them by name."""

    count: int
    named: list[Contact]


@dataclass(frozen=True, slots=True)
class Undoing:
    """What taking an import back would do, in numbers of contacts.

    Two kinds stay as they are: `changed` after the import, and `listed` by a later one, which found
    them as this one left them.
    """

    leaving: int
    restored: int
    returning: int
    changed: Staying
    listed: Staying


def is_possible(import_: Import, now: datetime) -> bool:
    """Say whether an import can be taken back at this moment (aware)."""
    done = import_.committed_at
    return done is not None and import_.undone_at is None and now - done <= TERM


def plan(session: AnySession, import_: Import) -> Undoing:
    """Say what taking the import back would do."""
    touched, is_changed = _touched(import_), _changed_later(import_, Contact.id)
    return Undoing(
        leaving=_count(session, _leaving(import_)),
        restored=_count(session, _restorable(import_)),
        returning=len(import_.removed),
        changed=_staying(session, touched.where(is_changed)),
        listed=_staying(session, touched.where(~is_changed, _listed_later(import_, Contact.id))),
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
    _restore_values(session, import_)
    remove_contacts(session, import_.group, session.scalars(_leaving(import_)).all())
    _hand_over(session, import_)
    _bring_back(session, import_, now)
    import_.removed = []


def _restore_values(session: AnySession, import_: Import) -> None:
    """Give contacts their old values back, unless somebody else of the group is that person now."""
    members = _members(session, import_.group_id)
    restored: list[tuple[int, Recipient]] = []
    done: list[int] = []
    for change in session.scalars(_restorable(import_)):
        before = Recipient(**change.before)
        if members.get(identity(before), change.contact_id) == change.contact_id:
            restored.append((change.contact_id, before))
            done.append(change.id)
    rewrite_many(session, restored)
    for some in portions(done):
        session.execute(delete(ContactChange).where(ContactChange.id.in_(some)))


def _hand_over(session: AnySession, import_: Import) -> None:
    """Let those whom a later list found be that list's: taken back too, it leaves no ghost."""
    next_one = (
        select(Import.id)
        .join(ImportRow, ImportRow.import_id == Import.id)
        .where(ImportRow.contact_id == Membership.contact_id, _is_later(import_))
        .where(finds_its_contact())
        .order_by(Import.committed_at, Import.id)
        .limit(1)
    )
    session.execute(
        update(Membership)
        .where(
            Membership.group_id == import_.group_id,
            Membership.import_id == import_.id,
            ~_changed_later(import_, Membership.contact_id),
            _listed_later(import_, Membership.contact_id),
        )
        .values(import_id=next_one.scalar_subquery())
        .execution_options(synchronize_session=False)
    )


def _bring_back(session: AnySession, import_: Import, now: datetime) -> None:
    """Let those whom the import took out enter again, even if nothing of them was left."""
    members = _members(session, import_.group_id)
    kept = _kept_of(session, import_, [removed["id"] for removed in import_.removed])
    present = set(members.values())
    entering: list[int] = []
    lost: list[Recipient] = []
    for removed in import_.removed:
        recipient = Recipient(**{field: removed[field] for field in FIELDS})
        if identity(recipient) in members or removed["id"] in present:
            continue
        if removed["id"] in kept:
            entering.append(removed["id"])
        else:
            lost.append(recipient)
    columns = ("group_id", "contact_id")
    insert_many(session, Membership, columns, [(import_.group_id, id_) for id_ in entering])
    add_contacts(session, import_.group, lost, now)


def _members(session: AnySession, group_id: int) -> dict[str, int]:
    """Give the contacts of a group by who they are."""
    rows = session.execute(
        select(Contact.identity, Contact.id).join(Membership).where(Membership.group_id == group_id)
    )
    return dict(rows.all())


def _kept_of(session: AnySession, import_: Import, contact_ids: Sequence[int]) -> set[int]:
    found: set[int] = set()
    for some in portions(contact_ids):
        found.update(
            session.scalars(
                select(Contact.id).where(
                    Contact.organisation_id == import_.organisation_id, Contact.id.in_(some)
                )
            )
        )
    return found


def _changed_later(import_: Import, contact_id: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """Say of a contact that something else than the import changed it, and after it."""
    own, later = aliased(ContactChange), aliased(ContactChange)
    since = select(func.max(own.id)).where(
        # By the contact's index: by the import's, each contact would look through all others.
        own.contact_id == contact_id,
        own.import_id + 0 == import_.id,
    )
    return exists().where(
        later.contact_id == contact_id,
        func.coalesce(later.import_id, 0) != import_.id,
        later.id > func.coalesce(since.scalar_subquery(), 0),
        later.moment >= import_.committed_at,
    )


def _listed_later(import_: Import, contact_id: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """Say of a contact that a list which entered the group later, and is not taken back, has it."""
    return exists().where(
        ImportRow.contact_id == contact_id,
        # By the contact's index, as above.
        (ImportRow.import_id + 0).in_(select(Import.id).where(_is_later(import_))),
        finds_its_contact(),
    )


def _is_later(import_: Import) -> ColumnElement[bool]:
    moment = import_.committed_at
    return and_(
        Import.group_id == import_.group_id,
        Import.undone_at.is_(None),
        or_(
            Import.committed_at > moment,
            and_(Import.committed_at == moment, Import.id > import_.id),
        ),
    )


def _leaving(import_: Import) -> Select[int]:
    return select(Membership.contact_id).where(
        Membership.group_id == import_.group_id,
        Membership.import_id == import_.id,
        ~_changed_later(import_, Membership.contact_id),
        ~_listed_later(import_, Membership.contact_id),
    )


def _restorable(import_: Import) -> Select[ContactChange]:
    return select(ContactChange).where(
        ContactChange.import_id == import_.id,
        ~_changed_later(import_, ContactChange.contact_id),
        ~_listed_later(import_, ContactChange.contact_id),
    )


def _touched(import_: Import) -> Select[Contact]:
    """Select the contacts that the import brought in, or changed."""
    entered = exists().where(
        Membership.contact_id == Contact.id, Membership.import_id + 0 == import_.id
    )
    changed = exists().where(
        ContactChange.contact_id == Contact.id, ContactChange.import_id + 0 == import_.id
    )
    return select(Contact).where(
        Contact.organisation_id == import_.organisation_id, entered | changed
    )


def _staying(session: AnySession, query: Select[Contact]) -> Staying:
    first = session.scalars(query.order_by(Contact.sort_name, Contact.id).limit(MOST_NAMED))
    return Staying(_count(session, query), list(first))


def _count(session: AnySession, query: Select[Any]) -> int:
    return session.scalar(select(func.count()).select_from(query.subquery())) or 0
