"""Finds what is out of sight in the sheets of an .xls file ([MS-XLS] 2.4)."""

import struct
from collections.abc import Iterator
from pathlib import Path

from webapp.sheets.columns import HEADER_DEPTH
from webapp.sheets.compound import stream_of
from webapp.sheets.kinds import OLD_EXCEL_STREAMS
from webapp.sheets.limits import Limits
from webapp.sheets.traces import Traces, add_error, add_formula, add_run, no_traces
from webapp.sheets.unreadable import UnreadableSheet

_START, _END, _SHEET = 0x0809, 0x000A, 0x0085
_COLUMNS, _ROW, _TRUTH_OR_ERROR, _FORMULA = 0x007D, 0x0208, 0x0205, 0x0006

_WITH_WIDE_TEXTS = 0x0600
"""The version of Excel 97 and later; before it, texts have one byte a character."""

_ROW_HIDDEN = 0x20
_COLUMN_HIDDEN = 0x01
_NO_NUMBER = b"\xff\xff"
_RESULT_IS_ERROR = 2
_WORDS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
    0x2B: "#GETTING_DATA",
}


def old_excel_traces(path: Path, limits: Limits) -> dict[str, Traces]:
    """Give what is out of sight in each sheet, by the sheet's name.

    :raises UnreadableSheet: the file is damaged.
    """
    bounds = limits.columns, limits.rows + HEADER_DEPTH
    stream = stream_of(path.read_bytes(), OLD_EXCEL_STREAMS)
    try:
        return {name: _sheet_traces(stream, place, *bounds) for name, place in _sheets(stream)}
    except (struct.error, IndexError, UnicodeDecodeError) as broken:
        raise UnreadableSheet("damaged") from broken


def _records(stream: bytes, place: int) -> Iterator[tuple[int, bytes]]:
    """Give the records from a place to the end of what begins there, without what lies within."""
    depth = 0
    while place + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, place)
        if kind == _END:
            depth -= 1
            if depth <= 0:
                return
        elif kind == _START:
            depth += 1
        if depth == 1:
            yield kind, stream[place + 4 : place + 4 + length]
        place += 4 + length


def _sheets(stream: bytes) -> Iterator[tuple[str, int]]:
    version = _WITH_WIDE_TEXTS
    for kind, content in _records(stream, 0):
        if kind == _START:
            (version,) = struct.unpack_from("<H", content)
        elif kind == _SHEET:
            (place,) = struct.unpack_from("<I", content)
            yield _name(content[6:], version), place


def _name(content: bytes, version: int) -> str:
    if version < _WITH_WIDE_TEXTS:
        return content[1 : 1 + content[0]].decode("cp1252", "replace")
    if content[1] & 1:
        return content[2 : 2 + 2 * content[0]].decode("utf-16-le")
    return content[2 : 2 + content[0]].decode("latin-1")


def _sheet_traces(stream: bytes, place: int, columns: int, rows: int) -> Traces:
    traces = no_traces()
    for kind, content in _records(stream, place):
        if kind in (_FORMULA, _TRUTH_OR_ERROR):
            _add_cell(traces, kind, content, columns, rows)
        elif kind == _ROW:
            row, flags = struct.unpack_from("<H10xH", content)
            if flags & _ROW_HIDDEN:
                add_run(traces.hidden_rows, row + 1, row + 1)
        elif kind == _COLUMNS:
            first, last, flags = struct.unpack_from("<HH4xH", content)
            if flags & _COLUMN_HIDDEN:
                add_run(traces.hidden_columns, first, last)
    return traces


def _add_cell(traces: Traces, kind: int, content: bytes, columns: int, rows: int) -> None:
    row, column = struct.unpack_from("<HH", content)
    place = (row + 1, row + 1), (min(column, columns),) * 2
    if kind == _TRUTH_OR_ERROR:
        if content[7]:
            add_error(traces, *place, _WORDS.get(content[6], "?"), rows)
    elif content[12:14] == _NO_NUMBER and content[6] == _RESULT_IS_ERROR:
        add_error(traces, *place, _WORDS.get(content[8], "?"), rows)
    else:
        add_formula(traces, *place)
