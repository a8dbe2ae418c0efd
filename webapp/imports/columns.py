"""The columns of a list as a person chooses among them: headings, samples, and what is wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from webapp.catalogue import N_, Speech
from webapp.contacts.messages import FIELD_NAMES
from webapp.contacts.rules import FIELDS
from webapp.imports.checking import Layout
from webapp.sheets.columns import heading_key
from webapp.sheets.reader import Sheet

SAMPLES = 3
_LOOKED_AT = 1_000
"""Among how many rows samples are looked for."""

_TWICE = N_("Deux colonnes pour « %(field)s » : choisissez-en une.")
_NO_NAME = N_("Choisissez la colonne du nom, ou celle de la raison sociale.")
_NO_REACH = N_(
    "Choisissez la colonne de l’e-mail, ou celles de l’adresse, du code postal et de la ville."
)


@dataclass(frozen=True, slots=True)
class Column:
    """One column, counted from 0: its heading, its first filled cells, and its field or « »."""

    number: int
    heading: str
    samples: list[str]
    field: str

    @property
    def letter(self) -> str:
        """What spreadsheets call it: A, B, … Z, AA."""
        letters, left = "", self.number + 1
        while left:
            left, place = divmod(left - 1, 26)
            letters = chr(ord("A") + place) + letters
        return letters


def columns_of(sheet: Sheet, layout: Layout) -> list[Column]:
    """List the columns that have a heading or a filled cell among the first rows."""
    headings = sheet.rows[layout.header].cells if layout.header >= 0 else []
    samples: dict[int, list[str]] = {}
    for row in islice(sheet.rows, layout.header + 1, layout.header + 1 + _LOOKED_AT):
        for number, cell in enumerate(row.cells):
            kept = samples.setdefault(number, [])
            if len(kept) < SAMPLES and cell.strip():
                kept.append(cell.strip())
    width = max(len(headings), max(samples, default=-1) + 1)
    columns = []
    for number in range(width):
        heading = headings[number].strip() if number < len(headings) else ""
        if heading or samples.get(number):
            field = layout.fields.get(number, "")
            columns.append(Column(number, heading, samples.get(number, []), field))
    return columns


def problems(columns: Sequence[Column], speech: Speech) -> dict[int, str]:
    """Say what is wrong with the fields that were chosen, by the column where it is mended."""
    found: dict[int, str] = {}
    taken: set[str] = set()
    for column in columns:
        if column.field in taken:
            name = speech.text(FIELD_NAMES[column.field])
            found[column.number] = speech.text(_TWICE) % {"field": name}
        elif column.field:
            taken.add(column.field)
    if columns and not found:
        if not taken & {"last_name", "company"}:
            found[columns[0].number] = speech.text(_NO_NAME)
        elif not taken & {"email", "address_1"}:
            found[columns[0].number] = speech.text(_NO_REACH)
    return found


def fields_of(columns: Sequence[Column]) -> dict[int, str]:
    """Give the field of each column that is taken."""
    return {column.number: column.field for column in columns if column.field}


def by_heading(columns: Sequence[Column], fields: Mapping[int, str]) -> dict[str, str]:
    """Give the field of each heading (`heading_key`); of two alike that of the one taken."""
    meanings: dict[str, str] = {}
    for column in columns:
        key = heading_key(column.heading)
        if key:
            meanings[key] = meanings.get(key) or fields.get(column.number, "")
    return meanings


def chosen_field(text: str) -> str:
    """Take a field's name as a form sent it; anything else is none."""
    return text if text in FIELDS else ""
