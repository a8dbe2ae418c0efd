"""Brings a checked spreadsheet to a group without a person looking at its lines first."""

from datetime import datetime

from sqlalchemy import select

from webapp.accounts.models import Kind, User
from webapp.contacts.models import Group
from webapp.database import AnySession
from webapp.imports.checking import Line, Report
from webapp.imports.commit import NothingReady, commit
from webapp.imports.findings import unpacked
from webapp.imports.models import ImportRow
from webapp.imports.queries import summary
from webapp.imports.staging import stage


class NoAdministrator(Exception):
    """The organisation has no administrator in whose name the import could stand."""


def bring(
    session: AnySession, group: Group, filename: str, report: Report, now: datetime
) -> Report:
    """Stage a spreadsheet and import its ready lines; the caller commits.

    It stands in the history of imports under the organisation's first administrator, marked as made
    on the command line.

    :param now: an aware moment.
    :raises NoAdministrator: nobody can stand for the import.
    :returns: the report with what the contacts that were kept made of each line.
    """
    administrator = select(User.id).where(
        User.organisation_id == group.organisation_id, User.kind == Kind.ADMINISTRATOR
    )
    author_id = session.scalars(administrator.order_by(User.id)).first()
    if author_id is None:
        raise NoAdministrator
    import_ = stage(session, group, author_id, filename, report, now)
    import_.is_by_command = True
    try:
        commit(session, import_, now)
    except NothingReady:
        import_.committed_at = now
    session.flush()
    rows = session.scalars(
        select(ImportRow).where(ImportRow.import_id == import_.id).order_by(ImportRow.number)
    )
    lines = [
        Line(row.number, row.texts, tuple(unpacked(row.findings)), row.identity, row.outcome)
        for row in rows
    ]
    counts = summary(import_)
    numbers = counts.rows, counts.ready, counts.errors, counts.duplicates, counts.ignored
    return Report(lines, *numbers, notes=report.notes)
