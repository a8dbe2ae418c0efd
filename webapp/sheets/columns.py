"""Finds the headings of a table and which column holds which field."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

HEADER_DEPTH = 20
"""Among how many rows the headings are looked for."""

_ENOUGH = 2
"""One known word alone may be chance, in a title or in a person's row."""


class Header(NamedTuple):
    """Where the headings stand among the rows (from 0), and the field of each known column."""

    position: int
    fields: dict[int, str]


def heading_key(text: str) -> str:
    """Keep a heading's letters and digits only: case, accents, spaces and signs mean nothing."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in parts if character.isalnum())


def recognise(rows: Sequence[Sequence[str]], aliases: Mapping[str, Iterable[str]]) -> Header | None:
    """Find the row of headings: the one that names most fields, the first of equals.

    :param rows: the cells of the first rows; of them `HEADER_DEPTH` are looked at.
    :param aliases: for each field the headings it is known under.
    :returns: None when no row names two fields; of two columns for one field the first counts.
    """
    known = {heading_key(alias): field for field, names in aliases.items() for alias in names}
    best: Header | None = None
    for position, cells in enumerate(rows[:HEADER_DEPTH]):
        fields: dict[int, str] = {}
        for column, cell in enumerate(cells):
            field = known.get(heading_key(cell))
            if field and field not in fields.values():
                fields[column] = field
        if len(fields) >= _ENOUGH and (best is None or len(fields) > len(best.fields)):
            best = Header(position, fields)
    return best
