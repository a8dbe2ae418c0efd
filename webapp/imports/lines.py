"""A staged line as the page lays it out: what is right as text, what is to correct as inputs."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

from webapp.contacts.guide import STATUS_WORDS
from webapp.contacts.messages import FIELD_NAMES, Finding
from webapp.contacts.rules import FIELDS, fold
from webapp.imports import findings
from webapp.imports.checking import IGNORED
from webapp.imports.effects import BOTH, CHOICES, CREATE, KEPT, REPEATED, SKIP, UPDATE
from webapp.imports.models import ImportRow

_ANSWERED_BY = {
    "unreachable": ("email", "address_1", "postal_code", "city"),
    "name_missing": ("last_name", "company"),
    "individual_without_name": ("last_name", "status"),
    "professional_without_company": ("company", "status"),
    "postal_code_invalid": ("postal_code", "country"),
}
"""The cells that can put a finding right, where that is not its own alone."""

_USUAL = {UPDATE: UPDATE, KEPT: SKIP, REPEATED: SKIP, CREATE: BOTH}
"""What holds while nothing is chosen, by what the line does."""

_SHOWN = (
    *(("first_name", "last_name"), ("company",), ("status",), ("email",)),
    *(("address_1",), ("address_2",), ("postal_code", "city"), ("country",)),
)
"""The cells in the order in which a person reads them; those of a pair stand together."""


@dataclass(frozen=True)
class Cell:
    """One cell to correct, with what was found on it."""

    field: str
    name: str
    text: str
    findings: list[Finding]

    @property
    def choices(self) -> list[tuple[str, bool]]:
        """The words to choose the status from: as it stands first, where it is none of the two.

        Each with whether it is ours, and so has its translation.
        """
        ours = [(word, True) for word in STATUS_WORDS.values()]
        known = [word for word in STATUS_WORDS.values() if fold(word) == fold(self.text)]
        return ours if known else [(self.text, False), *ours]


class Change(NamedTuple):
    """A value of a kept contact that the line replaces; `before` may be empty."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class Line:
    """A staged line: its cells to correct, the texts of the others, and what concerns it whole.

    `choices` are what the person may choose, `chosen` is the one that holds.
    """

    row: ImportRow
    cells: list[Cell]
    texts: list[str]
    notes: list[Finding]
    changes: list[Change]
    choices: tuple[str, ...] = ()
    chosen: str = ""


def laid_out(row: ImportRow, opened: Collection[str] = ()) -> Line:
    """Lay out a line that can be corrected.

    :param opened: fields that are inputs whatever was found.
    """
    found = findings.unpacked(row.findings)
    own = [finding for finding in found if not findings.is_of_the_line(finding)]
    fields = set(opened)
    if row.outcome != IGNORED:
        for finding in own:
            fields.update(_ANSWERED_BY.get(finding.code, ()), (finding.field,))
    cells = [
        Cell(name, FIELD_NAMES[name], row.texts[name], [f for f in own if f.field == name])
        for name in FIELDS
        if name in fields
    ]
    notes = [finding for finding in found if findings.is_of_the_line(finding)]
    return Line(
        row,
        cells,
        _texts(row, fields),
        [finding for finding in notes if finding.code not in findings.CHANGES],
        _changes(row, notes),
        _choices(row),
        row.choice or _USUAL.get(row.effect, ""),
    )


def closed(row: ImportRow) -> Line:
    """Lay out a line of an import that is done: everything as text."""
    found = findings.unpacked(row.findings)
    notes = [finding for finding in found if finding.code not in findings.CHANGES]
    return Line(row, [], _texts(row, ()), notes, _changes(row, found))


def _changes(row: ImportRow, found: list[Finding]) -> list[Change]:
    return [
        Change(FIELD_NAMES[field], parameters.get("before", ""), row.texts[field])
        for field, code, _, parameters in found
        if code in findings.CHANGES
    ]


def _choices(row: ImportRow) -> tuple[str, ...]:
    is_repeated = row.effect == REPEATED or (row.choice == BOTH and row.contact_id is None)
    if is_repeated:
        return (SKIP, BOTH)
    is_compared = row.effect in (UPDATE, KEPT) or (row.effect == CREATE and row.contact_id)
    return CHOICES if is_compared else ()


def _texts(row: ImportRow, without: Collection[str]) -> list[str]:
    groups = (
        " ".join(row.texts[name] for name in names if name not in without).strip()
        for names in _SHOWN
    )
    return [text for text in groups if text]
