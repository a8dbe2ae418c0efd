"""Texts with separators, as spreadsheets save them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from webapp.sheets.limits import Limits
from webapp.sheets.reader import read
from webapp.sheets.unreadable import UnreadableSheet

pytestmark = pytest.mark.slow

Save = Callable[[bytes], Path]

TABLE = [["Nom", "Prénom", "Adresse"], ["Lefèvre", "Noël", "12, rue X"], ["Mahé", "Œ", "€"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [";", "\t"])
def test_a_list_saved_by_any_french_spreadsheet_is_read(
    encoding: str, separator: str, saved: Save
) -> None:
    text = "\r\n".join(separator.join(row) for row in TABLE)
    (sheet,) = read(saved(text.encode(encoding)), Limits())
    assert [row.cells for row in sheet.rows] == TABLE


def test_what_excel_of_the_macintosh_and_of_ms_dos_saved_is_read(saved: Save) -> None:
    text = "Nom;Ville\r\nLefèvre;Orléans\r\nHÉLÈNE;Besançon\r\n"
    for encoding in ("mac-roman", "cp850", "iso8859-15"):
        (sheet,) = read(saved(text.encode(encoding)), Limits())
        assert sheet.rows[1].cells == ["Lefèvre", "Orléans"]
        assert sheet.rows[2].cells == ["HÉLÈNE", "Besançon"]


def test_one_accent_alone_is_read_as_windows_writes_it(saved: Save) -> None:
    for sign in "éèàçêôîÉÈÀÇœŒ’–€«»°Ô":
        (sheet,) = read(saved(f"Nom;Ville\r\nX{sign}X;Lyon\r\n".encode("cp1252")), Limits())
        assert sheet.rows[1].cells == [f"X{sign}X", "Lyon"]


def test_bars_separate_too(saved: Save) -> None:
    (sheet,) = read(saved(b"Nom|Adresse\nMorel|12, rue X\nPetit|3; place Y\n"), Limits())
    assert sheet.rows[1].cells == ["Morel", "12, rue X"]


def test_commas_separate_too(saved: Save) -> None:
    (sheet,) = read(saved(b'Nom,Adresse\nMorel,"12, rue X"\nPetit,"3, place Y"\n'), Limits())
    assert sheet.rows[1].cells == ["Morel", "12, rue X"]


def test_a_cell_of_two_lines_is_one_row_and_blank_lines_count(saved: Save) -> None:
    (sheet,) = read(saved(b'Nom;Ville\n\n"Le\nGall";Brest\nPetit;Lyon\n'), Limits())
    assert [row.number for row in sheet.rows] == [1, 3, 4]
    assert sheet.rows[1].cells == ["Le\nGall", "Brest"]


def test_the_line_that_names_the_separator_is_not_a_row(saved: Save) -> None:
    (sheet,) = read(saved(b"sep=|\r\nNom|Ville\r\nPetit|Lyon\r\n"), Limits())
    assert [(row.number, row.cells[0]) for row in sheet.rows] == [(1, "Nom"), (2, "Petit")]


def test_old_macintosh_line_ends_are_read(saved: Save) -> None:
    (sheet,) = read(saved(b"Nom;Ville\rPetit;Lyon\r"), Limits())
    assert [row.cells for row in sheet.rows] == [["Nom", "Ville"], ["Petit", "Lyon"]]


def test_a_quotation_mark_never_closed_does_not_swallow_the_list(saved: Save) -> None:
    with pytest.raises(UnreadableSheet) as damaged:
        read(saved(b'Nom;Ville\n"Petit;Lyon\n' + b"Morel;Bourg\n" * 20_000), Limits())
    assert damaged.value.code == "damaged"
