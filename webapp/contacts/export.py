"""A group's contacts as a spreadsheet in the template's columns, which reads in again as it is."""

from collections.abc import Iterator, Sequence
from io import BytesIO

from openpyxl import Workbook
from sqlalchemy import select

from webapp.contacts.guide import Translate
from webapp.contacts.messages import FIELD_NAMES
from webapp.contacts.models import Contact, Group, Membership
from webapp.contacts.rules import FIELDS
from webapp.contacts.template import LIST_SHEET, STATUS_WORDS
from webapp.database import AnySession
from webapp.sheets import writer

_STATUS = FIELDS.index("status")
_AT_ONCE = 1000


def as_workbook(session: AnySession, group: Group, translate: Translate) -> bytes:
    """Give the contacts, by name, as an xlsx workbook whose cells are all texts.

    :param translate: says a text in the language of whoever asks; a list is read in any of them.
    """
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet(translate(LIST_SHEET))
    sheet.freeze_panes = "A2"
    for texts in _rows(session, group, translate):
        writer.append_texts(sheet, texts)
    content = BytesIO()
    workbook.save(content)
    return content.getvalue()


def as_csv(session: AnySession, group: Group, translate: Translate) -> bytes:
    """Give the contacts, by name, as CSV in UTF-8."""
    return writer.as_csv(_rows(session, group, translate)).encode()


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
