"""Finds the headings of a table and which column holds which field."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from webapp.sheets.likeness import Likeness

HEADER_DEPTH = 20
"""Among how many rows the headings are looked for."""

_ENOUGH = 2
"""One known word alone may be chance, in a title or in a person's row."""

_ENOUGH_LIKE = 3
"""So many fields, where some are only like a known word."""


class Header(NamedTuple):
    """Where the headings stand among the rows (from 0), and the field of each known column."""

    position: int
    fields: dict[int, str]


def heading_key(text: str) -> str:
    """Keep a heading's letters and digits only: case, accents, spaces and signs mean nothing."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in parts if character.isalnum())


class Names:
    """What headings mean.

    :param aliases: for each field the headings it is known under.
    :param chosen: the field of a heading (`heading_key`) that somebody chose, which counts before
        its alias; empty: the column is none of ours.
    :param neutral: words (folded) that say nothing of a column, « du membre ».
    """

    def __init__(
        self,
        aliases: Mapping[str, Iterable[str]],
        chosen: Mapping[str, str] | None = None,
        neutral: Iterable[str] = (),
    ) -> None:
        self._chosen = chosen or {}
        self._known = {
            heading_key(alias): field for field, names in aliases.items() for alias in names
        }
        self._likeness = Likeness(aliases, neutral)

    def certain(self, cells: Sequence[str]) -> dict[int, str]:
        """Give the field of each column whose heading is known; of two for one field the first.

        What somebody chose counts before what is known to everyone.
        """
        keys = [heading_key(cell) for cell in cells]
        fields: dict[int, str] = {}
        for meanings in (self._chosen, self._known):
            for column, key in enumerate(keys):
                field = meanings.get(key)
                said = self._chosen.get(key, field)
                if field and field == said and field not in fields.values():
                    fields.setdefault(column, field)
        return fields

    def fields(self, cells: Sequence[str]) -> dict[int, str]:
        """Give the field of each column, also of those whose heading is only like a known one.

        A likeness never takes a field that a column has for certain.
        """
        fields = self.certain(cells)
        guesses = [
            (guess.score, -column, guess.field)
            for column, cell in enumerate(cells)
            if column not in fields and heading_key(cell) not in self._chosen
            if (guess := self._likeness.guess(cell))
        ]
        for _score, column, field in sorted(guesses, reverse=True):
            if field not in fields.values():
                fields[-column] = field
        return dict(sorted(fields.items()))


def recognise(
    rows: Sequence[Sequence[str]], aliases: Mapping[str, Iterable[str]] | Names
) -> Header | None:
    """Find the row of headings: the one that names most fields, the first of equals.

    :param rows: the cells of the first rows; of them `HEADER_DEPTH` are looked at.
    :returns: None when no row names two fields for certain, or three by likeness too.
    """
    names = aliases if isinstance(aliases, Names) else Names(aliases)
    best: Header | None = None
    for position, cells in enumerate(rows[:HEADER_DEPTH]):
        is_certain = len(names.certain(cells)) >= _ENOUGH
        if not is_certain and not _may_be_headings(cells):
            continue
        fields = names.fields(cells)
        if not is_certain and len(fields) < _ENOUGH_LIKE:
            continue
        if best is None or len(fields) > len(best.fields):
            best = Header(position, fields)
    return best


def _may_be_headings(cells: Sequence[str]) -> bool:
    """A person's row has an address or a number at the start of a cell; headings have none."""
    return not any("@" in cell or cell.lstrip()[:1].isdigit() for cell in cells)
