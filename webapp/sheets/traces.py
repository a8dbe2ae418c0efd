"""What a sheet's XML tells and the reader of workbooks does not: hidden rows, formulas, errors."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from webapp.sheets.error_words import ANY_ERROR, WITHOUT_VALUE, is_error

Runs = list[list[int]]
"""Numbers as runs of neighbours, first and last of each: `[[4, 4], [9, 12]]`."""

MOST_ROWS, MOST_COLUMNS = 2**20, 2**14
"""As many as Excel has."""


class Traces(NamedTuple):
    """What is out of sight in a sheet; rows are numbered from 1, columns from 0."""

    hidden_rows: Runs
    hidden_columns: Runs
    formulas: dict[int, Runs]
    """By column the rows in which a formula has a value."""
    errors: dict[int, dict[int, str]]
    """By row and column the error's word; of a formula without any value, `WITHOUT_VALUE`."""


def no_traces() -> Traces:
    """Give the traces of a sheet of which nothing is known."""
    return Traces([], [], {}, {})


def add_run(runs: Runs, first: int, last: int) -> None:
    """Add neighbouring numbers."""
    if runs and runs[-1][0] <= first <= runs[-1][1] + 1:
        runs[-1][1] = max(runs[-1][1], last)
    else:
        runs.append([first, last])


def among(runs: Iterable[list[int]], numbers: Iterable[int]) -> Iterator[int]:
    """Give those of some ascending numbers that lie in a run."""
    ordered = iter(sorted(runs))
    run = next(ordered, None)
    for number in numbers:
        while run and run[1] < number:
            run = next(ordered, None)
        if run is None:
            return
        if run[0] <= number:
            yield number


def add_formula(traces: Traces, rows: tuple[int, int], columns: tuple[int, int]) -> None:
    """Note formulas that have a value, in a block of rows and columns (first and last of each)."""
    for column in range(columns[0], columns[1] + 1):
        add_run(traces.formulas.setdefault(column, []), *rows)


def add_error(
    traces: Traces, rows: tuple[int, int], columns: tuple[int, int], shown: str, most: int
) -> None:
    """Note cells of an error, in a block of rows and columns (first and last of each).

    :param shown: what the file shows there, empty for a formula without a value.
    :param most: how many rows at most are looked at: each has something in it, more are not read.
    """
    word = shown if is_error(shown) else ANY_ERROR if shown else WITHOUT_VALUE
    for row in range(rows[0], rows[1] + 1):
        if len(traces.errors) > most:
            return
        cells = traces.errors.setdefault(row, {})
        cells.update(dict.fromkeys(range(columns[0], columns[1] + 1), word))


def with_errors(
    rows: Iterable[tuple[int, list[str]]], errors: dict[int, dict[int, str]]
) -> Iterator[tuple[int, list[str]]]:
    """Put the errors' words into the cells that were read as empty, whole rows of them too.

    :param rows: every row from the first on, with its number.
    """
    last = 0
    for number, cells in rows:
        yield number, _with_words(cells, errors[number]) if number in errors else cells
        last = number
    for number in sorted(errors):
        if number > last:
            yield number, _with_words([], errors[number])


def _with_words(cells: list[str], words: dict[int, str]) -> list[str]:
    filled = cells + [""] * (max(words) + 1 - len(cells))
    for column, word in words.items():
        filled[column] = word
    return filled
