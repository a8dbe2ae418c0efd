"""Holds a spreadsheet against the rules of the field, line by line; keeps nothing."""

import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from webapp.contacts.headings import ALIASES
from webapp.contacts.messages import Finding, warning
from webapp.contacts.rules import FIELDS, check, identity
from webapp.sheets.columns import HEADER_DEPTH, Header, recognise
from webapp.sheets.limits import Limits
from webapp.sheets.notes import DATES, TRUTHS, Note, counted
from webapp.sheets.noticing import sheet_notes
from webapp.sheets.reader import Row, Sheet, read
from webapp.sheets.unreadable import UnreadableSheet

READY = "ready"
ERROR = "error"
DUPLICATE = "duplicate"
IGNORED = "ignored"

_NOWHERE = sys.maxsize
"""The place of a field that no column holds: beyond the end of every row."""


class Line(NamedTuple):
    """One non-empty data row: its number in the spreadsheet and its ten texts as they were read.

    `identity` is empty while a finding is an error; `outcome` is one of the four words above.
    """

    number: int
    texts: dict[str, str]
    findings: tuple[Finding, ...]
    identity: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Report:
    """What a spreadsheet holds; `rows` is always `ready` + `errors` + `duplicates` + `ignored`."""

    lines: list[Line]
    rows: int
    ready: int
    errors: int
    duplicates: int
    ignored: int
    _: KW_ONLY
    notes: Sequence[Note] = ()
    """What is told about the spreadsheet as a whole."""

    @property
    def problems(self) -> list[dict[str, Any]]:
        """Every finding as plain values: row, field, code, severity, message (French), value."""
        return [
            {
                "row": line.number,
                "field": finding.field,
                "code": finding.code,
                "severity": finding.severity,
                "message": finding.message,
                "value": line.texts[finding.field],
            }
            for line in self.lines
            for finding in line.findings
        ]


def check_file(path: Path, limits: Limits) -> Report:
    """Read and check a file that holds a spreadsheet.

    The list is the first sheet with known headings, else the first that holds anything, read by the
    template's positions (A to J).

    :raises UnreadableSheet: it cannot be read, or holds no data row.
    """
    sheets = read(path, limits)
    sheet, header = _list_sheet(sheets)
    rows = sheet.rows[header.position + 1 :]
    if not rows:
        raise UnreadableSheet("no_row")
    if sheet.full or len(rows) > limits.rows:
        raise UnreadableSheet("too_many_rows", limits.rows)
    report = check_rows(rows, header.fields)
    notes = sheet_notes(sheets, sheets.index(sheet), *header)
    return replace(report, notes=notes + cell_notes(report.lines))


def cell_notes(lines: Sequence[Line]) -> list[Note]:
    """Note how many cells hold what a spreadsheet makes of a text."""
    codes = Counter(finding.code for line in lines for finding in line.findings)
    return counted(DATES, codes["cell_is_date"]) + counted(TRUTHS, codes["cell_is_truth"])


def _list_sheet(sheets: Sequence[Sheet]) -> tuple[Sheet, Header]:
    for sheet in sheets:
        header = recognise([row.cells for row in sheet.rows[:HEADER_DEPTH]], ALIASES)
        if header:
            return sheet, header
    return sheets[0], Header(-1, dict(enumerate(FIELDS)))


def check_rows(rows: Sequence[Row], fields: Mapping[int, str]) -> Report:
    """Check rows whose columns (from 0) hold the given fields.

    A row is a duplicate when an earlier one without error is the same person at the same address.
    """
    first_rows: dict[str, int] = {}
    columns = {field: column for column, field in fields.items()}
    places = [columns.get(field, _NOWHERE) for field in FIELDS]
    lines = [_line(row, places, first_rows) for row in rows]
    counts = dict.fromkeys((READY, ERROR, DUPLICATE, IGNORED), 0)
    for line in lines:
        counts[line.outcome] += 1
    return Report(lines, len(lines), *counts.values())


def _line(row: Row, places: Sequence[int], first_rows: dict[str, int]) -> Line:
    number, cells = row
    width = len(cells)
    texts = dict(
        zip(FIELDS, [cells[place] if place < width else "" for place in places], strict=True)
    )
    recipient, findings = check(texts)
    if recipient is None:
        return Line(number, texts, findings, "", ERROR)
    person = identity(recipient)
    first = first_rows.setdefault(person, number)
    if first == number:
        return Line(number, texts, findings, person, READY)
    field = "email" if recipient.email else "last_name"
    again = warning(field, "duplicate", row=str(first))
    return Line(number, texts, (*findings, again), person, DUPLICATE)
