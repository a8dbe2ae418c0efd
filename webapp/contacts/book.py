"""The address book: every write to groups and contacts. Callers commit."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Integer, delete, exists, func, insert, literal, select, update

from webapp.contacts.models import Contact, ContactChange, ContactNumber, Group, Membership
from webapp.contacts.recipient import derived
from webapp.contacts.rules import FIELDS, Recipient, fold, identity
from webapp.cycles import no_cycles
from webapp.database import AnySession, Base, portions
from webapp.prepared import insert_many

NAME_LENGTH = 120

_MEMBERSHIPS = Base.metadata.tables[Membership.__tablename__]

_AT_ONCE = 5_000
"""How many contacts are made ready in memory before they are written."""


class GroupNameProblem(Exception):
    """A name that no group can have; its class says why."""


class NameMissing(GroupNameProblem):
    """Nothing is written."""


class NameTooLong(GroupNameProblem):
    """More characters than `NAME_LENGTH`."""


class NameTaken(GroupNameProblem):
    """Another group of the organisation has this name, case and accents apart."""


class AlreadyInGroup(Exception):
    """The same person stands in the group already."""


def create_group(session: AnySession, organisation_id: int, name: str, now: datetime) -> Group:
    """Add an empty group.

    :raises GroupNameProblem: the name is missing, too long, or another group's.
    """
    group = Group(organisation_id=organisation_id, created_at=now)
    _name(session, group, name)
    session.add(group)
    session.flush()
    return group


def rename_group(session: AnySession, group: Group, name: str) -> None:
    """Give a group another name.

    :raises GroupNameProblem: the name is missing, too long, or another group's.
    """
    _name(session, group, name)
    session.flush()


def archive_group(session: AnySession, group: Group, now: datetime) -> None:
    """Put a group away: no letter goes to it until it is restored; its contacts stay."""
    group.archived_at = now
    session.flush()


def restore_group(session: AnySession, group: Group) -> None:
    """Take an archived group back among the others."""
    group.archived_at = None
    session.flush()


def _name(session: AnySession, group: Group, name: str) -> None:
    name = " ".join(name.split())
    folded = fold(name)
    if not folded:
        raise NameMissing
    if max(len(name), len(folded)) > NAME_LENGTH:
        raise NameTooLong
    same = select(Group.id).where(
        Group.organisation_id == group.organisation_id, Group.folded_name == folded
    )
    with session.no_autoflush:
        if session.scalar(same) not in (None, group.id):
            raise NameTaken
    group.name, group.folded_name = name, folded


def add_contact(session: AnySession, group: Group, recipient: Recipient, now: datetime) -> Contact:
    """Add one contact; a contact with the very same ten fields in another group is the same one.

    :raises AlreadyInGroup: the same person, by `identity`, stands in the group.
    """
    _require_absent(session, group, recipient)
    contact = _same_contact(session, group.organisation_id, recipient)
    if contact is None:
        number = _free_ids(session, 1).start
        contact = Contact(id=number, **_columns(group.organisation_id, recipient, now))
        session.add(contact)
        session.flush()
    session.add(Membership(group_id=group.id, contact_id=contact.id))
    session.flush()
    return contact


@no_cycles()
def add_contacts(
    session: AnySession,
    group: Group,
    recipients: Iterable[Recipient],
    now: datetime,
    import_id: int | None = None,
) -> int:
    """Add many contacts at once, none of whom may stand in the group; give how many they were.

    :param now: an aware moment.
    :param import_id: the import that brings them, if one does.
    """
    shared = (group.organisation_id, now, import_id)
    waiting = iter(recipients)
    added = 0
    while portion := [_values(recipient) for recipient in islice(waiting, _AT_ONCE)]:
        ids = _free_ids(session, len(portion))
        columns = ("id", "organisation_id", "created_at", "import_id", *portion[0])
        numbered = zip(ids, portion, strict=True)
        rows = ((id_, *shared, *values.values()) for id_, values in numbered)
        insert_many(session, Contact, columns, rows)
        _enter(session, group, ids, import_id)
        added += len(portion)
    return added


def _free_ids(session: AnySession, count: int) -> range:
    """Give numbers that no contact ever had, and hold them until the transaction ends.

    So thousands of contacts need not be asked one by one which number each was given.
    """
    kept = session.scalar(select(ContactNumber).with_for_update())
    if kept is None:
        kept = ContactNumber(id=1, last=session.scalar(select(func.max(Contact.id))) or 0)
        session.add(kept)
    first = kept.last + 1
    kept.last += count
    session.flush()
    return range(first, first + count)


def _enter(session: AnySession, group: Group, ids: range, import_id: int | None) -> None:
    """Put the contacts whose numbers follow each other into a group."""
    contacts = select(literal(group.id), Contact.id, literal(import_id, Integer)).where(
        Contact.id.between(ids.start, ids.stop - 1)
    )
    session.connection().execute(
        insert(_MEMBERSHIPS).from_select(("group_id", "contact_id", "import_id"), contacts)
    )


def change_contact(
    session: AnySession,
    group: Group,
    contact: Contact,
    recipient: Recipient,
    author_id: int,
    now: datetime,
) -> None:
    """Write other values into a contact, in every group where it stands, and note what it was.

    Nothing is noted where nothing changes.

    :raises AlreadyInGroup: another contact of the group is the same person.
    """
    if identity(recipient) != contact.identity:
        _require_absent(session, group, recipient)
    before = fields_of(contact)
    if rewrite(session, contact, recipient):
        session.add(
            ContactChange(
                contact_id=contact.id,
                author_id=author_id,
                kind="edited",
                moment=now,
                before=before,
            )
        )
        session.flush()


def rewrite(session: AnySession, contact: Contact, recipient: Recipient) -> bool:
    """Write other values into a contact; whoever calls keeps what they were.

    :returns: whether anything has changed.
    """
    values = _values(recipient)
    changed = any(getattr(contact, name) != value for name, value in values.items())
    for name, value in values.items():
        setattr(contact, name, value)
    session.flush()
    return changed


def rewrite_many(session: AnySession, recipients: Sequence[tuple[int, Recipient]]) -> None:
    """Write other values into contacts, by number; whoever calls keeps what they were."""
    rows = [{"id": number, **_values(recipient)} for number, recipient in recipients]
    if rows:
        session.execute(update(Contact), rows)


def change_contacts(
    session: AnySession,
    changes: Sequence[tuple[Contact, Recipient]],
    author_id: int,
    import_id: int,
    now: datetime,
) -> None:
    """Write an import's values into contacts, and keep what they were.

    Whoever calls sees to it that nobody becomes someone else of a group.
    """
    if not changes:
        return
    change = {"author_id": author_id, "import_id": import_id, "kind": "imported", "moment": now}
    session.execute(
        insert(ContactChange),
        [
            {**change, "contact_id": contact.id, "before": fields_of(contact)}
            for contact, _ in changes
        ],
    )
    rewrite_many(session, [(contact.id, after) for contact, after in changes])


def fields_of(contact: Contact) -> dict[str, str]:
    """Give a contact's ten fields by name."""
    return {name: getattr(contact, name) for name in FIELDS}


def remove_contacts(session: AnySession, group: Group, contact_ids: Sequence[int]) -> None:
    """Take contacts out of a group; those that stand in no group any more are deleted."""
    stands = exists().where(Membership.contact_id == Contact.id)
    for some in portions(contact_ids):
        session.execute(
            delete(Membership).where(
                Membership.group_id == group.id, Membership.contact_id.in_(some)
            )
        )
        session.execute(delete(Contact).where(Contact.id.in_(some), ~stands))


def remove_from_group(session: AnySession, group: Group, contact: Contact) -> None:
    """Take a contact out of a group; one that stands in no group any more is deleted."""
    session.execute(
        delete(Membership).where(
            Membership.group_id == group.id, Membership.contact_id == contact.id
        )
    )
    elsewhere = select(Membership.group_id).where(Membership.contact_id == contact.id).limit(1)
    if session.scalar(elsewhere) is None:
        session.delete(contact)
    session.flush()


def _require_absent(session: AnySession, group: Group, recipient: Recipient) -> None:
    same = (
        select(Contact.id)
        .join(Membership)
        .where(Membership.group_id == group.id, Contact.identity == identity(recipient))
        .limit(1)
    )
    if session.scalar(same) is not None:
        raise AlreadyInGroup


def _same_contact(
    session: AnySession, organisation_id: int, recipient: Recipient
) -> Contact | None:
    values = _values(recipient)
    same = [getattr(Contact, name) == value for name, value in values.items()]
    return session.scalars(
        select(Contact).where(Contact.organisation_id == organisation_id, *same).limit(1)
    ).first()


def _columns(organisation_id: int, recipient: Recipient, now: datetime) -> dict[str, Any]:
    return {"organisation_id": organisation_id, "created_at": now, **_values(recipient)}


def _values(recipient: Recipient) -> dict[str, str]:
    """Give the ten fields and what is derived from them for finding and sorting."""
    return {**recipient._asdict(), **derived(recipient)}
