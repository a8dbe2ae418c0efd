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
from webapp.sheets.traces import no_traces, with_errors
from webapp.sheets.unreadable import UnreadableSheet
from webapp.sheets.workbook import workbook_sheets


def extract(path: str, settings: dict[str, int]) -> bytes:
    """Read a file whose size is already bounded; give one JSON object.

    Either `{"sheets": [[name, [row number, …], [[cell, …], …], full, out of sight], …],
    "hidden": [name, …]}` or `{"error": [code, limit]}`. Rows are numbered from 1 as spreadsheets
    do; empty ones left out; `full` says that there were more than the limit, a title and headings
    not counted. Out of sight are hidden rows, hidden columns, and by column the rows of formulas,
    all as runs. The cell of an error says its word. `hidden` names the sheets that are not read.
    """
    limits = Limits(**settings)
    try:
        return _written(_answer(Path(path), limits))
    except UnreadableSheet as unreadable:
        return _written({"error": [unreadable.code, unreadable.limit]})
    except MemoryError:
        return _written({"error": ["too_large_inside", 0]})


def _written(answer: dict[str, Any]) -> bytes:
    return json.dumps(answer, ensure_ascii=False).encode()


def _answer(path: Path, limits: Limits) -> dict[str, Any]:
    kind = kind_of(path)
    if kind is Kind.TEXT:
        numbered = enumerate(delimited_rows(path), start=1)
        return {"sheets": [(*_bounded("", numbered, limits), no_traces()[:3])], "hidden": []}
    found = look_into(path, limits) if kind is Kind.ARCHIVE else {}
    answer: dict[str, Any] = {"sheets": [], "hidden": []}
    for name, rows in workbook_sheets(path):
        if rows is None:
            answer["hidden"].append(name)
            continue
        traces = found.get(name, no_traces())
        filled = with_errors(enumerate(rows, start=1), traces.errors)
        answer["sheets"].append((*_bounded(name, filled, limits), traces[:3]))
    return answer


def _bounded(
    name: str, rows: Iterable[tuple[int, list[str]]], limits: Limits
) -> tuple[str, list[int], list[list[str]], bool]:
    numbers: list[int] = []
    kept: list[list[str]] = []
    for number, row in rows:
        whole = "".join(row)
        if not whole or whole.isspace():
            continue
        if len(kept) == limits.rows + HEADER_DEPTH:
            return name, numbers, kept, True
        if len(row) > limits.columns:
            if any(cell.strip() for cell in row[limits.columns :]):
                raise UnreadableSheet("too_many_columns", limits.columns)
            row = row[: limits.columns]
        if "\0" in whole:
            row = [cell.replace("\0", "\ufffd") for cell in row]
        numbers.append(number)
        kept.append(row)
    return name, numbers, kept, False
