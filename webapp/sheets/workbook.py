"""Reads .xlsx, .xls and .ods with python-calamine; runs in the reading process only."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from webapp.sheets.unreadable import UnreadableSheet

_EXACT = 10**15
"""Excel keeps fifteen digits; a greater number is written with an exponent."""


def workbook_sheets(path: Path) -> Iterator[tuple[str, Iterator[list[str]] | None]]:
    """Give each sheet's name and its rows as texts, from row 1 and column A on.

    A hidden sheet has no rows here (None).

    :param path: a file within bounds; calamine is to believe its content, not its name.
    :raises UnreadableSheet: the file is damaged, or asks for a password.
    """
    try:
        with path.open("rb") as file:
            workbook = CalamineWorkbook.from_filelike(file)
        for sheet in workbook.sheets_metadata:
            if sheet.typ != SheetTypeEnum.WorkSheet:
                continue
            if sheet.visible == SheetVisibleEnum.Visible:
                yield sheet.name, _rows(workbook.get_sheet_by_name(sheet.name))
            else:
                yield sheet.name, None
    except PasswordError as locked:
        raise UnreadableSheet("password") from locked
    except CalamineError as broken:
        raise UnreadableSheet("damaged") from broken


def _rows(sheet: CalamineSheet) -> Iterator[list[str]]:
    # calamine keeps the empty rows at the top but not the empty columns at the left.
    if sheet.start is None:
        return
    left = [""] * sheet.start[1]
    for row in sheet.iter_rows():
        cells = [cell if type(cell) is str else _text(cell) for cell in row]
        yield left + cells if left else cells


def _text(value: Any) -> str:
    """Write a cell as a person reads it: no « .0 », days as 2026-01-31, moments to the second."""
    if isinstance(value, bool):
        return "vrai" if value else "faux"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < _EXACT else f"{value:.15g}"
    if isinstance(value, datetime):
        midnight = value.time() == time()
        return value.date().isoformat() if midnight else value.isoformat(" ", "seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return str(value)
