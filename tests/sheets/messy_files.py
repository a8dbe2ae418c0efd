"""Lists as people really keep them, each with what a check of it must find."""

import csv
from collections.abc import Callable, Sequence
from io import BytesIO, StringIO
from typing import NamedTuple
from zipfile import ZipFile

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from tests.sheets import open_document as od
from tests.sheets.hostile_files import SHEET, nested, with_part
from tests.sheets.old_excel import xls_bytes

HEADINGS = (
    *("E-mail", "Nom", "Prénom", "Raison sociale", "Statut"),
    *("Adresse", "Complément", "Code postal", "Ville", "Pays"),
)
PEOPLE: tuple[tuple[object, ...], ...] = (
    ("jeanne@exemple.fr", "Morel", "Jeanne", "", "particulier"),
    ("", "Petit", "Léa", "Boulangerie", "pro", "3 place X", "", 1000, "Bourg"),
    ("", "", "", "", "particulier"),
    ("JEANNE@exemple.fr", "MOREL", "Jeanne", "", "part."),
)


class Expected(NamedTuple):
    """What a check counts, and the codes of what is told about the file as a whole."""

    rows: int = 4
    ready: int = 2
    errors: int = 1
    duplicates: int = 1
    notes: Sequence[str] = ()


class Messy(NamedTuple):
    """A file to make."""

    make: Callable[[], bytes]
    expected: Expected = Expected()


def _saved(workbook: Workbook) -> bytes:
    content = BytesIO()
    workbook.save(content)
    return content.getvalue()


def _list(sheet: Worksheet, row: int = 1, column: int = 1) -> None:
    for down, values in enumerate((HEADINGS, *PEOPLE)):
        for right, value in enumerate(values):
            if value:
                sheet.cell(row + down, column + right, value)


def _workbook(change: Callable[[Worksheet], object] = lambda sheet: None, **place: int) -> bytes:
    workbook = Workbook()
    _list(workbook.worksheets[0], **place)
    change(workbook.worksheets[0])
    return _saved(workbook)


def _title(sheet: Worksheet) -> None:
    sheet["A1"] = "Amicale des Tilleuls, liste tenue par le bureau"
    sheet.merge_cells("A1:J1")


def _instructions_first() -> bytes:
    workbook = Workbook()
    workbook.worksheets[0].append(["Remplissez une ligne par personne. Ne pas trier !"])
    _list(workbook.create_sheet("Adhérents"))
    return _saved(workbook)


def _with_errors(sheet: Worksheet) -> None:
    sheet["B2"], sheet["I3"] = "#N/A", "#REF!"


def _with_bare_formulas(sheet: Worksheet) -> None:
    sheet["B2"], sheet["C3"] = '=UPPER("Morel")', '=PROPER("léa")'


def _with_counted_formulas() -> bytes:
    content = _workbook(lambda sheet: sheet.__setitem__("B2", "=A1"))
    with ZipFile(BytesIO(content)) as archive:
        part = archive.read(SHEET)
    bare = b'<c r="B2"><f>A1</f><v></v></c>'
    assert bare in part
    value = b'<c r="B2" t="str"><f>UPPER("x")</f><v>MOREL</v></c>'
    return with_part(content, SHEET, part.replace(bare, value))


def _hide(sheet: Worksheet) -> None:
    sheet.row_dimensions[3].hidden = sheet.row_dimensions[4].hidden = True
    sheet.column_dimensions["I"].hidden = True
    sheet.parent.create_sheet("Anciens").sheet_state = "hidden"


def _with_dates(sheet: Worksheet) -> None:
    sheet["G3"], sheet["D2"] = "2026-02-01", True


def _with_other_columns(sheet: Worksheet) -> None:
    sheet["K1"], sheet["K2"], sheet["L3"] = "Cotisation", 25, "à relancer"


def _numbered_further_than_its_people(sheet: Worksheet) -> None:
    sheet["K1"] = "N°"
    for row in range(2, 301):
        sheet.cell(row, 11, row - 1)


def _text(separator: str, encoding: str, end: str = "\r\n", before: str = "") -> bytes:
    content = StringIO()
    csv.writer(content, delimiter=separator, lineterminator=end).writerows((HEADINGS, *PEOPLE))
    return (before + content.getvalue()).encode(encoding)


def _with_invisible_signs() -> bytes:
    text = _text(";", "utf-8").decode().replace("jeanne@", "\u200bmailto:jeanne@")
    return text.replace("Morel", "\xa0Morel\u2060 ").replace("mailto:", "").encode()


def _libreoffice() -> bytes:
    rows = [
        od.row(*(od.text(str(value)) if value else od.empty(1) for value in values), od.empty(900))
        for values in (HEADINGS, *PEOPLE)
    ]
    rows[2] = rows[2].replace("<table:table-row", '<table:table-row table:visibility="filter"')
    rows.insert(1, od.row(od.empty(1024), times=3))
    return od.ods_bytes(
        od.sheet("Vide"),
        od.sheet("Cachée", od.row(od.text("secret")), hidden=True),
        od.sheet("Adhérents", *rows, od.row(od.empty(1024), times=1_000_000)),
    )


def _old_excel() -> bytes:
    rows = [[value or None for value in values] for values in (HEADINGS, *PEOPLE)]
    return xls_bytes([[], *rows], hidden=[["secret"]])  # type: ignore[list-item]


MESSY = {
    "titre-et-lignes-vides.xlsx": Messy(lambda: _workbook(_title, row=4)),
    "decale-a-droite.xlsx": Messy(lambda: _workbook(row=5, column=3)),
    "mode-d-emploi-d-abord.xlsx": Messy(_instructions_first, Expected(notes=["sheet_read"])),
    "erreurs.xlsx": Messy(lambda: _workbook(_with_errors), Expected(4, 1, 3, 0)),
    "formules-jamais-calculees.xlsx": Messy(
        lambda: _workbook(_with_bare_formulas), Expected(4, 1, 3, 0)
    ),
    "formules.xlsx": Messy(_with_counted_formulas, Expected(notes=["formulas"])),
    "masque.xlsx": Messy(
        lambda: _workbook(_hide),
        Expected(notes=["hidden_sheets", "hidden_columns", "hidden_rows"]),
    ),
    "dates.xlsx": Messy(lambda: _workbook(_with_dates), Expected(notes=["dates", "truths"])),
    "autres-colonnes.xlsx": Messy(
        lambda: _workbook(_with_other_columns), Expected(notes=["ignored_columns"])
    ),
    "numeros-sans-personne.xlsx": Messy(
        lambda: _workbook(_numbered_further_than_its_people),
        Expected(notes=["ignored_columns", "silent_rows"]),
    ),
    "excel-francais.csv": Messy(lambda: _text(";", "cp1252")),
    "separateur-dit.csv": Messy(lambda: _text("|", "utf-8", before="sep=|\r\n")),
    "virgules.csv": Messy(lambda: _text(",", "utf-8-sig", end="\n")),
    "vieux-mac.csv": Messy(lambda: _text(";", "utf-8", end="\r")),
    "unicode.tsv": Messy(lambda: _text("\t", "utf-16")),
    "signes-invisibles.csv": Messy(_with_invisible_signs, Expected(notes=["cleaned"])),
    "libreoffice.ods": Messy(
        _libreoffice, Expected(notes=["hidden_sheets", "hidden_rows", "blank_rows"])
    ),
    "cent-mille-niveaux.xlsx": Messy(
        lambda: nested(100_000), Expected(1, 0, 1, 0, notes=["hidden_rows"])
    ),
    "ancien-excel.xls": Messy(_old_excel, Expected(notes=["hidden_sheets"])),
}
"""By file name."""
