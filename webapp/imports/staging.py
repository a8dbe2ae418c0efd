"""Keeps a spreadsheet's lines until they are imported, or abandoned."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from webapp.contacts.models import Group
from webapp.database import AnySession
from webapp.imports import effects
from webapp.imports.checking import DUPLICATE, ERROR, Line, Report
from webapp.imports.comparison import Decision, decide, recipient_of
from webapp.imports.known import Known, everyone
from webapp.imports.models import Import, ImportRow
from webapp.imports.settling import count_anew
from webapp.prepared import insert_many

_COLUMNS = (
    *("import_id", "number", "texts", "findings"),
    *("identity", "outcome", "effect", "choice", "contact_id"),
)


class ImportClosed(Exception):
    """The import's contacts have entered the group: its lines stay as they were then."""


def begin(
    session: AnySession, group: Group, author_id: int, filename: str, upload: str, now: datetime
) -> Import:
    """Note that a file is to be read for a group; the caller commits.

    :param filename: the file's own name, shown to people; at most 255 characters are kept.
    :param upload: the name under which it was kept; empty when it is read already.
    :param now: an aware moment.
    """
    import_ = Import(
        organisation_id=group.organisation_id,
        group_id=group.id,
        author_id=author_id,
        filename=filename[:255],
        created_at=now,
        upload=upload,
    )
    session.add(import_)
    session.flush()
    return import_


def stage(
    session: AnySession,
    group: Group,
    author_id: int,
    filename: str,
    report: Report,
    now: datetime,
) -> Import:
    """Keep a checked spreadsheet's lines for a group, compared with the contacts that are kept.

    :param filename: the file's own name, shown to people; at most 255 characters are kept.
    :param now: an aware moment.
    """
    import_ = begin(session, group, author_id, filename, "", now)
    import_.notes = [list(note) for note in report.notes]
    import_.read_at = now
    session.flush()
    known = everyone(session, import_)
    known.take_all(report.lines)
    add_lines(session, import_, report.lines, known)
    count_anew(session, import_)
    return import_


def add_lines(session: AnySession, import_: Import, lines: Iterable[Line], known: Known) -> None:
    """Keep checked lines, each with what it does to the contacts.

    :param known: the organisation's contacts, knowing who stands on any line (`take_all`).
    """
    insert_many(session, ImportRow, _COLUMNS, _staged(import_.id, lines, known))


def _staged(import_id: int, lines: Iterable[Line], known: Known) -> Iterator[tuple[Any, ...]]:
    for line in lines:
        effect, contact_id, found = _decided(line, known)
        yield (
            *(import_id, line.number, line.texts, [list(finding) for finding in found]),
            *(line.identity, effects.OUTCOMES[effect], effect, "", contact_id),
        )


def _decided(line: Line, known: Known) -> Decision:
    if line.outcome == ERROR:
        return Decision(ERROR, None, list(line.findings))
    if line.outcome == DUPLICATE:
        return Decision(effects.REPEATED, None, list(line.findings))
    match = known.match(line.identity)
    if match is None:
        return Decision(effects.CREATE, None, list(line.findings))
    effect, contact_id, found = decide(recipient_of(line.texts), match, "")
    return Decision(effect, contact_id, [*line.findings, *found])


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
    session.refresh(import_, ["committed_at", "counts"], with_for_update=True)
    if import_.committed_at is not None:
        raise ImportClosed
