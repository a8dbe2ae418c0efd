"""What a person is told about her file as a whole, on the command line and on the page."""

import json
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner
from openpyxl import Workbook
from sqlalchemy.orm import Session, scoped_session

from tests.imports.conftest import Visitor
from webapp.catalogue import FRENCH
from webapp.contacts.models import Group
from webapp.imports.checking import check_file
from webapp.imports.commands import contacts
from webapp.imports.models import Import
from webapp.sheets.limits import Limits
from webapp.sheets.notes import Note, describe, note

pytestmark = pytest.mark.slow

HEADINGS = ["Nom", "E-mail", "Statut", "Raison sociale", "Téléphone"]
NBSP = "\xa0"


@pytest.fixture
def members() -> Workbook:
    """Six members under their headings, row 5 empty."""
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = "Adhérents"
    sheet.append(HEADINGS)
    for number in (2, 3, 4, 6, 7, 8):
        values = [f"Morel {number}", f"m{number}@exemple.fr", "particulier", "Boulangerie", "04 78"]
        for column, value in enumerate(values, start=1):
            sheet.cell(number, column, value)
    return workbook


@pytest.fixture
def told(tmp_path: Path) -> Callable[[Workbook], list[str]]:
    """Say what is told about a workbook."""

    def tell(workbook: Workbook) -> list[str]:
        workbook.save(tmp_path / "liste.xlsx")
        notes = check_file(tmp_path / "liste.xlsx", Limits()).notes
        return [describe(note, FRENCH).replace(NBSP, " ") for note in notes]

    return tell


Tell = Callable[[Workbook], Sequence[str]]


def test_what_was_cleaned_is_told(members: Workbook, told: Tell) -> None:
    sheet = members.worksheets[0]
    sheet.delete_rows(5)
    sheet.delete_cols(5)
    sheet["A2"], sheet["B2"] = "« Morel »", "Jeanne Morel <m2@exemple.fr>"
    sheet["A3"], sheet["B4"] = "  Petit", "mailto:m4@exemple.fr"
    assert told(members) == [
        "4 cases sont nettoyées (espaces en trop, guillemets autour, « mailto: »…)."
    ]


def test_a_list_in_order_has_nothing_to_tell(members: Workbook, told: Tell) -> None:
    sheet = members.worksheets[0]
    sheet.delete_rows(5)
    sheet.delete_cols(5)
    assert told(members) == []


def test_rows_that_say_nothing_where_it_is_read_are_told_and_are_no_lines(
    members: Workbook, told: Tell, tmp_path: Path
) -> None:
    members.worksheets[0]["E5"], members.worksheets[0]["E9"] = "04 78", "04 79"
    members.worksheets[0].row_dimensions[9].hidden = True
    assert told(members) == [
        "1 colonne n’est pas reprise : « Téléphone ».",
        "2 lignes n’ont rien dans les colonnes reprises, et ne sont pas lues : 5, 9.",
    ]
    report = check_file(tmp_path / "liste.xlsx", Limits())
    assert [line.number for line in report.lines] == [2, 3, 4, 6, 7, 8]


def test_ignored_columns_and_blank_rows_are_told(members: Workbook, told: Tell) -> None:
    sheet = members.worksheets[0]
    sheet["F3"] = "à relancer"
    sheet["H1"] = "Jamais rempli"
    assert told(members) == [
        "2 colonnes ne sont pas reprises : « Téléphone », « F ».",
        "1 ligne vide.",
    ]


def test_hidden_rows_columns_and_sheets_are_told(members: Workbook, told: Tell) -> None:
    sheet = members.worksheets[0]
    for number in (1, 4, 5, 8):
        sheet.row_dimensions[number].hidden = True
    for letter in "DE":
        sheet.column_dimensions[letter].hidden = True
    members.create_sheet("Anciens").sheet_state = "hidden"
    assert told(members) == [
        "1 feuille masquée n’est pas lue : « Anciens ».",
        "1 colonne n’est pas reprise : « Téléphone ».",
        "1 colonne masquée est lue aussi : « Raison sociale ».",
        "2 lignes masquées sont lues aussi : 4, 8.",
        "1 ligne vide.",
    ]


def test_the_sheet_that_was_read_is_named_when_there_are_several(
    members: Workbook, told: Tell
) -> None:
    members.create_sheet("À lire", 0).append(["Liste tenue par le bureau"])
    assert told(members)[0] == "Feuille lue : « Adhérents »."


def test_dates_and_truths_are_told_and_each_is_a_warning(
    members: Workbook, told: Tell, tmp_path: Path
) -> None:
    sheet = members.worksheets[0]
    sheet["D2"], sheet["A3"], sheet["D4"] = True, False, "2026-01-31"
    assert told(members)[-2:] == [
        "1 case ressemble à une date et non à un texte.",
        "2 cases contiennent « vrai » ou « faux » au lieu d’un texte.",
    ]
    report = check_file(tmp_path / "liste.xlsx", Limits())
    assert (report.ready, report.errors) == (6, 0)
    assert [(problem["row"], problem["field"]) for problem in report.problems][:3] == [
        (2, "company"),
        (3, "last_name"),
        (4, "company"),
    ]


def test_an_error_of_the_spreadsheet_is_a_line_to_correct(
    members: Workbook, told: Tell, tmp_path: Path
) -> None:
    sheet = members.worksheets[0]
    sheet["A2"], sheet["A3"] = "#N/A", "=D3"
    told(members)
    report = check_file(tmp_path / "liste.xlsx", Limits())
    assert (report.ready, report.errors) == (4, 2)
    assert [(problem["row"], problem["code"]) for problem in report.problems] == [
        (2, "spreadsheet_error"),
        (3, "formula_without_value"),
    ]


def test_only_the_first_names_are_given_and_long_or_hostile_ones_cut() -> None:
    (many,) = note("hidden_rows", range(1, 31))
    assert describe(many, FRENCH).endswith(f"{NBSP}: 1, 2, 3, 4, 5, 6, 7, 8…")
    assert many.quantity == 30
    (hostile,) = note("ignored_columns", ["\x1b[2J" + "x" * 900])
    assert hostile == Note("ignored_columns", 1, ["[2J" + "x" * 37 + "…"])


def test_the_command_line_tells_it_in_text_and_in_json(members: Workbook, tmp_path: Path) -> None:
    members.save(tmp_path / "liste.xlsx")
    arguments = ["check", str(tmp_path / "liste.xlsx")]
    text = CliRunner().invoke(contacts, arguments).stdout.replace(NBSP, " ")
    assert text.splitlines()[1:] == [
        "1 colonne n’est pas reprise : « Téléphone ».",
        "1 ligne vide.",
    ]
    told = json.loads(CliRunner().invoke(contacts, [*arguments, "--json"]).stdout)["notes"]
    assert told[1] == {"code": "blank_rows", "count": 1, "names": [], "message": "1 ligne vide."}


def test_the_page_of_an_import_tells_it_above_the_lines(
    members: Workbook, group: Group, visitor: Visitor, session: scoped_session[Session]
) -> None:
    content = BytesIO()
    members.save(content)
    answer = visitor.upload(f"/groupes/{group.id}/importer", content.getvalue(), "liste.xlsx")
    page = visitor.get(answer.location).text.replace(NBSP, " ")
    notice, lines = page.index("À savoir sur ce fichier"), page.index("Lignes du fichier")
    assert notice < page.index("« Téléphone »") < lines
    (import_,) = session.query(Import).all()
    assert import_.notes == [["ignored_columns", 1, ["Téléphone"]], ["blank_rows", 1, []]]


def test_the_page_of_an_import_without_anything_to_tell_says_nothing(
    group: Group, visitor: Visitor
) -> None:
    content = b"Nom;E-mail;Statut\nMorel;m@exemple.fr;pro\n"
    answer = visitor.upload(f"/groupes/{group.id}/importer", content)
    assert "À savoir" not in visitor.get(answer.location).text
