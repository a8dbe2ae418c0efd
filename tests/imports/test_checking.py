"""A spreadsheet held against the rules, line by line."""

import csv
from collections.abc import Sequence
from pathlib import Path

import pytest
from openpyxl import Workbook

from webapp.contacts.messages import FIELD_NAMES
from webapp.imports.checking import Report, check_file
from webapp.sheets.limits import Limits
from webapp.sheets.unreadable import UnreadableSheet

HEADINGS = list(FIELD_NAMES.values())
JEANNE = ["jeanne@exemple.fr", "Morel", "Jeanne", "", "particulier"]
KARIM = [
    "karim@exemple.fr",
    "Petit",
    "Karim",
    "Boulangerie",
    "pro",
    "3 place X",
    "",
    "1000",
    "Bourg",
]
NOBODY = ["", "", "", "", "particulier"]


def report(folder: Path, *rows: Sequence[object], limits: Limits | None = None) -> Report:
    workbook = Workbook()
    for row in rows:
        workbook.worksheets[0].append([cell or None for cell in row])
    workbook.save(folder / "liste.xlsx")
    return check_file(folder / "liste.xlsx", limits or Limits())


def adds_up(found: Report) -> bool:
    return found.rows == found.ready + found.errors + found.duplicates + found.ignored


def test_ready_wrong_and_repeated_lines_are_counted_and_add_up(tmp_path: Path) -> None:
    again = ["JEANNE@exemple.fr", "MOREL", "Jeanne", "", "part."]
    found = report(tmp_path, HEADINGS, JEANNE, [], NOBODY, KARIM, again)
    assert (found.rows, found.ready, found.errors, found.duplicates) == (4, 2, 1, 1)
    assert adds_up(found)
    assert [line.number for line in found.lines] == [2, 4, 5, 6]
    assert [line.outcome for line in found.lines] == ["ready", "error", "ready", "duplicate"]


def test_a_problem_says_where_it_is_what_is_wrong_and_what_stood_there(tmp_path: Path) -> None:
    found = report(tmp_path, HEADINGS, JEANNE, KARIM, [*JEANNE[:4], "oui"], JEANNE)
    assert [
        (problem["row"], problem["field"], problem["code"], problem["severity"], problem["value"])
        for problem in found.problems
    ] == [
        (3, "postal_code", "postal_code_completed", "warning", "1000"),
        (4, "status", "status_unknown", "error", "oui"),
        (5, "email", "duplicate", "warning", "jeanne@exemple.fr"),
    ]
    assert "ligne 2" in found.problems[-1]["message"]


def test_a_line_repeats_only_one_that_is_right(tmp_path: Path) -> None:
    found = report(tmp_path, HEADINGS, [*JEANNE[:4], ""], JEANNE)
    assert (found.ready, found.errors, found.duplicates) == (1, 1, 0)
    assert found.lines[0].identity == ""
    assert found.lines[1].identity


def test_a_repeated_person_without_email_is_told_on_his_name(tmp_path: Path) -> None:
    on_paper = ["", *KARIM[1:]]
    found = report(tmp_path, HEADINGS, on_paper, on_paper)
    assert found.duplicates == 1
    assert found.problems[-1]["field"] == "last_name"


def test_columns_are_known_by_their_headings_in_any_order_and_language(tmp_path: Path) -> None:
    found = report(
        tmp_path,
        ["Amicale des Tilleuls"],
        ["N°", "Surname", "prenom", "COURRIEL", "Statut", "C.P."],
        [1, "Morel", "Jeanne", "jeanne@exemple.fr", "pro", 75001],
    )
    (line,) = found.lines
    assert line.number == 3
    assert line.texts["last_name"] == "Morel"
    assert line.texts["postal_code"] == "75001"


def test_without_headings_the_template_s_positions_count(tmp_path: Path) -> None:
    found = report(tmp_path, JEANNE, KARIM)
    assert (found.rows, found.ready) == (2, 2)
    assert found.lines[0].texts["email"] == "jeanne@exemple.fr"


def test_an_instructions_sheet_does_not_win_over_the_list(tmp_path: Path) -> None:
    workbook = Workbook()
    workbook.worksheets[0].append(["Liste tenue par le bureau. Ne pas trier !"])
    listing = workbook.create_sheet("Membres")
    listing.append(HEADINGS)
    listing.append(JEANNE)
    workbook.save(tmp_path / "liste.xlsx")
    assert check_file(tmp_path / "liste.xlsx", Limits()).ready == 1


def test_the_same_list_as_csv_gives_the_same_answer(tmp_path: Path) -> None:
    as_workbook = report(tmp_path, HEADINGS, JEANNE, NOBODY, KARIM, JEANNE)
    path = tmp_path / "liste.csv"
    with path.open("w", encoding="cp1252", newline="") as file:
        csv.writer(file, delimiter=";").writerows([HEADINGS, JEANNE, NOBODY, KARIM, JEANNE])
    as_text = check_file(path, Limits())
    assert as_text == as_workbook


def test_a_list_of_headings_only_has_no_row(tmp_path: Path) -> None:
    with pytest.raises(UnreadableSheet) as empty:
        report(tmp_path, HEADINGS)
    assert empty.value.code == "no_row"


def test_a_list_of_more_lines_than_the_limit_is_refused(tmp_path: Path) -> None:
    people = [[f"a{number}@exemple.fr", *JEANNE[1:]] for number in range(31)]
    assert report(tmp_path, HEADINGS, *people, limits=Limits(rows=31)).ready == 31
    with pytest.raises(UnreadableSheet, match="plus de 30 lignes"):
        report(tmp_path, HEADINGS, *people, limits=Limits(rows=30))
    with pytest.raises(UnreadableSheet, match="plus de 5 lignes"):
        report(tmp_path, HEADINGS, *people, limits=Limits(rows=5))
