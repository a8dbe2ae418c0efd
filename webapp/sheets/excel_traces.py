"""Finds what is out of sight in the sheets of an .xlsx file (ECMA-376, part 1, 18.3)."""

from collections.abc import Iterable

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

WORKBOOK = "xl/workbook.xml"
RELATIONS = "xl/_rels/workbook.xml.rels"
_TRUE = ("1", "true", "on")
_LONGEST_WORD = 100


def sheet_parts(workbook: Iterable[bytes], relations: Iterable[bytes]) -> dict[str, str]:
    """Give the part of each sheet by the sheet's name, out of the parts that list them."""
    targets: dict[str, str] = {}
    parts: dict[str, str] = {}

    def relation(name: str, attributes: Attributes) -> None:
        if name.endswith("Relationship"):
            targets[attributes.get("Id", "")] = attributes.get("Target", "")

    def sheet(name: str, attributes: Attributes) -> None:
        if name.rpartition(":")[2] == "sheet":
            ids = (value for key, value in attributes.items() if key.endswith(":id"))
            parts[attributes.get("name", "")] = _within("xl/", targets.get(next(ids, ""), ""))

    parse(relations, relation)
    parse(workbook, sheet)
    return parts


def _within(folder: str, target: str) -> str:
    return target[1:] if target.startswith("/") else folder + target


def excel_traces(pieces: Iterable[bytes], columns: int, rows: int) -> Traces:
    """Read one sheet's part.

    :param columns: how many columns are read at most; what stands beyond counts as one more.
    :param rows: how many rows of errors are looked at, at most.
    """
    listener = _Listener(columns, rows)
    parse(pieces, listener.start, text=listener.text, done=listener.close_cell)
    return listener.traces


class _Listener:
    """Follows the cells; one is judged when the next begins, so that ends need no listening."""

    def __init__(self, columns: int, rows: int) -> None:
        self.traces = no_traces()
        self._columns, self._rows = columns, rows
        self._row = 0
        self._named, self._since = "A", 0
        self._cell: Attributes = {}
        self._has_formula = False
        self._listens = False
        self._said: list[str] = []

    def start(self, name: str, attributes: Attributes) -> None:
        if ":" in name:
            name = name.rpartition(":")[2]
        if name == "c":
            if self._has_formula or self._cell.get("t") == "e":
                self.close_cell()
            self._cell = attributes
            if "r" in attributes:
                self._named, self._since = attributes["r"], 0
            else:
                self._since += 1
        elif name == "t":
            # The commonest, in a sheet that keeps its texts in its cells.
            return
        elif name == "row":
            self._start_row(attributes)
        elif name == "f":
            self._has_formula, self._listens = True, False
        elif name == "v" or name == "is":
            self._listens = self._has_formula or self._cell.get("t") == "e"
        elif name == "col" and attributes.get("hidden") in _TRUE:
            first, last = int(attributes["min"]), int(attributes["max"])
            add_run(self.traces.hidden_columns, first - 1, min(last, MOST_COLUMNS) - 1)

    def _start_row(self, attributes: Attributes) -> None:
        self.close_cell()
        self._row = int(attributes["r"]) if "r" in attributes else self._row + 1
        if not 0 < self._row <= MOST_ROWS:
            raise ValueError(self._row)
        # The next cell without a place of its own stands in the first column.
        self._named, self._since = "A", -1
        if attributes.get("hidden") in _TRUE:
            add_run(self.traces.hidden_rows, self._row, self._row)

    def text(self, piece: str) -> None:
        if self._listens and len(self._said) < _LONGEST_WORD:
            self._said.append(piece[:_LONGEST_WORD])

    def close_cell(self) -> None:
        kind = self._cell.get("t")
        if self._has_formula or kind == "e":
            said = "".join(self._said).strip()
            column = min(_column(self._named) + self._since, self._columns)
            place = (self._row, self._row), (column, column)
            # A formula whose value is the empty text is kept as a text, with nothing in it.
            if kind == "e" or not (said or kind in ("str", "inlineStr", "s")):
                add_error(self.traces, *place, said, self._rows)
            else:
                add_formula(self.traces, *place)
            self._has_formula = self._listens = False
            self._said = []
        self._cell = {}


def _column(place: str) -> int:
    """Give the column of « AB12 », from 0."""
    letters = place.rstrip("0123456789").replace("$", "")
    column = 0
    for letter in letters:
        if not "A" <= letter <= "Z":
            raise ValueError(place[:20])
        column = column * 26 + ord(letter) - ord("A") + 1
        if column > MOST_COLUMNS:
            raise ValueError(place[:20])
    return column - 1
