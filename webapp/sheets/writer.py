"""Writes texts into workbooks so that no spreadsheet takes one for a formula."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

from openpyxl.cell import MergedCell, WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
"""The media type of the workbooks."""

TEXT_FORMAT = "@"
BYTE_ORDER_MARK = "\ufeff"
_NO_CHARACTERS = {0xFFFE: None, 0xFFFF: None}
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def writable(text: str) -> str:
    """Leave out what XML cannot hold (XML 1.0, Char): control characters and two that are none."""
    return ILLEGAL_CHARACTERS_RE.sub("", text).translate(_NO_CHARACTERS)


def write_text(cell: Cell | MergedCell, text: str) -> None:
    """Put a text into a cell as a text, whatever it begins with; numbers keep their zeros.

    Control characters, which a workbook cannot hold, are left out.
    """
    cell.value = writable(text)
    cell.data_type = "s"
    cell.number_format = TEXT_FORMAT
    if text.startswith(_FORMULA_STARTS):
        # What a person's own apostrophe before the text does: it stays a text when edited.
        cell.quotePrefix = True


def unexecutable(text: str) -> str:
    """Give a text as a CSV file may hold it: no spreadsheet takes it for a formula (ASVS 1.2.10).

    A lone apostrophe before it is how a spreadsheet itself says that a text follows.
    """
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def as_csv(rows: Iterable[Sequence[str]]) -> str:
    """Give rows as CSV that a French Excel opens as it is: `;`, and the mark of UTF-8 before."""
    content = StringIO()
    content.write(BYTE_ORDER_MARK)
    writer = csv.writer(content, delimiter=";", lineterminator="\r\n")
    writer.writerows([unexecutable(text) for text in texts] for texts in rows)
    return content.getvalue()


def append_texts(sheet: WriteOnlyWorksheet, texts: Sequence[str]) -> None:
    """Add one row of texts to a sheet of a write-only workbook."""
    cells = [WriteOnlyCell(sheet) for _ in texts]
    for cell, text in zip(cells, texts, strict=True):
        write_text(cell, text)
    sheet.append(cells)
