"""Reads .csv and .tsv as spreadsheets write them, and cells copied out of them."""

import csv
from collections import Counter
from collections.abc import Iterator
from io import StringIO
from itertools import islice
from pathlib import Path

from webapp.sheets.unreadable import UnreadableSheet

_SEPARATORS = ";\t,"
_SAMPLE = 50


def delimited_rows(path: Path) -> Iterator[list[str]]:
    """Give the rows of a text file whose columns stand between semicolons, tabs or commas.

    :raises UnreadableSheet: the bytes are no text, or a quotation mark is never closed.
    """
    yield from text_rows(_decoded(path.read_bytes()))


def text_rows(text: str) -> Iterator[list[str]]:
    """Give the rows of a text whose columns stand between semicolons, tabs or commas.

    :raises UnreadableSheet: a quotation mark is never closed.
    """
    separator = ""
    if text[:4].lower() == "sep=" and text[4:5]:
        # Excel reads this line as a setting, and does not count it.
        separator, text = text[4], text[5:].lstrip("\r").removeprefix("\n")
    try:
        yield from csv.reader(
            StringIO(text, newline=""), delimiter=separator or _likely_separator(text)
        )
    except (csv.Error, TypeError) as broken:
        raise UnreadableSheet("damaged") from broken


def _decoded(content: bytes) -> str:
    """UTF-16 says so at its start; what is not UTF-8 is what French Windows writes (cp1252)."""
    encodings = (
        ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252")
    )
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise UnreadableSheet("not_a_sheet")


def _likely_separator(text: str) -> str:
    return max(_SEPARATORS, key=lambda separator: _evenness(text, separator))


def _evenness(text: str, separator: str) -> tuple[int, int]:
    """How many of the first rows have the same number of columns, and how many columns."""
    rows = csv.reader(StringIO(text, newline=""), delimiter=separator)
    widths = Counter(len(row) for row in islice(rows, _SAMPLE) if len(row) > 1)
    return max(((count, width) for width, count in widths.items()), default=(0, 0))
