"""Keeps a spreadsheet's lines until they are right: staged, mended one by one, or left out."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, insert, select

from webapp.contacts.messages import Finding
from webapp.contacts.models import Group
from webapp.contacts.queries import identities
from webapp.contacts.rules import FIELDS, check, identity
from webapp.database import AnySession
from webapp.imports import findings
from webapp.imports.checking import DUPLICATE, ERROR, IGNORED, READY, Line, Report
from webapp.imports.models import Import, ImportRow
from webapp.imports.queries import stands_in_group

_AT_ONCE = 500
"""How many persons one query asks for."""


class ImportClosed(Exception):
    """The import's contacts have entered the group: its lines stay as they were then."""


def stage(
    session: AnySession,
    group: Group,
    author_id: int,
    filename: str,
    report: Report,
    now: datetime,
) -> Import:
    """Keep a checked spreadsheet's lines for a group; who already stands in it is a duplicate.

    :param filename: the file's own name, shown to people; at most 255 characters are kept.
    :param now: an aware moment.
    """
    import_ = Import(
        organisation_id=group.organisation_id,
        group_id=group.id,
        author_id=author_id,
        filename=filename[:255],
        created_at=now,
    )
    session.add(import_)
    session.flush()
    present = identities(session, group.id)
    session.execute(
        insert(ImportRow), [_staged(line, import_.id, present) for line in report.lines]
    )
    return import_


def _staged(line: Line, import_id: int, present: set[str]) -> dict[str, Any]:
    row = ImportRow(
        import_id=import_id,
        number=line.number,
        texts=line.texts,
        findings=findings.packed(line.findings),
        identity=line.identity,
        outcome=line.outcome,
    )
    if line.identity in present:
        _decide(row, DUPLICATE, findings.already_in_group(row.texts))
    columns = ("import_id", "number", "texts", "findings", "identity", "outcome")
    return {column: getattr(row, column) for column in columns}


def edit(
    session: AnySession, import_: Import, row: ImportRow, texts: Mapping[str, str]
) -> list[ImportRow]:
    """Give a line's cells (by field) new texts, and check it anew; what is not given stays.

    :returns: the other lines that became a duplicate, or ceased to be one, by it.
    :raises ImportClosed: the contacts have entered the group.
    """
    hold(session, import_)
    before = row.identity
    row.texts = row.texts | {field: texts[field] for field in FIELDS if field in texts}
    _recheck(row, is_ignored=row.outcome == IGNORED)
    return _settle(session, import_, row, before)


def edit_alike(session: AnySession, import_: Import, field: str, said: str, text: str) -> int:
    """Give one cell of every line to correct that says `said` there a new text; count those lines.

    :param field: one of `rules.FIELDS`.
    :param said: what the cell says now, in whatever case.
    :raises ImportClosed: the contacts have entered the group.
    """
    hold(session, import_)
    rows = session.scalars(
        select(ImportRow).where(
            ImportRow.import_id == import_.id,
            ImportRow.outcome == ERROR,
            func.lower(func.json_extract(ImportRow.texts, f"$.{field}")) == func.lower(said),
        )
    ).all()
    for row in rows:
        row.texts = row.texts | {field: text}
        _recheck(row, is_ignored=False)
    session.flush()
    _settle_many(session, import_, sorted({row.identity for row in rows} - {""}))
    return len(rows)


def ignore(session: AnySession, import_: Import, row: ImportRow) -> list[ImportRow]:
    """Leave a line out; returns and raises as `edit`."""
    hold(session, import_)
    _recheck(row, is_ignored=True)
    return _settle(session, import_, row)


def restore(session: AnySession, import_: Import, row: ImportRow) -> list[ImportRow]:
    """Take a line in that was left out; returns and raises as `edit`."""
    hold(session, import_)
    _recheck(row, is_ignored=False)
    return _settle(session, import_, row)


def abandon(session: AnySession, import_: Import) -> None:
    """Forget an import and its lines.

    :raises ImportClosed: the contacts have entered the group.
    """
    hold(session, import_)
    session.delete(import_)


def hold(session: AnySession, import_: Import) -> None:
    """Let nobody else change the import until the transaction ends.

    :raises ImportClosed: the contacts have entered the group.
    """
    session.refresh(import_, ["committed_at"], with_for_update=True)
    if import_.committed_at is not None:
        raise ImportClosed


def _recheck(row: ImportRow, *, is_ignored: bool) -> None:
    recipient, found = check(row.texts)
    row.findings = findings.packed(found)
    row.identity = identity(recipient) if recipient else ""
    row.outcome = IGNORED if is_ignored else READY if recipient else ERROR


def _settle(
    session: AnySession, import_: Import, row: ImportRow, before: str = ""
) -> list[ImportRow]:
    """Decide again who of the row's old and new namesakes enters: the first, if anyone does."""
    session.flush()
    changed: list[ImportRow] = []
    for person in {before, row.identity} - {""}:
        changed += _settle_person(session, import_, person)
    session.flush()
    return [other for other in changed if other is not row]


def _settle_many(session: AnySession, import_: Import, persons: Sequence[str]) -> None:
    present = identities(session, import_.group_id)
    for start in range(0, len(persons), _AT_ONCE):
        rows: dict[str, list[ImportRow]] = {}
        for row in session.scalars(_entering(import_, persons[start : start + _AT_ONCE])):
            rows.setdefault(row.identity, []).append(row)
        for person, namesakes in rows.items():
            _decide_person(namesakes, is_present=person in present)
    session.flush()


def _settle_person(session: AnySession, import_: Import, person: str) -> list[ImportRow]:
    rows = session.scalars(_entering(import_, [person])).all()
    is_present = bool(rows) and stands_in_group(session, import_.group_id, person)
    return _decide_person(rows, is_present=is_present)


def _entering(import_: Import, persons: Sequence[str]) -> Select[ImportRow]:
    return (
        select(ImportRow)
        .where(
            ImportRow.import_id == import_.id,
            ImportRow.identity.in_(persons),
            ImportRow.outcome.in_((READY, DUPLICATE)),
        )
        .order_by(ImportRow.number)
    )


def _decide_person(rows: Sequence[ImportRow], *, is_present: bool) -> list[ImportRow]:
    """Let the first of the lines that are one person enter, or none; give those that changed."""
    if not rows:
        return []
    first, *others = rows
    if is_present:
        return [
            row for row in rows if _decide(row, DUPLICATE, findings.already_in_group(row.texts))
        ]
    changed = [first] if _decide(first, READY) else []
    return changed + [
        row for row in others if _decide(row, DUPLICATE, findings.repeated(row.texts, first.number))
    ]


def _decide(row: ImportRow, outcome: str, *repetitions: Finding) -> bool:
    """Set what becomes of a row that has no error, and why; say whether that is new."""
    own = [
        finding
        for finding in findings.unpacked(row.findings)
        if not findings.is_repetition(finding)
    ]
    found = findings.packed([*own, *repetitions])
    if (row.outcome, row.findings) == (outcome, found):
        return False
    row.outcome, row.findings = outcome, found
    return True
