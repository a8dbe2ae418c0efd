"""The occasional recipients of a letter: typed on the form, checked by everyone's rules."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from webapp.contacts.rules import FIELDS, Checked, Finding, check

_NAME = re.compile(r"recipient-(\d{1,5})-(\w+)")
_CLOSED = "closed"
MOST_ROWS = 200


@dataclass(frozen=True)
class Row:
    """One typed recipient: its ten texts by field, and what the rules say, None while empty.

    A row that came with a list is closed while it is right: one line, not ten fields.
    """

    index: int
    texts: dict[str, str]
    checked: Checked | None
    closed: bool = False

    @property
    def prefix(self) -> str:
        """What the names and ids of the row's fields begin with."""
        return f"recipient-{self.index}-"

    @property
    def findings(self) -> Sequence[Finding]:
        """All that the rules say of the row."""
        return self.checked.findings if self.checked else ()

    @property
    def findings_so_far(self) -> Sequence[Finding]:
        """What they say of the fields that are filled; the others are perhaps still to come."""
        return [finding for finding in self.findings if self.texts.get(finding.field, "").strip()]

    @property
    def is_wrong(self) -> bool:
        """Say whether something must be corrected before the letter can leave."""
        return self.checked is not None and self.checked.recipient is None


def rows_named(fields: Iterable[str]) -> int:
    """Count the rows that the names of a form's fields tell of, before any of them is checked."""
    return len({match[1] for match in map(_NAME.fullmatch, fields) if match})


def typed_rows(fields: Iterable[tuple[str, str]]) -> list[Row]:
    """Gather the rows out of a form's fields (`recipient-0-email`, …), in the form's order."""
    texts: dict[int, dict[str, str]] = {}
    closed: set[int] = set()
    for name, value in fields:
        match = _NAME.fullmatch(name)
        if match and match[2] in FIELDS:
            texts.setdefault(int(match[1]), {})[match[2]] = value
        elif match and match[2] == _CLOSED:
            closed.add(int(match[1]))
    return [checked_row(index, row, closed=index in closed) for index, row in sorted(texts.items())]


def checked_row(index: int, texts: dict[str, str], *, closed: bool = False) -> Row:
    """Check one row; a row in which nothing is written has no fault, one that is wrong is open."""
    if not any(text.strip() for text in texts.values()):
        return Row(index, texts, None)
    checked = check(texts)
    return Row(index, texts, checked, closed and checked.recipient is not None)


def with_one_more(rows: list[Row]) -> list[Row]:
    """Add an empty row, under a number that no row of this form has."""
    return [*rows, Row(_following(rows), {}, None)]


def with_list(rows: list[Row], texts: Iterable[dict[str, str]]) -> list[Row]:
    """Add the rows of a list, in place of those in which nothing is written."""
    written = [row for row in rows if row.checked]
    first = _following(written)
    more = (checked_row(index, row, closed=True) for index, row in enumerate(texts, start=first))
    return [*written, *more]


def opened(rows: list[Row], index: str) -> list[Row]:
    """Show the ten fields of a closed row."""
    return [replace(row, closed=False) if str(row.index) == index else row for row in rows]


def _following(rows: list[Row]) -> int:
    return max((row.index for row in rows), default=-1) + 1
