"""Lists of LibreOffice (.ods) and of old Excel (.xls) are read as those of Excel are."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.sheets.old_excel import OLE_HEAD, SECTOR, in_container, xls_bytes
from tests.sheets.open_document import SPREADSHEET, empty, ods_bytes, row, sheet, text, value
from webapp.sheets.limits import Limits
from webapp.sheets.reader import Row, read
from webapp.sheets.unreadable import UnreadableSheet

pytestmark = pytest.mark.slow

Save = Callable[[bytes], Path]

OLD = [["Nom", "Ville", "CP", "Cotisant"], ["Lefèvre", "Œuilly", 2160.0, True]]
OPEN = sheet("Membres", row(text("Nom"), text("Ville")), row(text("Lefèvre"), text("Œuilly")))


def refusal(content: bytes, saved: Save, limits: Limits | None = None) -> str:
    with pytest.raises(UnreadableSheet) as refused:
        read(saved(content), limits or Limits())
    assert "\n" not in str(refused.value)
    return refused.value.code


def test_a_list_of_old_excel_is_read(saved: Save) -> None:
    (found,) = read(saved(xls_bytes([[], *OLD, [None, "x"]], hidden=[["secret"]])), Limits())
    assert found.name == "Membres"
    assert found.rows == [
        Row(2, ["Nom", "Ville", "CP", "Cotisant"]),
        Row(3, ["Lefèvre", "Œuilly", "2160", "vrai"]),
        Row(4, ["", "x", "", ""]),
    ]


def test_a_list_of_libreoffice_is_read(saved: Save) -> None:
    members = sheet(
        "Membres",
        row(empty(16384), times=2),
        row(text("Nom"), text("CP"), empty(16382)),
        row(
            *(text("Le<text:s/>Gall"), value("float", "value", "1000", "01000")),
            value("date", "date-value", "2026-01-31", "31/01/26"),
            value("boolean", "boolean-value", "true", "VRAI"),
            empty(16380),
        ),
        row(text("Petit"), empty(16383), times=2),
        row(empty(16384), times=1_048_570),
    )
    hidden = sheet("Cachée", row(text("secret")), hidden=True)
    (found,) = read(saved(ods_bytes(sheet("Vide"), hidden, members)), Limits())
    assert found.name == "Membres"
    assert [(line.number, [cell for cell in line.cells if cell]) for line in found.rows] == [
        (3, ["Nom", "CP"]),
        (4, ["Le Gall", "1000", "2026-01-31", "vrai"]),
        (5, ["Petit"]),
        (6, ["Petit"]),
    ]


def test_a_model_of_libreoffice_is_read_too(saved: Save) -> None:
    (found,) = read(saved(ods_bytes(OPEN, kind=f"{SPREADSHEET}-template")), Limits())
    assert len(found.rows) == 2


def test_other_documents_of_the_same_programs_are_no_tables(saved: Save) -> None:
    letter = "application/vnd.oasis.opendocument.text"
    assert refusal(ods_bytes(OPEN, kind=letter), saved) == "not_a_sheet"
    assert refusal(in_container("WordDocument", b"Bonjour"), saved) == "not_a_sheet"


@pytest.mark.parametrize("whole", [xls_bytes(OLD), ods_bytes(OPEN)])
def test_a_list_cut_short_is_never_read_in_part(whole: bytes, saved: Save) -> None:
    for length in (len(whole) // 3, len(whole) * 2 // 3):
        assert refusal(whole[:length], saved) in ("damaged", "not_a_sheet", "reader_stopped")


def test_random_bytes_in_old_excel_cost_one_line_only(saved: Save) -> None:
    chance = random.Random(97)
    head, table = xls_bytes(OLD)[:SECTOR], xls_bytes(OLD)[: 3 * SECTOR]
    for start in (OLE_HEAD, head, table):
        content = start + "Workbook\0".encode("utf-16-le") + chance.randbytes(6000)
        assert refusal(content, saved) in ("damaged", "reader_stopped", "too_large_inside")


def test_cells_repeated_beyond_measure_cost_a_message_only(saved: Save) -> None:
    wide = text("x").replace("table-cell ", 'table-cell table:number-columns-repeated="16384" ', 1)
    for times in (1, 1_048_576):
        code = refusal(ods_bytes(sheet("a", row(wide, times=times))), saved)
        assert code in ("too_many_columns", "damaged", "reader_stopped", "too_large_inside")
    (found,) = read(saved(ods_bytes(sheet("a", row(text("x"), times=1_048_576)))), Limits(rows=9))
    assert found.full
