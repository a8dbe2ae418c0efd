"""A group's contacts as a spreadsheet in the template's columns, which reads in again as it is."""

from collections.abc import Iterator, Sequence

from sqlalchemy import select

from webapp.contacts.guide import LIST_SHEET, STATUS_WORDS, Translate
from webapp.contacts.messages import FIELD_NAMES
from webapp.contacts.models import Contact, Group, Membership
from webapp.contacts.rules import FIELDS
from webapp.database import AnySession
from webapp.sheets import tables

_STATUS = FIELDS.index("status")
_AT_ONCE = 1000


def as_workbook(session: AnySession, group: Group, translate: Translate) -> bytes:
    """Give the contacts, by name, as an xlsx workbook whose cells are all texts.

    :param translate: says a text in the language of whoever asks; a list is read in any of them.
    """
    return tables.as_workbook(translate(LIST_SHEET), _rows(session, group, translate))


def as_csv(session: AnySession, group: Group, translate: Translate) -> bytes:
    """Give the contacts, by name, as CSV in UTF-8."""
    return tables.as_csv(_rows(session, group, translate)).encode()


def _rows(session: AnySession, group: Group, translate: Translate) -> Iterator[Sequence[str]]:
    yield [translate(FIELD_NAMES[field]) for field in FIELDS]
    words = {status: translate(word) for status, word in STATUS_WORDS.items()}
    contacts = (
        select(*(getattr(Contact, field) for field in FIELDS))
        .join(Membership, Membership.contact_id == Contact.id)
        .where(Membership.group_id == group.id)
        .order_by(Contact.sort_name, Contact.id)
        .execution_options(yield_per=_AT_ONCE)
    )
    for row in session.execute(contacts):
        yield [*row[:_STATUS], words[row[_STATUS]], *row[_STATUS + 1 :]]
