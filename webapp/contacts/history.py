"""What a contact was, and who or what made it so: from its entry to today."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import column, select, table

from webapp.accounts.models import User
from webapp.contacts.book import fields_of
from webapp.contacts.models import Contact, ContactChange
from webapp.contacts.rules import FIELDS
from webapp.database import AnySession

# The imports stand above this room: of their table, the file's name is all that is read here.
_IMPORTS = table("import", column("id"), column("filename"))


class Difference(NamedTuple):
    """A field, what stood in it, and what came in its place; `""` for nothing."""

    field: str
    old: str
    new: str


@dataclass(frozen=True)
class Step:
    """One thing that happened to a contact.

    :param kind: `created`, `edited`, `imported` or `merged`.
    :param author: the name of who did it, empty where it is not known.
    :param import_id: the import that did it, if one did, with the name of its file.
    :param absorbed: the ten texts of the other contact, when two became this one.
    """

    moment: datetime
    kind: str
    author: str
    import_id: int | None
    filename: str
    differences: tuple[Difference, ...]
    absorbed: Mapping[str, str]


def steps(session: AnySession, contact: Contact) -> list[Step]:
    """Give what happened to a contact, the newest first; its entry is the last."""
    rows = session.execute(
        select(ContactChange, User.name)
        .outerjoin(User, User.id == ContactChange.author_id)
        .where(ContactChange.contact_id == contact.id)
        .order_by(ContactChange.id)
    ).all()
    changes = [change for change, _ in rows]
    files = _filenames(session, [contact.import_id, *(change.import_id for change in changes)])
    became = [*(change.before for change in changes[1:]), fields_of(contact)]
    told = [
        Step(
            change.moment,
            change.kind,
            author or "",
            change.import_id,
            files.get(change.import_id, ""),
            _differences(change.before, after),
            change.absorbed or {},
        )
        for (change, author), after in zip(rows, became, strict=False)
    ]
    import_id = contact.import_id
    entry = Step(contact.created_at, "created", "", import_id, files.get(import_id, ""), (), {})
    return [*reversed(told), entry]


def _differences(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[Difference, ...]:
    return tuple(
        Difference(field, before.get(field, ""), after.get(field, ""))
        for field in FIELDS
        if before.get(field, "") != after.get(field, "")
    )


def _filenames(session: AnySession, ids: list[int | None]) -> dict[int | None, str]:
    wanted = {number for number in ids if number is not None}
    if not wanted:
        return {}
    found = select(_IMPORTS.c.id, _IMPORTS.c.filename).where(_IMPORTS.c.id.in_(wanted))
    return {row.id: row.filename for row in session.execute(found)}
