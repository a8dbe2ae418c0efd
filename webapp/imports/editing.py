"""Mends the lines of an import, leaves them out, or chooses what they do; each can be taken back.

Every function raises `ImportClosed` once the contacts have entered the group.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import JSON, ColumnElement, Select, column, func, select

from webapp.contacts.rules import FIELDS
from webapp.cycles import no_cycles
from webapp.database import AnySession, portions
from webapp.imports.checking import ERROR, IGNORED
from webapp.imports.models import Import, ImportEdit, ImportRow
from webapp.imports.settling import recheck, settle
from webapp.imports.staging import hold

LONGEST_CELL = 2_000
"""How many characters a cell may get by a correction; the rules allow far less."""


def edit(
    session: AnySession, import_: Import, row: ImportRow, texts: Mapping[str, str]
) -> list[ImportRow]:
    """Give a line's cells (by field) new texts, and check it anew; what is not given stays.

    :returns: the other lines that this changed.
    """
    hold(session, import_)
    new = {field: texts[field][:LONGEST_CELL] for field in FIELDS if field in texts}
    return [other for other in _rewrite(session, import_, {row: new}) if other is not row]


@no_cycles()
def edit_alike(session: AnySession, import_: Import, field: str, said: str, text: str) -> int:
    """Give one cell of every line to correct that says `said` there a new text; count those lines.

    :param field: one of `rules.FIELDS`.
    :param said: what the cell says now, in whatever case.
    """
    hold(session, import_)
    rows = session.scalars(_alike(import_, field, said)).all()
    _rewrite(session, import_, {row: {field: text} for row in rows})
    return len(rows)


@no_cycles()
def ignore_alike(session: AnySession, import_: Import, field: str, code: str, said: str) -> int:
    """Leave out every line to correct that has one fault in a cell that says `said`; count them.

    :param field: one of `rules.FIELDS`, where the fault `code` was found.
    :param said: what the cell says, in whatever case.
    """
    hold(session, import_)
    has_fault = _has_fault(session, field, code)
    rows = session.scalars(_alike(import_, field, said).where(has_fault)).all()
    _leave_out(session, import_, rows, is_ignored=True)
    return len(rows)


def _has_fault(session: AnySession, field: str, code: str) -> ColumnElement[bool]:
    """Say of a line that a fault was found in a field; databases tell JSON in their own words."""
    is_on_sqlite = session.get_bind().dialect.name == "sqlite"
    each = func.json_each if is_on_sqlite else func.json_array_elements
    kept = each(ImportRow.findings).table_valued(column("value", JSON), joins_implicitly=True)
    place, kind = (kept.c.value[at].as_string() for at in range(2))
    return select(1).where(place == field, kind == code).correlate(ImportRow).exists()


def _alike(import_: Import, field: str, said: str) -> Select[ImportRow]:
    """Select the lines to correct that say the same in a cell, in whatever case."""
    text = ImportRow.texts[field].as_string()
    return _rows(import_).where(ImportRow.outcome == ERROR, func.lower(text) == func.lower(said))


@no_cycles()
def replace(session: AnySession, import_: Import, field: str, said: str, text: str) -> int:
    """Put `text` wherever a column says `said`, in whatever case; count the lines that change.

    :param field: one of `rules.FIELDS`.
    :param said: a part of a cell, not empty. A cell that would grow beyond `LONGEST_CELL` stays.
    """
    hold(session, import_)
    pattern = re.compile(re.escape(said), re.IGNORECASE)
    cells = session.execute(
        select(ImportRow.number, ImportRow.texts[field].as_string()).where(
            ImportRow.import_id == import_.id
        )
    )
    new = {
        number: replaced
        for number, cell in cells
        if len(cell) <= LONGEST_CELL and (found := len(pattern.findall(cell)))
        if len(cell) + found * (len(text) - len(said)) <= LONGEST_CELL
        if (replaced := pattern.sub(lambda _: text, cell)) != cell
    }
    rows = _numbered(session, import_, list(new))
    changed = {row: {field: new[row.number]} for row in rows}
    _rewrite(session, import_, changed)
    return len(changed)


def ignore(session: AnySession, import_: Import, row: ImportRow) -> list[ImportRow]:
    """Leave a line out; returns as `edit`."""
    changed = _leave_out(session, import_, [row], is_ignored=True)
    return [other for other in changed if other is not row]


def restore(session: AnySession, import_: Import, row: ImportRow) -> list[ImportRow]:
    """Take a line in that was left out; returns as `edit`."""
    changed = _leave_out(session, import_, [row], is_ignored=False)
    return [other for other in changed if other is not row]


def _leave_out(
    session: AnySession, import_: Import, rows: Sequence[ImportRow], *, is_ignored: bool
) -> list[ImportRow]:
    hold(session, import_)
    _remember(session, import_, {row: {"is_ignored": row.outcome == IGNORED} for row in rows})
    for row in rows:
        recheck(import_, row, is_ignored=is_ignored)
    return settle(session, import_, {row.identity for row in rows})


@no_cycles()
def choose(
    session: AnySession, import_: Import, rows: Sequence[ImportRow], choice: str
) -> list[ImportRow]:
    """Say what lines do that are a contact that is kept, or an earlier line.

    :param choice: one of `effects.CHOICES`.
    :returns: the lines that changed.
    """
    hold(session, import_)
    rows = [row for row in rows if row.choice != choice]
    _remember(session, import_, {row: {"choice": row.choice} for row in rows})
    for row in rows:
        row.choice = choice
    return settle(session, import_, {row.identity for row in rows})


@no_cycles()
def undo(session: AnySession, import_: Import) -> list[int]:
    """Take back the newest correction; give the numbers of its lines, none when none is left."""
    hold(session, import_)
    newest = session.scalar(
        select(ImportEdit)
        .where(ImportEdit.import_id == import_.id)
        .order_by(ImportEdit.id.desc())
        .limit(1)
    )
    if newest is None:
        return []
    persons: set[str] = set()
    rows = _numbered(session, import_, [int(number) for number in newest.before])
    for row in rows:
        before = newest.before[str(row.number)]
        persons.add(row.identity)
        row.choice = before.get("choice", row.choice)
        if "texts" in before or "is_ignored" in before:
            row.texts = row.texts | before.get("texts", {})
            recheck(import_, row, is_ignored=before.get("is_ignored", row.outcome == IGNORED))
            persons.add(row.identity)
    session.delete(newest)
    settle(session, import_, persons)
    return [row.number for row in rows]


def _rewrite(
    session: AnySession, import_: Import, new: Mapping[ImportRow, Mapping[str, str]]
) -> list[ImportRow]:
    """Write texts into lines, remember what they were, and decide anew."""
    old = {row: _replaced(row.texts, texts) for row, texts in new.items()}
    _remember(session, import_, {row: {"texts": texts} for row, texts in old.items() if texts})
    persons = {row.identity for row in new}
    for row, texts in new.items():
        row.texts = row.texts | dict(texts)
        recheck(import_, row, is_ignored=row.outcome == IGNORED)
    return settle(session, import_, persons | {row.identity for row in new})


def _replaced(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, str]:
    return {field: before[field] for field, text in after.items() if before[field] != text}


def _remember(
    session: AnySession, import_: Import, before: Mapping[ImportRow, Mapping[str, Any]]
) -> None:
    if before:
        kept = {str(row.number): values for row, values in before.items()}
        session.add(ImportEdit(import_id=import_.id, before=kept))


def _numbered(session: AnySession, import_: Import, numbers: Sequence[int]) -> list[ImportRow]:
    rows: list[ImportRow] = []
    for some in portions(numbers):
        rows += session.scalars(_rows(import_).where(ImportRow.number.in_(some)))
    return rows


def _rows(import_: Import) -> Select[ImportRow]:
    return select(ImportRow).where(ImportRow.import_id == import_.id).order_by(ImportRow.number)
