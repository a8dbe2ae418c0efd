"""Reads .csv and .tsv as spreadsheets write them, and cells copied out of them."""

import csv
from collections import Counter
from collections.abc import Iterator
from io import StringIO
from itertools import islice
from pathlib import Path

from webapp.sheets.unreadable import UnreadableSheet

_SEPARATORS = ";\t,|"
_SAMPLE = 50

_OLDER = ("cp1252", "iso8859-15", "mac-roman", "cp850")
"""What French Windows writes; some servers; Excel of the Macintosh; « CSV (MS-DOS) »."""

_ASCII = bytes(range(128))
_FRENCH = frozenset("àâäçéèêëîïôöùûüÿœæÀÂÄÇÉÈÊËÎÏÔÖÙÛÜŸŒÆ’‘“”«»–—…€°²\xa0")


def delimited_rows(path: Path) -> Iterator[list[str]]:
    """Give the rows of a text file whose columns stand between semicolons, tabs, commas or bars.

    :raises UnreadableSheet: the bytes are no text, or a quotation mark is never closed.
    """
    yield from text_rows(_decoded(path.read_bytes()))


def text_rows(text: str) -> Iterator[list[str]]:
    """Give the rows of a text whose columns stand between semicolons, tabs, commas or bars.

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
    """UTF-16 says so at its start; what is not UTF-8 is in one of the older sets of signs."""
    is_wide = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    try:
        text = content.decode("utf-16" if is_wide else "utf-8-sig")
    except UnicodeDecodeError:
        text = "\0" if is_wide else _of_one_byte(content)
    if "\0" in text:
        raise UnreadableSheet("not_a_sheet")
    return text


def _of_one_byte(content: bytes) -> str:
    """Decode by the set that makes most French signs of the bytes, the first of equals.

    Told by the signs that are not in ASCII, counted once for each byte there is.
    """
    counts = Counter(content.translate(None, _ASCII))
    found, text = -1, "\0"
    for encoding in _OLDER:
        signs = ((bytes([byte]).decode(encoding, "replace"), counts[byte]) for byte in counts)
        french = sum(count for sign, count in signs if sign in _FRENCH)
        if french <= found or (encoding != "cp1252" and 2 * french <= counts.total()):
            continue
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        found = french
    return text


def _likely_separator(text: str) -> str:
    return max(_SEPARATORS, key=lambda separator: _evenness(text, separator))


def _evenness(text: str, separator: str) -> tuple[int, int]:
    """How many of the first rows have the same number of columns, and how many columns."""
    rows = csv.reader(StringIO(text, newline=""), delimiter=separator)
    widths = Counter(len(row) for row in islice(rows, _SAMPLE) if len(row) > 1)
    return max(((count, width) for width, count in widths.items()), default=(0, 0))
