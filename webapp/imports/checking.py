"""Holds a spreadsheet against the rules of the field, line by line; keeps nothing."""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from webapp.contacts.headings import ALIASES, NEUTRAL_WORDS, NOT_OURS, POSSIBLE_STATUS
from webapp.contacts.messages import Finding, warning
from webapp.contacts.rules import FIELDS, check, identity, says_status
from webapp.cycles import no_cycles
from webapp.sheets.columns import HEADER_DEPTH, Names, heading_key, recognise
from webapp.sheets.limits import Limits
from webapp.sheets.notes import CLEANED, DATES, TRUTHS, Note, counted
from webapp.sheets.noticing import sheet_notes, speaking
from webapp.sheets.reader import Row, Sheet, read
from webapp.sheets.unreadable import UnreadableSheet

READY = "ready"
ERROR = "error"
DUPLICATE = "duplicate"
IGNORED = "ignored"

_LOOKED_AT = 200
"""How many rows tell what a column holds."""

_NEARLY_ALL = 0.75

_NOWHERE = sys.maxsize
"""The place of a field that no column holds: beyond the end of every row."""


class Line(NamedTuple):
    """One non-empty data row: its number in the spreadsheet and its ten texts as they were read.

    `identity` is empty while a finding is an error; `outcome` is one of the four words above;
    `tidied` counts the texts that are kept otherwise than they were read.
    """

    number: int
    texts: dict[str, str]
    findings: tuple[Finding, ...]
    identity: str
    outcome: str
    tidied: int = 0


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


class Layout(NamedTuple):
    """How cells are taken: the sheet (from 0), where its headings stand, the field of each column.

    `header` is a position among the sheet's rows, -1 when it has no headings.
    """

    sheet: int
    header: int
    fields: dict[int, str]


@no_cycles()
def check_file(path: Path, limits: Limits, chosen: Mapping[str, str] | None = None) -> Report:
    """Read and check a file that holds a spreadsheet; `chosen` as `find_layout` has it.

    :raises UnreadableSheet: it cannot be read, or holds no data row.
    """
    sheets = read(path, limits)
    layout = find_layout(sheets, chosen)
    report = check_rows(data_rows(sheets, layout, limits), layout.fields)
    return replace(report, notes=notes_on(sheets, layout, report.lines))


def notes_on(sheets: Sequence[Sheet], layout: Layout, lines: Sequence[Line]) -> list[Note]:
    """Note what is to be told about a spreadsheet as a whole, once its lines are checked."""
    return sheet_notes(sheets, *layout) + cell_notes(lines)


def cell_notes(lines: Sequence[Line]) -> list[Note]:
    """Note how many cells hold what a spreadsheet makes of a text, or are kept otherwise."""
    codes = Counter(finding.code for line in lines for finding in line.findings)
    dates, truths = codes["cell_is_date"], codes["cell_is_truth"]
    tidied = sum(line.tidied for line in lines)
    return counted(DATES, dates) + counted(TRUTHS, truths) + counted(CLEANED, tidied)


def find_layout(sheets: Sequence[Sheet], chosen: Mapping[str, str] | None = None) -> Layout:
    """Find the sheet that is the list: the one that names most fields, then has most rows.

    Where no sheet has headings it is the first, read by the template's positions (A to J).

    :param chosen: what the organisation said that headings (`heading_key`) mean.
    """
    best, best_size = Layout(0, -1, dict(enumerate(FIELDS))), (0, 0)
    for position, sheet in enumerate(sheets):
        header = find_header(sheet, chosen)
        if header < 0:
            continue
        fields = fields_under(sheet, header, chosen)
        size = (len(fields), len(sheet.rows))
        if size > best_size:
            best, best_size = Layout(position, header, fields), size
    return best


def find_header(sheet: Sheet, chosen: Mapping[str, str] | None = None) -> int:
    """Find the position of a sheet's headings among its rows, -1 when it has none."""
    header = recognise([row.cells for row in sheet.rows[:HEADER_DEPTH]], _names(chosen))
    return header.position if header else -1


def fields_under(
    sheet: Sheet, header: int, chosen: Mapping[str, str] | None = None
) -> dict[int, str]:
    """Give the field of each column under the headings at a position (-1: none)."""
    if header < 0:
        return dict(enumerate(FIELDS))
    cells = sheet.rows[header].cells
    fields = _names(chosen).fields(cells)
    if "status" in fields.values():
        return fields
    for column, cell in enumerate(cells):
        key = heading_key(cell)
        is_open = column not in fields and key not in (chosen or {})
        if is_open and key in POSSIBLE_STATUS and _are_statuses(sheet, header, column):
            return fields | {column: "status"}
    return fields


def _names(chosen: Mapping[str, str] | None) -> Names:
    return Names(ALIASES, NOT_OURS | dict(chosen or {}), NEUTRAL_WORDS)


def _are_statuses(sheet: Sheet, header: int, column: int) -> bool:
    """Say whether the cells of a column tell professionals from individuals, nearly all of them."""
    rows = islice(sheet.rows, header + 1, header + 1 + _LOOKED_AT)
    texts = [row.cells[column] for row in rows if column < len(row.cells)]
    filled = [text for text in texts if text.strip()]
    return bool(filled) and sum(map(says_status, filled)) >= _NEARLY_ALL * len(filled)


def data_rows(sheets: Sequence[Sheet], layout: Layout, limits: Limits) -> list[Row]:
    """Give the rows under the headings that hold something in the columns that are read.

    :raises UnreadableSheet: there is none, or there are more than the limit.
    """
    sheet = sheets[layout.sheet]
    rows = speaking(sheet.rows[layout.header + 1 :], layout.fields)
    if not rows:
        raise UnreadableSheet("no_row")
    if sheet.full or len(rows) > limits.rows:
        raise UnreadableSheet("too_many_rows", limits.rows)
    return rows


def check_rows(rows: Sequence[Row], fields: Mapping[int, str]) -> Report:
    """Check rows whose columns (from 0) hold the given fields."""
    lines = list(check_lines(rows, fields))
    counts = dict.fromkeys((READY, ERROR, DUPLICATE, IGNORED), 0)
    for line in lines:
        counts[line.outcome] += 1
    return Report(lines, len(lines), *counts.values())


def check_lines(rows: Iterable[Row], fields: Mapping[int, str]) -> Iterator[Line]:
    """Check rows one after the other.

    A row is a duplicate when an earlier one without error is the same person at the same address.
    """
    first_rows: dict[str, int] = {}
    columns = {field: column for column, field in fields.items()}
    places = [columns.get(field, _NOWHERE) for field in FIELDS]
    return (_line(row, places, first_rows) for row in rows)


def _line(row: Row, places: Sequence[int], first_rows: dict[str, int]) -> Line:
    number, cells = row
    width = len(cells)
    texts = dict(
        zip(FIELDS, [cells[place] if place < width else "" for place in places], strict=True)
    )
    recipient, findings, tidied = check(texts)
    if recipient is None:
        return Line(number, texts, findings, "", ERROR, tidied)
    person = identity(recipient)
    first = first_rows.setdefault(person, number)
    if first == number:
        return Line(number, texts, findings, person, READY, tidied)
    field = "email" if recipient.email else "last_name"
    again = warning(field, "duplicate", row=str(first))
    return Line(number, texts, (*findings, again), person, DUPLICATE, tidied)
