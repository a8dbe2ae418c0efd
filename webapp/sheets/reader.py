"""Reads a spreadsheet file that nobody has vouched for: a hostile one costs a message, no more."""

import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen
from threading import Event, Timer
from types import MappingProxyType
from typing import NamedTuple

import python_calamine

from webapp.sheets.limits import MEGABYTE, Limits
from webapp.sheets.traces import Runs
from webapp.sheets.unreadable import UnreadableSheet

_CHILD = Path(__file__).with_name("child.py")
_PROJECT = Path(__file__).parents[2]
_ANSWER_BYTES = 64 * MEGABYTE


class Row(NamedTuple):
    """A row that is not empty: its number as the spreadsheet shows it, its cells from column A."""

    number: int
    cells: list[str]


class OutOfSight(NamedTuple):
    """What a person who looks at the sheet does not see, as far as its kind of file tells.

    Rows (from 1) and columns (from 0) stand in runs, first and last of each. A text has nothing.
    """

    rows: Sequence[list[int]] = ()
    columns: Sequence[list[int]] = ()
    formulas: Mapping[int, Sequence[list[int]]] = MappingProxyType({})
    """By column the rows whose cell is a formula's last known value."""
    sheets: Sequence[str] = ()
    """The hidden sheets of the same workbook, which are not read."""


class Sheet(NamedTuple):
    """One sheet's rows, its name empty for a text; `full`: there were more than the limit."""

    name: str
    rows: list[Row]
    full: bool
    out_of_sight: OutOfSight = OutOfSight()


def read(path: Path, limits: Limits) -> list[Sheet]:
    """Read the visible sheets that hold a row, in their order; the kind is told by content.

    Numbers come as people read them (75001), days as 2026-01-31, a cell that is an error as its
    word (#N/A), and as `WITHOUT_VALUE` a formula whose value the file does not hold. The file is
    opened in a process of its own, which has bounded its memory and time first.

    :raises UnreadableSheet: there is nothing to read, for the reason it says.
    """
    if not (os.access(path, os.R_OK) and path.is_file()):
        raise UnreadableSheet("missing")
    if path.stat().st_size > limits.bytes:
        raise UnreadableSheet("too_big", limits.bytes // MEGABYTE)
    line, _, rest = _run(path, limits).decode().partition("\n")
    answer = json.loads(line)
    if "error" in answer:
        raise UnreadableSheet(*answer["error"])
    cells = iter(rest.split("\0"))
    sheets = [_sheet(cells, answer["hidden"], *sheet) for sheet in answer["sheets"] if sheet[1]]
    if not sheets:
        raise UnreadableSheet("no_row")
    return sheets


def _sheet(
    cells: Iterator[str],
    hidden: list[str],
    name: str,
    numbers: list[int],
    widths: list[int],
    full: bool,
    out_of_sight: tuple[Runs, Runs, dict[str, Runs]],
) -> Sheet:
    hidden_rows, hidden_columns, formulas = out_of_sight
    by_column = {int(column): runs for column, runs in formulas.items()}
    told = OutOfSight(hidden_rows, hidden_columns, by_column, hidden)
    rows = zip(numbers, widths, strict=True)
    return Sheet(name, [Row(n, list(islice(cells, width))) for n, width in rows], full, told)


def _run(path: Path, limits: Limits) -> bytes:
    """Run the reading process to its good end, and give what it said.

    Started without `site` and without the environment, it loads only what reading needs.
    """
    settings = json.dumps(limits._asdict())
    folders = [str(_PROJECT), str(Path(python_calamine.__file__).parents[1])]
    command = [sys.executable, "-I", "-S", str(_CHILD), settings, str(path.resolve()), *folders]
    expired = Event()
    with Popen(command, stdin=DEVNULL, stdout=PIPE, stderr=DEVNULL) as process:  # noqa: S603

        def stop() -> None:
            expired.set()
            process.kill()

        timer = Timer(limits.seconds, stop)
        timer.start()
        try:
            output = process.stdout.read(_ANSWER_BYTES + 1) if process.stdout else b""
            if len(output) > _ANSWER_BYTES:
                raise UnreadableSheet("too_large_inside")
            status = process.wait()
        finally:
            timer.cancel()
            process.kill()
    if expired.is_set():
        raise UnreadableSheet("too_slow")
    if status:
        stopped = UnreadableSheet("reader_stopped")
        stopped.add_note(f"The reading process ended with status {status}.")
        raise stopped
    return output
