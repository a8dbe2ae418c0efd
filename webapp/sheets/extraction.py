"""What the reading process answers: the sheets of a file, or the code of what is wrong with it."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from webapp.sheets.bounds import check_archive
from webapp.sheets.columns import HEADER_DEPTH
from webapp.sheets.delimited import delimited_rows
from webapp.sheets.kinds import Kind, kind_of
from webapp.sheets.limits import Limits
from webapp.sheets.unreadable import UnreadableSheet
from webapp.sheets.workbook import workbook_sheets


def extract(path: str, settings: dict[str, int]) -> bytes:
    """Read a file whose size is already bounded; give one JSON object.

    Either `{"sheets": [[name, [row number, …], [[cell, …], …], full], …]}` or
    `{"error": [code, limit]}`. Rows are numbered from 1 as spreadsheets do; empty ones left out;
    `full` says that there were more than the limit, a title and headings not counted.
    """
    limits = Limits(**settings)
    try:
        answer = {"sheets": [_bounded(*sheet, limits) for sheet in _sheets(Path(path), limits)]}
        return _written(answer)
    except UnreadableSheet as unreadable:
        return _written({"error": [unreadable.code, unreadable.limit]})
    except MemoryError:
        return _written({"error": ["too_large_inside", 0]})


def _written(answer: dict[str, Any]) -> bytes:
    return json.dumps(answer, ensure_ascii=False).encode()


def _sheets(path: Path, limits: Limits) -> Iterator[tuple[str, Iterator[list[str]]]]:
    kind = kind_of(path)
    if kind is Kind.TEXT:
        yield "", delimited_rows(path)
        return
    if kind is Kind.ARCHIVE:
        check_archive(path, limits)
    yield from workbook_sheets(path)


def _bounded(
    name: str, rows: Iterable[list[str]], limits: Limits
) -> tuple[str, list[int], list[list[str]], bool]:
    numbers: list[int] = []
    kept: list[list[str]] = []
    for number, row in enumerate(rows, start=1):
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
