"""The ready lines of an import become contacts of its group: all of them, once."""

from collections import Counter
from datetime import datetime

from sqlalchemy import select, update

from webapp.contacts.book import add_contacts
from webapp.contacts.models import Group
from webapp.contacts.queries import identities
from webapp.contacts.rules import Recipient, check
from webapp.database import AnySession
from webapp.imports import findings
from webapp.imports.checking import DUPLICATE, ERROR, IGNORED, READY, Line, Report
from webapp.imports.models import Import, ImportRow
from webapp.imports.staging import ImportClosed, hold


class NothingReady(Exception):
    """No line of the import can enter the group."""


def commit(session: AnySession, import_: Import, now: datetime) -> int:
    """Bring the contacts of every ready line into the group; the caller commits the transaction.

    A person who entered the group by another way since the line was checked is not brought twice.

    :param now: an aware moment.
    :returns: how many contacts entered.
    :raises ImportClosed: it was done before, by a double press or in another tab.
    :raises NothingReady: there is no line to bring; lines found repeated are marked so.
    """
    hold(session, import_)
    recipients = _recipients(session, import_)
    if not recipients:
        raise NothingReady
    claim = session.execute(
        update(Import)
        .where(Import.id == import_.id, Import.committed_at.is_(None))
        .values(committed_at=now)
        .returning(Import.id)
    )
    if claim.scalar() is None:
        raise ImportClosed
    return add_contacts(session, import_.group, recipients, now)


def _recipients(session: AnySession, import_: Import) -> list[Recipient]:
    present = identities(session, import_.group_id)
    ready = session.scalars(
        select(ImportRow)
        .where(ImportRow.import_id == import_.id, ImportRow.outcome == READY)
        .order_by(ImportRow.number)
    )
    recipients = []
    for row in ready:
        recipient = check(row.texts).recipient
        if row.identity in present:
            row.outcome = DUPLICATE
            row.findings = [*row.findings, *findings.packed([findings.already_in_group(row.texts)])]
        elif recipient:
            recipients.append(recipient)
    session.flush()
    return recipients


def bring(session: AnySession, group: Group, report: Report, now: datetime) -> Report:
    """Bring the ready lines of a checked spreadsheet into a group as they are, without staging.

    :param now: an aware moment.
    :returns: the report with those who stood in the group already as duplicates.
    """
    present = identities(session, group.id)
    lines = [_against(line, present) for line in report.lines]
    checked = (check(line.texts).recipient for line in lines if line.outcome == READY)
    add_contacts(session, group, [recipient for recipient in checked if recipient], now)
    counts = Counter(line.outcome for line in lines)
    return Report(
        lines, len(lines), counts[READY], counts[ERROR], counts[DUPLICATE], counts[IGNORED]
    )


def _against(line: Line, present: set[str]) -> Line:
    if line.identity not in present:
        return line
    own = (finding for finding in line.findings if not findings.is_repetition(finding))
    found = (*own, findings.already_in_group(line.texts))
    return Line(line.number, line.texts, found, line.identity, DUPLICATE)
