"""The ready lines of an import reach the contacts and the group: all of them, once."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Exists, and_, delete, exists, insert, literal, or_, select, update

from webapp.contacts import queries
from webapp.contacts.book import add_contacts, change_contacts, fields_of, remove_contacts
from webapp.contacts.models import Contact, ContactChange, Membership
from webapp.contacts.recipient import Recipient
from webapp.database import AnySession, portions
from webapp.imports import sources
from webapp.imports.comparison import merged, recipient_of
from webapp.imports.effects import BOTH, CREATE, JOIN, KEPT, UNCHANGED, UPDATE
from webapp.imports.models import Import, ImportEdit, ImportRow
from webapp.imports.queries import absent, summary
from webapp.imports.settling import settle
from webapp.imports.staging import ImportClosed, hold


class NothingReady(Exception):
    """No line of the import would change anything."""


def commit(session: AnySession, import_: Import, now: datetime) -> int:
    """Do what every ready line says; the caller commits the transaction.

    Lines are compared once more: a contact that came, changed or went by another way since they
    were checked is neither doubled nor overwritten unseen.

    :param now: an aware moment.
    :returns: how many lines entered the group or changed a contact.
    :raises ImportClosed: it was done before, by a double press or in another tab.
    :raises NothingReady: there is nothing to bring; lines found repeated are marked so.
    """
    hold(session, import_)
    _settle_what_moved(session, import_)
    ready = summary(import_).ready
    if not ready and not import_.takes_absent_out:
        raise NothingReady
    claim = session.execute(
        update(Import)
        .where(Import.id == import_.id, Import.committed_at.is_(None))
        .values(committed_at=now)
        .returning(Import.id)
    )
    if claim.scalar() is None:
        raise ImportClosed
    sources.forget(session, import_)
    if import_.takes_absent_out:
        _take_out_absent(session, import_)
    add_contacts(session, import_.group, _new(session, import_), now, import_.id)
    _enter(session, import_)
    _update(session, import_, now)
    session.execute(delete(ImportEdit).where(ImportEdit.import_id == import_.id))
    return ready


def _settle_what_moved(session: AnySession, import_: Import) -> None:
    """Decide anew for the lines whose contact came, went, changed, or entered the group."""
    is_kept = exists().where(
        Contact.organisation_id == import_.organisation_id,
        Contact.identity == ImportRow.identity,
    )
    is_another = is_kept.where(Contact.id != ImportRow.contact_id)
    has_changed = exists().where(
        ContactChange.contact_id == ImportRow.contact_id,
        ContactChange.moment >= import_.created_at,
    )
    is_member = _is_member(import_)
    moved = select(ImportRow.identity).where(
        ImportRow.import_id == import_.id,
        or_(
            and_(ImportRow.effect == CREATE, ImportRow.choice != BOTH, is_kept),
            and_(ImportRow.contact_id.is_not(None), ImportRow.choice != BOTH, is_another),
            has_changed,
            and_(
                ImportRow.effect.in_((JOIN, UPDATE, UNCHANGED, KEPT)),
                ImportRow.contact_id.is_(None),
            ),
            and_(ImportRow.effect == JOIN, is_member),
            and_(ImportRow.effect.in_((UNCHANGED, KEPT)), ~is_member),
        ),
    )
    settle(session, import_, set(session.scalars(moved)))


def _is_member(import_: Import) -> Exists:
    return exists().where(
        Membership.group_id == import_.group_id, Membership.contact_id == ImportRow.contact_id
    )


def _take_out_absent(session: AnySession, import_: Import) -> None:
    gone = session.scalars(absent(import_)).all()
    import_.removed = [{"id": contact.id, **fields_of(contact)} for contact in gone]
    remove_contacts(session, import_.group, [contact.id for contact in gone])


def _new(session: AnySession, import_: Import) -> Iterator[Recipient]:
    rows = session.scalars(
        select(ImportRow.texts)
        .where(ImportRow.import_id == import_.id, ImportRow.effect == CREATE)
        .order_by(ImportRow.number)
    ).all()
    for texts in rows:
        yield recipient_of(texts)


def _enter(session: AnySession, import_: Import) -> None:
    """Let the contacts that are kept elsewhere enter the group."""
    entering = select(literal(import_.group_id), ImportRow.contact_id, literal(import_.id)).where(
        ImportRow.import_id == import_.id,
        ImportRow.effect.in_((JOIN, UPDATE)),
        ~_is_member(import_),
    )
    columns = ["group_id", "contact_id", "import_id"]
    session.execute(insert(Membership).from_select(columns, entering))


def _update(session: AnySession, import_: Import, now: datetime) -> None:
    rows = session.execute(
        select(ImportRow.texts, ImportRow.contact_id)
        .where(ImportRow.import_id == import_.id, ImportRow.effect == UPDATE)
        .order_by(ImportRow.number)
    ).all()
    for some in portions(rows):
        texts = {contact_id: texts for texts, contact_id in some}
        changes: list[tuple[Contact, Recipient]] = []
        for contact in session.scalars(select(Contact).where(Contact.id.in_(texts))):
            line = recipient_of(texts[contact.id])
            changes.append((contact, merged(queries.recipient_of(contact), line)))
        change_contacts(session, changes, import_.author_id, import_.id, now)
