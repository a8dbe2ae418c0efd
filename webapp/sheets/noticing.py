"""Notes what is worth telling of a sheet: what was left out, and what nobody sees in it."""

from collections.abc import Iterator, Mapping, Sequence

from webapp.sheets import notes
from webapp.sheets.notes import Note, counted, note
from webapp.sheets.reader import Row, Sheet
from webapp.sheets.traces import among


def sheet_notes(
    sheets: Sequence[Sheet], chosen: int, header: int, fields: Mapping[int, str]
) -> list[Note]:
    """Note what a person should know who believes that the file was read as she sees it.

    :param chosen: which of the sheets is read, from 0.
    :param header: the position of the headings among its rows, -1 if there are none.
    :param fields: the columns that are read, from 0, and what they hold.
    """
    sheet = sheets[chosen]
    rows = sheet.rows[header + 1 :]
    headings = sheet.rows[header].cells if header >= 0 else []
    read = speaking(rows, fields)
    numbers = [row.number for row in read]
    silent = sorted({row.number for row in rows}.difference(numbers))
    hidden = sheet.out_of_sight
    formulas = [row for column in fields for row in among(hidden.formulas.get(column, ()), numbers)]
    hidden_columns = among(hidden.columns, sorted(fields))
    return [
        *note(notes.SHEET_READ, [sheet.name] if len(sheets) > 1 else []),
        *note(notes.HIDDEN_SHEETS, hidden.sheets),
        *note(notes.IGNORED_COLUMNS, _ignored(rows, headings, fields)),
        *note(notes.HIDDEN_COLUMNS, (_name(headings, column) for column in hidden_columns)),
        *note(notes.HIDDEN_ROWS, among(hidden.rows, numbers)),
        *note(notes.SILENT_ROWS, silent),
        *counted(notes.BLANK_ROWS, _blank(sheet.rows, header)),
        *counted(notes.FORMULAS, len(formulas)),
    ]


def speaking(rows: Sequence[Row], fields: Mapping[int, str]) -> list[Row]:
    """Keep the rows that hold something in the columns that are read.

    Lists are numbered, ruled or ticked further down than their people go. Where no row holds
    anything there, the columns are wrong and not the rows: all are kept.
    """
    read = [row for row in rows if any(map(str.strip, _cells(row, fields)))]
    return read or list(rows)


def _cells(row: Row, fields: Mapping[int, str]) -> Iterator[str]:
    width = len(row.cells)
    return (row.cells[column] for column in fields if column < width)


def _ignored(
    rows: Sequence[Row], headings: Sequence[str], fields: Mapping[int, str]
) -> Iterator[str]:
    """Name the columns that hold something and are not read."""
    width = max((len(row.cells) for row in rows), default=0)
    for column in range(width):
        if column in fields:
            continue
        if any(len(row.cells) > column and row.cells[column].strip() for row in rows):
            yield _name(headings, column)


def _name(headings: Sequence[str], column: int) -> str:
    """Give a column's heading, or its letters where it has none."""
    if column < len(headings) and headings[column].strip():
        return headings[column]
    letters = ""
    while column >= 0:
        column, letter = divmod(column, 26)
        letters = chr(ord("A") + letter) + letters
        column -= 1
    return letters


def _blank(rows: Sequence[Row], header: int) -> int:
    """Count the empty rows between the headings and the last row that holds something."""
    if len(rows) <= header + 1:
        return 0
    before = rows[header].number if header >= 0 else rows[0].number - 1
    return rows[-1].number - before - (len(rows) - header - 1)
