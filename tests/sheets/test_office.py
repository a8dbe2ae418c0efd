"""What a real office suite saved is read as its owner sees it (`office/README.md`)."""

from pathlib import Path

import pytest

from tests.sheets.messy_files import Expected
from webapp.catalogue import FRENCH
from webapp.imports.checking import Report, check_file
from webapp.sheets.limits import Limits
from webapp.sheets.notes import describe
from webapp.sheets.unreadable import UnreadableSheet

OFFICE = Path(__file__).with_name("office")
WORKBOOKS = ("xlsx", "xls", "ods")

ALL_AT_ONCE = Expected(
    *(5, 5, 0, 0),
    notes=[
        *("hidden_sheets", "ignored_columns", "hidden_columns", "hidden_rows", "formulas"),
        "cleaned",
    ],
)
IN_ORDER = Expected(5, 5, 0, 0)
LINE_BREAK = Expected(5, 5, 0, 0, ["cleaned"])
"""An address that was typed on two lines of one cell becomes one."""
READ = {
    **{f"tout.{kind}": ALL_AT_ONCE for kind in WORKBOOKS},
    **{f"erreurs.{kind}": Expected(12, 2, 10, 0, ["formulas"]) for kind in WORKBOOKS},
    **{f"filtre.{kind}": Expected(5, 5, 0, 0, ["hidden_rows"]) for kind in WORKBOOKS},
    "colonnes-entieres.ods": IN_ORDER,
    **{f"{name}.csv": IN_ORDER for name in ("windows", "iso-8859-15", "macintosh", "ms-dos")},
    **{f"{name}.csv": LINE_BREAK for name in ("utf16", "virgules", "barres")},
    "tabulations.tsv": LINE_BREAK,
}
REFUSED = {
    **{f"mot-de-passe.{kind}": "password" for kind in WORKBOOKS},
    "classeur-protege.xls": "password",
    "page-web.xls": "other_table",
    "sylk.xls": "other_table",
}


def checked(name: str) -> Report:
    return check_file(OFFICE / name, Limits())


@pytest.mark.parametrize("name", READ)
def test_what_an_office_suite_saved_is_read_and_what_it_hides_is_told(name: str) -> None:
    found, expected = checked(name), READ[name]
    counts = (found.rows, found.ready, found.errors, found.duplicates)
    assert counts == expected[:4], found.problems
    assert [note.code for note in found.notes] == list(expected.notes)


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_says_what_to_do_in_the_office_suite(name: str) -> None:
    with pytest.raises(UnreadableSheet, match="enregistrez-le") as refused:
        checked(name)
    assert refused.value.code == REFUSED[name]


def test_no_file_is_kept_that_nothing_reads() -> None:
    kept = {path.name for path in OFFICE.iterdir()} - {"README.md"}
    assert kept == set(READ) | set(REFUSED)
    assert sum(path.stat().st_size for path in OFFICE.iterdir()) < 150_000


def test_a_list_says_the_same_whatever_kind_of_workbook_it_is_saved_as() -> None:
    new, old, open_ = (checked(f"tout.{kind}") for kind in WORKBOOKS)
    assert old == open_ == new
    (_, petit, benali, le_gall, _) = (line.texts for line in new.lines)
    assert (petit["last_name"], petit["postal_code"]) == ("PETIT", "1000")
    assert petit["address_1"] == "3 place de l’Église"
    assert benali["email"] == "karim@exemple.fr"
    assert (le_gall["postal_code"], le_gall["city"]) == ("29900", "Concarneau")


@pytest.mark.parametrize("kind", WORKBOOKS)
def test_an_error_is_told_on_its_line_and_an_empty_result_is_an_empty_cell(kind: str) -> None:
    found = checked(f"erreurs.{kind}")
    by_line = {line.number: line for line in found.lines}
    assert by_line[4].texts["first_name"] == "#N/A"
    assert by_line[8].texts["last_name"] == "#REF!"
    assert by_line[10].texts["last_name"] == ""
    codes = {line.number: [finding.code for finding in line.findings] for line in found.lines}
    assert codes.pop(10) == ["name_missing"]
    assert codes.pop(11) == codes.pop(13) == []
    assert set(map(tuple, codes.values())) == {("spreadsheet_error",)}


def test_rows_that_a_filter_hides_are_numbered() -> None:
    for kind in WORKBOOKS:
        (note,) = checked(f"filtre.{kind}").notes
        assert describe(note, FRENCH) == "2 lignes masquées sont lues aussi\xa0: 3, 5."


@pytest.mark.parametrize("name", ["windows", "iso-8859-15", "macintosh", "ms-dos"])
def test_accents_are_read_in_every_older_set_of_signs(name: str) -> None:
    petit = checked(f"{name}.csv").lines[1].texts
    assert petit["first_name"] == "Léa"
    assert petit["company"].replace("'", "’") == "L’Épi « doré »"
    assert petit["city"] == ("?uilly" if name == "ms-dos" else "Œuilly")
