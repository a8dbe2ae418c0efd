"""Spreadsheets as people keep them are read as people read them."""

from collections.abc import Callable
from datetime import date, datetime, time
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from webapp.sheets.limits import Limits
from webapp.sheets.reader import Row, read
from webapp.sheets.unreadable import UnreadableSheet

Save = Callable[[bytes], Path]
Make = Callable[[dict[str, Any]], bytes]


def test_rows_are_numbered_as_the_spreadsheet_shows_them(workbook_bytes: Make, saved: Save) -> None:
    cells = {"A3": "Liste du bureau", "A5": "Nom", "B5": "E-mail", "A7": "Morel", "A9": "Petit"}
    (sheet,) = read(saved(workbook_bytes(cells)), Limits())
    assert [row.number for row in sheet.rows] == [3, 5, 7, 9]


def test_columns_are_counted_from_a_even_if_the_first_are_empty(
    workbook_bytes: Make, saved: Save
) -> None:
    (sheet,) = read(saved(workbook_bytes({"C2": "Morel", "D2": "Jeanne"})), Limits())
    assert sheet.rows == [Row(2, ["", "", "Morel", "Jeanne"])]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (75001, "75001"),
        (75001.0, "75001"),
        (33612345678, "33612345678"),
        (12.5, "12.5"),
        (0.1 + 0.2, "0.3"),
        (1e20, "1e+20"),
        (date(2026, 1, 31), "2026-01-31"),
        (datetime(2026, 1, 31, 14, 5), "2026-01-31 14:05:00"),  # noqa: DTZ001 - as cells have them
        (time(14, 5), "14:05:00"),
        (True, "vrai"),
        (False, "faux"),
        ("01000", "01000"),
        ("=1+1", "#FORMULE?"),
        ("ligne\nligne", "ligne\nligne"),
    ],
)
def test_a_cell_is_read_as_a_person_reads_it(
    value: object, text: str, workbook_bytes: Make, saved: Save
) -> None:
    (sheet,) = read(saved(workbook_bytes({"A1": "x", "B1": value, "C1": "y"})), Limits())
    assert sheet.rows[0].cells == ["x", text, "y"]


def test_hidden_and_empty_sheets_are_left_out(saved: Save) -> None:
    workbook = Workbook()
    workbook.worksheets[0].title = "Vide"
    hidden = workbook.create_sheet("Cachée")
    hidden["A1"] = "secret"
    hidden.sheet_state = "hidden"
    workbook.create_sheet("Membres")["A1"] = "Morel"
    workbook.create_sheet("Notes")["B2"] = "à relire"
    content = BytesIO()
    workbook.save(content)
    sheets = read(saved(content.getvalue()), Limits())
    assert [sheet.name for sheet in sheets] == ["Membres", "Notes"]


def test_a_list_longer_than_the_limit_is_told_and_not_read_whole(
    workbook_bytes: Make, saved: Save
) -> None:
    content = workbook_bytes({f"A{number}": "x" for number in range(1, 60)})
    (sheet,) = read(saved(content), Limits(rows=10))
    assert sheet.full
    assert len(sheet.rows) < 59
    (sheet,) = read(saved(content), Limits(rows=59))
    assert not sheet.full


def test_a_table_that_is_too_wide_is_refused(workbook_bytes: Make, saved: Save) -> None:
    with pytest.raises(UnreadableSheet, match="plus de 100 colonnes"):
        read(saved(workbook_bytes({"A1": "Nom", "ZZ1": "x"})), Limits())


@pytest.mark.parametrize("content", [b"", b" ", b"\r\n\r\n", b";;;\n;;;\n"])
def test_a_file_without_any_row_says_so(content: bytes, saved: Save) -> None:
    with pytest.raises(UnreadableSheet) as nothing:
        read(saved(content), Limits())
    assert nothing.value.code in ("empty", "no_row")


def test_a_workbook_without_any_row_says_so(workbook_bytes: Make, saved: Save) -> None:
    with pytest.raises(UnreadableSheet, match="aucune ligne remplie"):
        read(saved(workbook_bytes({})), Limits())


def test_a_file_that_is_not_there_or_is_a_folder_says_so(tmp_path: Path) -> None:
    for path in (tmp_path / "absent.xlsx", tmp_path):
        with pytest.raises(UnreadableSheet, match="ne peut pas être ouvert"):
            read(path, Limits())


def test_a_file_that_is_too_big_says_how_big_it_may_be(saved: Save) -> None:
    with pytest.raises(UnreadableSheet, match="plus de 2 Mo"):
        read(saved(b"x" * (2 * 1024 * 1024 + 1)), Limits(bytes=2 * 1024 * 1024))
