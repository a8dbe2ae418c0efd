"""Bringing a list to a group on its pages, with JavaScript and without."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import scoped_session

from webapp.contacts.models import Group, Membership
from webapp.imports.models import Import, ImportRow

pytestmark = pytest.mark.slow

HEADINGS = "E-mail;Nom;Prénom;Raison sociale;Statut;Adresse;Complément;Code postal;Ville;Pays"
JEAN = "jean@exemple.fr;Petit;Jean;;particulier"
LEA = "lea@exemple.fr;Roux;Léa;;particulier"
WRONG = "sans-arobase;Petit;Jean;;particulier"
StageLines = Callable[..., Import]


def listing(*lines: str) -> bytes:
    return "\n".join((HEADINGS, *lines)).encode()


@pytest.fixture
def start(group: Group) -> str:
    return f"/groupes/{group.id}/importer"


@pytest.fixture
def address(stage_lines: StageLines) -> str:
    """An import of a wrong line (2), a ready one (3) and its double (4)."""
    return f"/imports/{stage_lines(WRONG, LEA, LEA).id}"


def outcome(session: scoped_session[Any], number: int) -> str:
    return session.scalars(select(ImportRow.outcome).where(ImportRow.number == number)).one()


def members(session: scoped_session[Any]) -> int:
    return session.scalar(select(func.count()).select_from(Membership)) or 0


@pytest.mark.parametrize("htmx", [False, True])
def test_step_one_says_what_is_accepted(visitor: Any, start: str, htmx: bool) -> None:
    page = visitor.get(start, htmx=htmx)
    assert page.status_code == 200
    assert "Fichier Excel (.xlsx, .xls), LibreOffice (.ods) ou texte (.csv, .tsv), de " in page.text
    assert "de 10\u00a0Mo et 100\u202f000\u00a0lignes" in page.text
    assert 'accept=".xlsx,.xls,.ods,.csv,.tsv"' in page.text
    assert "/groupes/modele.xlsx" in page.text
    assert ("<html" in page.text) is not htmx
    assert "HX-Request" in page.headers["Vary"]


def test_the_template_can_be_downloaded_and_opened(visitor: Any) -> None:
    answer = visitor.get("/groupes/modele.xlsx")
    assert "attachment" in answer.headers["Content-Disposition"]
    sheet = openpyxl.load_workbook(BytesIO(answer.data)).worksheets[0]
    assert [cell.value for cell in sheet[1]][:2] == ["E-mail", "Nom"]


def test_a_file_leads_to_its_lines(visitor: Any, start: str, app: Flask) -> None:
    answer = visitor.upload(start, listing(JEAN, WRONG), name="bureau/membres.csv")
    assert answer.status_code == 303
    page = visitor.get(answer.location)
    assert "2 lignes\xa0: 1 prête, 1 à corriger, 0 doublon, 0 ignorée." in page.text
    assert "«\xa0membres.csv\xa0»" in page.text
    assert uploads(app) == []


def test_a_file_whose_columns_stand_between_tabs_is_read(visitor: Any, start: str) -> None:
    content = listing(JEAN, LEA).replace(b";", b"\t")
    answer = visitor.upload(start, content, name="membres.tsv")
    assert "2 lignes\xa0: 2 prêtes" in visitor.get(answer.location).text


def test_a_file_brought_with_javascript_leads_there_too(visitor: Any, start: str) -> None:
    answer = visitor.upload(start, listing(JEAN), htmx=True)
    assert answer.status_code == 204
    assert answer.headers["HX-Redirect"].startswith("/imports/")


@pytest.mark.parametrize("htmx", [False, True])
def test_a_file_that_cannot_be_read_is_explained_at_its_field(
    visitor: Any, start: str, app: Flask, session: scoped_session[Any], htmx: bool
) -> None:
    page = visitor.upload(start, b"%PDF-1.7", name="liste.xlsx", htmx=htmx)
    assert page.status_code == 422
    _, _, field = page.text.partition('id="file-error"')
    assert "Ce fichier est un PDF" in field
    assert ("<html" in page.text) is not htmx
    assert uploads(app) == []
    assert session.scalars(select(Import)).all() == []


@pytest.mark.parametrize("htmx", [False, True])
def test_no_file_at_all_is_explained(visitor: Any, start: str, htmx: bool) -> None:
    page = visitor.post(start, htmx=htmx)
    assert page.status_code == 422
    assert "Choisissez d’abord le fichier" in page.text


def uploads(app: Flask) -> list[Path]:
    folder = app.extensions["plirec"].data_directory / "uploads"
    return list(folder.iterdir())


def test_an_import_begun_is_found_again(visitor: Any, start: str, address: str) -> None:
    assert f'href="{address}"' in visitor.get(start).text


@pytest.mark.parametrize("htmx", [False, True])
def test_the_lines_to_correct_are_inputs_and_come_first(
    visitor: Any, address: str, htmx: bool
) -> None:
    page = visitor.get(address, htmx=htmx)
    assert page.status_code == 200
    assert '<input id="row-2-email" name="email" value="sans-arobase"' in page.text
    assert 'id="row-3-email"' not in page.text
    assert ("<html" in page.text) is not htmx


@pytest.mark.parametrize(
    ("word", "numbers"),
    [
        ("", [2, 3, 4]),
        ("a-corriger", [2]),
        ("pretes", [3]),
        ("doublons", [4]),
        ("autre", [2, 3, 4]),
    ],
)
def test_lines_of_one_sort_can_be_shown(
    visitor: Any, address: str, word: str, numbers: list[int]
) -> None:
    page = visitor.get(f"{address}?voir={word}")
    assert [number for number in (2, 3, 4) if f'id="row-{number}"' in page.text] == numbers


def test_a_line_that_is_right_can_be_opened(visitor: Any, address: str) -> None:
    page = visitor.get(f"{address}?ouvrir=3")
    assert '<input id="row-3-last_name" name="last_name" value="Roux"' in page.text


def test_a_long_list_comes_in_pages(visitor: Any, stage_lines: StageLines) -> None:
    lines = [f"p{number}@exemple.fr;Petit;Jean;;particulier" for number in range(60)]
    address = f"/imports/{stage_lines(*lines).id}"
    assert 'id="row-52"' not in visitor.get(address).text
    assert 'id="row-52"' in visitor.get(f"{address}?page=2").text


def test_a_corrected_cell_brings_back_messages_and_totals_but_never_its_input(
    visitor: Any, session: scoped_session[Any], address: str
) -> None:
    answer = visitor.post(f"{address}/lignes/2", htmx=True, email="jean@exemple.fr")
    assert answer.status_code == 200
    assert '<input id="row-' not in answer.text
    assert "badge-ready" in answer.text
    assert '<div id="row-2-email-message" hx-swap-oob="innerHTML"></div>' in answer.text
    assert "3 lignes\xa0: 2 prêtes, 0 à corriger, 1 doublon, 0 ignorée." in answer.text
    assert "Importer 2 contacts" in answer.text
    assert outcome(session, 2) == "ready"


def test_a_cell_that_is_still_wrong_says_why(visitor: Any, address: str) -> None:
    answer = visitor.post(f"{address}/lignes/2", htmx=True, email="jean@@exemple.fr")
    assert "n’est pas valable" in answer.text
    assert "badge-error" in answer.text


def test_cells_that_a_correction_makes_necessary_appear(visitor: Any, address: str) -> None:
    answer = visitor.post(f"{address}/lignes/2", htmx=True, email="")
    assert 'id="row-2-email"' not in answer.text
    assert '<div id="row-2-city-field" hx-swap-oob="innerHTML"><label for="row-2-city">' in (
        answer.text
    )


def test_a_double_on_the_page_learns_what_it_became(visitor: Any, address: str) -> None:
    answer = visitor.post(f"{address}/lignes/3", htmx=True, email="autre@exemple.fr", shown=[3, 4])
    assert 'id="row-4-badge"' in answer.text
    answer = visitor.post(f"{address}/lignes/3", htmx=True, email="lea@exemple.fr", shown=[3])
    assert 'id="row-4-badge"' not in answer.text


def test_a_corrected_line_without_javascript_leads_back_to_itself(
    visitor: Any, session: scoped_session[Any], address: str
) -> None:
    answer = visitor.post(f"{address}/lignes/2?voir=a-corriger", email="jean@exemple.fr")
    assert answer.status_code == 303
    assert answer.location == f"{address}?voir=a-corriger#row-2"
    assert "Ligne 2\xa0: prête." in visitor.get(address).text
    assert outcome(session, 2) == "ready"


def test_a_line_can_be_left_out_and_taken_in_again(
    visitor: Any, session: scoped_session[Any], address: str
) -> None:
    answer = visitor.post(f"{address}/lignes/2/ignorer", htmx=True)
    assert 'id="row-2"' in answer.text
    assert "Reprendre" in answer.text
    assert "1 ignorée." in answer.text
    answer = visitor.post(f"{address}/lignes/2/reprendre", htmx=True)
    assert 'id="row-2-email"' in answer.text
    assert "0 ignorée." in answer.text
    assert visitor.post(f"{address}/lignes/3/ignorer").status_code == 303
    assert outcome(session, 3) == "ignored"
    assert visitor.post(f"{address}/lignes/3/reprendre").status_code == 303
    assert outcome(session, 3) == "ready"


@pytest.mark.parametrize("htmx", [False, True])
def test_the_ready_lines_enter_the_group(
    visitor: Any, session: scoped_session[Any], address: str, group: Group, htmx: bool
) -> None:
    visitor.post(f"{address}/lignes/2/ignorer")
    group_address = f"/groupes/{group.id}"
    answer = visitor.post(f"{address}/importer", htmx=htmx)
    assert (answer.headers["HX-Redirect"] if htmx else answer.location) == group_address
    assert "1 contact importé. 2 lignes n’ont pas été reprises." in visitor.get(group_address).text
    assert members(session) == 1


def test_an_import_that_leaves_lines_to_correct_leads_to_them_and_says_how_to_bring_them(
    visitor: Any, address: str
) -> None:
    answer = visitor.post(f"{address}/importer")
    assert answer.location == address
    page = visitor.get(address).text
    assert "des lignes restent à corriger" in page
    assert "Pour reprendre les lignes à corriger" in page
    assert f'href="{address}/reste.xlsx"' in page


@pytest.mark.parametrize("htmx", [False, True])
def test_a_second_press_is_told_that_it_is_done(
    visitor: Any, session: scoped_session[Any], address: str, htmx: bool
) -> None:
    visitor.post(f"{address}/importer")
    answer = visitor.post(f"{address}/importer", htmx=htmx)
    assert (answer.headers["HX-Redirect"] if htmx else answer.location) == address
    page = visitor.get(address).text
    assert "Cet import est déjà terminé" in page
    assert "1 contact importé. 2 lignes n’ont pas été reprises." in page
    assert "importée" in page
    assert "<input id=" not in page
    assert members(session) == 1


@pytest.mark.parametrize("path", ["lignes/2", "lignes/2/ignorer", "lignes/2/reprendre"])
def test_a_line_of_an_import_that_is_done_cannot_be_changed(
    visitor: Any, session: scoped_session[Any], address: str, path: str
) -> None:
    visitor.post(f"{address}/importer")
    answer = visitor.post(f"{address}/{path}", email="jean@exemple.fr")
    assert answer.location == address
    assert outcome(session, 2) == "error"


@pytest.mark.parametrize("htmx", [False, True])
def test_nothing_ready_imports_nothing_and_says_why(
    visitor: Any, session: scoped_session[Any], stage_lines: StageLines, htmx: bool
) -> None:
    address = f"/imports/{stage_lines(WRONG).id}"
    page = visitor.post(f"{address}/importer", htmx=htmx)
    assert page.status_code == 422
    assert "Aucune ligne n’est prête" in page.text
    assert ("<html" in page.text) is not htmx
    assert session.scalars(select(Import.committed_at)).one() is None


@pytest.mark.parametrize("htmx", [False, True])
def test_an_import_can_be_abandoned_after_a_question(
    visitor: Any, session: scoped_session[Any], address: str, htmx: bool
) -> None:
    question = visitor.get(f"{address}/abandonner", htmx=htmx)
    assert "Abandonner cet import\u202f?" in question.text
    assert session.scalars(select(Import)).all() != []
    session.rollback()
    assert visitor.post(f"{address}/abandonner", htmx=htmx).status_code == (204 if htmx else 303)
    assert session.scalars(select(Import)).all() == []
    assert visitor.get(address).status_code == 404


def test_an_import_that_is_done_is_not_abandoned(
    visitor: Any, session: scoped_session[Any], address: str
) -> None:
    visitor.post(f"{address}/importer")
    assert visitor.get(f"{address}/abandonner").location == address
    assert visitor.post(f"{address}/abandonner").location == address
    assert session.scalars(select(Import)).all() != []


def test_a_text_from_the_file_is_never_markup(visitor: Any, stage_lines: StageLines) -> None:
    import_ = stage_lines('"><script>;<b>Petit</b>;Jean;;particulier')
    page = visitor.get(f"/imports/{import_.id}").text
    assert "<script>;" not in page
    assert "<b>Petit" not in page


PATHS = [
    ("get", ""),
    ("get", "/abandonner"),
    ("post", "/abandonner"),
    ("post", "/importer"),
    ("post", "/lignes/2"),
    ("post", "/lignes/2/ignorer"),
    ("post", "/lignes/2/reprendre"),
]


@pytest.mark.parametrize("htmx", [False, True])
def test_another_organisation_finds_nothing(
    visiting_stranger: Any, address: str, start: str, htmx: bool
) -> None:
    for method, path in PATHS:
        assert getattr(visiting_stranger, method)(address + path, htmx=htmx).status_code == 404
    assert visiting_stranger.get(start, htmx=htmx).status_code == 404
    assert visiting_stranger.upload(start, listing(JEAN), htmx=htmx).status_code == 404


def test_a_simple_account_is_refused(visiting_simple: Any, address: str, start: str) -> None:
    for method, path in PATHS:
        assert getattr(visiting_simple, method)(address + path).status_code == 403
    assert visiting_simple.get(start).status_code == 403
    assert visiting_simple.upload(start, listing(JEAN)).status_code == 403
    assert visiting_simple.get("/groupes/modele.xlsx").status_code == 403


def test_a_line_that_is_not_there_is_not_found(visitor: Any, address: str) -> None:
    for path in ("lignes/99", "lignes/99/ignorer", "lignes/99/reprendre"):
        assert visitor.post(f"{address}/{path}").status_code == 404
