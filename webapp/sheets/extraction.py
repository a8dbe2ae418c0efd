"""What the reading process answers: the sheets of a file, or the code of what is wrong with it."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from webapp.sheets.archive import look_into
from webapp.sheets.columns import HEADER_DEPTH
from webapp.sheets.delimited import delimited_rows
from webapp.sheets.kinds import Kind, kind_of
from webapp.sheets.limits import Limits
from webapp.sheets.old_excel_traces import old_excel_traces
from webapp.sheets.traces import no_traces, with_errors
from webapp.sheets.unreadable import UnreadableSheet
from webapp.sheets.workbook import workbook_sheets


def extract(path: str, settings: dict[str, int]) -> bytes:
    """Read a file whose size is already bounded; give one line of JSON, then every cell.

    Either `{"sheets": [[name, [row number, …], [width, …], full, out of sight], …],
    "hidden": [name, …]}` or `{"error": [code, limit]}`. Rows are numbered from 1 as spreadsheets
    do; empty ones left out; `full` says that there were more than the limit, a title and headings
    not counted. Out of sight are hidden rows, hidden columns, and by column the rows of formulas,
    all as runs. The cell of an error says its word. `hidden` names the sheets that are not read.

    The cells of all rows follow each other, U+0000 between them, which none of them holds: as JSON
    they would cost a fifth of the whole reading.
    """
    limits = Limits(**settings)
    cells: list[str] = []
    try:
        return _written(_answer(Path(path), limits, cells), cells)
    except UnreadableSheet as unreadable:
        return _written({"error": [unreadable.code, unreadable.limit]}, [])
    except MemoryError:
        return _written({"error": ["too_large_inside", 0]}, [])


def _written(answer: dict[str, Any], cells: list[str]) -> bytes:
    return "\n".join((json.dumps(answer, ensure_ascii=False), "\0".join(cells))).encode()


def _answer(path: Path, limits: Limits, cells: list[str]) -> dict[str, Any]:
    kind = kind_of(path)
    if kind is Kind.TEXT:
        numbered = enumerate(delimited_rows(path), start=1)
        return {"sheets": [(*_bounded("", numbered, limits, cells), no_traces()[:3])], "hidden": []}
    found = (look_into if kind is Kind.ARCHIVE else old_excel_traces)(path, limits)
    answer: dict[str, Any] = {"sheets": [], "hidden": []}
    for name, rows in workbook_sheets(path):
        if rows is None:
            answer["hidden"].append(name)
            continue
        traces = found.get(name, no_traces())
        filled = with_errors(enumerate(rows, start=1), traces.errors)
        answer["sheets"].append((*_bounded(name, filled, limits, cells), traces[:3]))
    return answer


def _bounded(
    name: str, rows: Iterable[tuple[int, list[str]]], limits: Limits, cells: list[str]
) -> tuple[str, list[int], list[int], bool]:
    numbers: list[int] = []
    widths: list[int] = []
    for number, row in rows:
        whole = "".join(row)
        if not whole or whole.isspace():
            continue
        if len(numbers) == limits.rows + HEADER_DEPTH:
            return name, numbers, widths, True
        if len(row) > limits.columns:
            if any(cell.strip() for cell in row[limits.columns :]):
                raise UnreadableSheet("too_many_columns", limits.columns)
            row = row[: limits.columns]
        if "\0" in whole:
            row = [cell.replace("\0", "\ufffd") for cell in row]
        numbers.append(number)
        widths.append(len(row))
        cells.extend(row)
    return name, numbers, widths, False
