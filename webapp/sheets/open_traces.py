"""Finds what is out of sight in the sheets of an .ods file (OpenDocument 1.3, part 3, 9.1)."""

from collections.abc import Iterable

from webapp.sheets.error_words import is_error
from webapp.sheets.strict_xml import Attributes, parse
from webapp.sheets.traces import (
    MOST_COLUMNS,
    MOST_ROWS,
    Traces,
    add_error,
    add_formula,
    add_run,
    no_traces,
)

_CELLS = ("table:table-cell", "table:covered-table-cell")
_OUT_OF_SIGHT = ("collapse", "filter")
_LONGEST_WORD = 100


def open_traces(pieces: Iterable[bytes], columns: int, rows: int, bare: str) -> dict[str, Traces]:
    """Read the content's part; give what was found by the sheet's name.

    :param columns: how many columns are read at most; what stands beyond counts as one more.
    :param rows: how many rows of errors are looked at in a sheet, at most.
    :param bare: what a formula says that has neither value nor text.
    """
    listener = _Listener(columns, rows, bare)
    parse(pieces, listener.start, listener.end, listener.text)
    return listener.sheets


class _Listener:
    """Follows tables, rows and cells; of a cell's texts, those of its own paragraphs only."""

    def __init__(self, columns: int, rows: int, bare: str) -> None:
        self.sheets: dict[str, Traces] = {}
        self._columns, self._rows, self._bare = columns, rows, bare
        self._traces = no_traces()
        self._depth = 0
        self._row = self._last_row = self._column = 0
        self._cell: Attributes = {}
        self._cell_depth = 0
        self._listens = False
        self._said: list[str] = []

    def start(self, name: str, attributes: Attributes) -> None:
        self._depth += 1
        if self._cell_depth:
            self._listens |= name == "text:p" and self._depth == self._cell_depth + 1
        elif name in _CELLS:
            self._cell, self._cell_depth = attributes, self._depth
        elif name == "table:table-row":
            self._row = self._last_row + 1
            self._last_row += _repeated(attributes, "table:number-rows-repeated", MOST_ROWS)
            self._column = 0
            if attributes.get("table:visibility") in _OUT_OF_SIGHT:
                add_run(self._traces.hidden_rows, self._row, self._last_row)
        elif name == "table:table-column":
            first = self._column
            self._column += _repeated(attributes, "table:number-columns-repeated", MOST_COLUMNS)
            if attributes.get("table:visibility") in _OUT_OF_SIGHT:
                add_run(self._traces.hidden_columns, first, self._column - 1)
        elif name == "table:table":
            self._traces = self.sheets[attributes.get("table:name", "")] = no_traces()
            self._row = self._last_row = self._column = 0

    def end(self, name: str) -> None:  # noqa: ARG002
        if self._depth == self._cell_depth:
            self._close_cell()
        elif self._depth == self._cell_depth + 1:
            self._listens = False
        self._depth -= 1

    def text(self, piece: str) -> None:
        if self._listens and len(self._said) < _LONGEST_WORD:
            self._said.append(piece[:_LONGEST_WORD])

    def _close_cell(self) -> None:
        cell, first = self._cell, self._column
        self._column += _repeated(cell, "table:number-columns-repeated", MOST_COLUMNS)
        is_wrong = cell.get("calcext:value-type") == "error"
        if is_wrong or "table:formula" in cell:
            shown = "".join(self._said).strip()
            columns = min(first, self._columns), min(self._column - 1, self._columns)
            place = (self._row, self._last_row), columns
            # Older programs keep 0 as the value of a formula that shows an error.
            if "office:value-type" not in cell:
                shown = shown or self._bare
                is_wrong |= bool(shown)
            if is_wrong or is_error(shown):
                add_error(self._traces, *place, shown, self._rows)
            else:
                add_formula(self._traces, *place)
        self._cell_depth, self._listens, self._said = 0, False, []


def _repeated(attributes: Attributes, name: str, most: int) -> int:
    times = int(attributes.get(name, "1"))
    if times < 1:
        raise ValueError(name)
    return min(times, most)
