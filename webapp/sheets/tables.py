"""Tables of texts as files for a spreadsheet, which takes none of the texts for a formula."""

import csv
from collections.abc import Iterable, Sequence
from io import BytesIO, StringIO

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
"""The media type of the workbooks."""

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
BYTE_ORDER_MARK = "\ufeff"


def as_csv(rows: Iterable[Sequence[str]]) -> str:
    """Give rows as CSV that a French Excel opens as it is: `;`, and the mark of UTF-8 before."""
    content = StringIO()
    content.write(BYTE_ORDER_MARK)
    writer = csv.writer(content, delimiter=";", lineterminator="\r\n")
    writer.writerows([unexecutable(text) for text in texts] for texts in rows)
    return content.getvalue()


def as_workbook(title: str, rows: Iterable[Sequence[str]]) -> bytes:
    """Give rows, the headings first, as an xlsx workbook of one sheet whose cells are all texts.

    :param title: the sheet's name.
    """
    from openpyxl import Workbook

    from webapp.sheets.writer import append_texts

    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet(title)
    sheet.freeze_panes = "A2"
    for texts in rows:
        append_texts(sheet, texts)
    content = BytesIO()
    workbook.save(content)
    return content.getvalue()


def unexecutable(text: str) -> str:
    """Give a text as a CSV file may hold it: no spreadsheet takes it for a formula (ASVS 1.2.10).

    A lone apostrophe before it is how a spreadsheet itself says that a text follows.
    """
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
