"""Writes texts into workbooks so that no spreadsheet takes one for a formula.

Imported where a workbook is made, not at the start: openpyxl takes a quarter of a second to load.
"""

from collections.abc import Sequence

from openpyxl.cell import MergedCell, WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from webapp.sheets.tables import FORMULA_STARTS

TEXT_FORMAT = "@"
_NO_CHARACTERS = {0xFFFE: None, 0xFFFF: None}


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
    if text.startswith(FORMULA_STARTS):
        # What a person's own apostrophe before the text does: it stays a text when edited.
        cell.quotePrefix = True


def append_texts(sheet: WriteOnlyWorksheet, texts: Sequence[str]) -> None:
    """Add one row of texts to a sheet of a write-only workbook."""
    cells = [WriteOnlyCell(sheet) for _ in texts]
    for cell, text in zip(cells, texts, strict=True):
        write_text(cell, text)
    sheet.append(cells)
