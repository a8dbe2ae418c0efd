"""The occasional recipients of a letter: typed on the form, checked by everyone's rules."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from webapp.contacts.rules import FIELDS, Checked, Finding, check

_NAME = re.compile(r"recipient-(\d{1,5})-(\w+)")


@dataclass(frozen=True)
class Row:
    """One typed recipient: its ten texts by field, and what the rules say, None while empty."""

    index: int
    texts: dict[str, str]
    checked: Checked | None

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


def typed_rows(fields: Iterable[tuple[str, str]]) -> list[Row]:
    """Gather the rows out of a form's fields (`recipient-0-email`, …), in the form's order."""
    texts: dict[int, dict[str, str]] = {}
    for name, value in fields:
        match = _NAME.fullmatch(name)
        if match and match[2] in FIELDS:
            texts.setdefault(int(match[1]), {})[match[2]] = value
    return [checked_row(index, row) for index, row in sorted(texts.items())]


def checked_row(index: int, texts: dict[str, str]) -> Row:
    """Check one row; a row in which nothing is written has no fault."""
    is_empty = not any(text.strip() for field, text in texts.items())
    return Row(index, texts, None if is_empty else check(texts))


def with_one_more(rows: list[Row]) -> list[Row]:
    """Add an empty row, under a number that no row of this form has."""
    following = max((row.index for row in rows), default=-1) + 1
    return [*rows, Row(following, {}, None)]
