"""Cells copied out of a spreadsheet are brought to a group as a file is."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import scoped_session

from webapp.contacts.models import Group
from webapp.imports.models import Import, ImportRow

pytestmark = pytest.mark.slow

CELLS = "E-mail\tNom\tStatut\r\njean@exemple.fr\tPetit\tparticulier\r\nlea@exemple.fr\tRoux\tpart."


@pytest.fixture
def start(group: Group) -> str:
    return f"/groupes/{group.id}/importer"


@pytest.mark.parametrize("htmx", [False, True])
def test_pasted_cells_lead_to_their_lines(visitor: Any, start: str, htmx: bool) -> None:
    answer = visitor.post(start, cells=CELLS, htmx=htmx)
    address = answer.headers["HX-Redirect"] if htmx else answer.location
    page = visitor.get(address).text
    assert "«\xa0Cellules collées\xa0»" in page
    assert "2 lignes\xa0: 2 prêtes" in page


def test_an_empty_first_cell_keeps_its_place(
    visitor: Any, start: str, session: scoped_session[Any]
) -> None:
    visitor.post(start, cells="\tPetit\tJean\t\tparticulier\t3 rue du Lavoir\t\t01000\tBourg\n")
    row = session.scalars(select(ImportRow)).one()
    assert (row.texts["email"], row.texts["last_name"]) == ("", "Petit")
    assert row.outcome == "ready"


def test_cells_that_look_like_markup_are_cells(
    visitor: Any, start: str, session: scoped_session[Any]
) -> None:
    visitor.post(start, cells="<jean@exemple.fr>\tPetit\tJean\t\tparticulier")
    assert session.scalars(select(ImportRow)).one().texts["last_name"] == "Petit"


@pytest.mark.parametrize("htmx", [False, True])
def test_an_empty_box_is_explained_at_the_box(visitor: Any, start: str, htmx: bool) -> None:
    page = visitor.post(start, cells=" \n", htmx=htmx)
    assert page.status_code == 422
    _, _, field = page.text.partition('id="cells-error"')
    assert "Collez d’abord les cellules" in field
    assert ("<html" in page.text) is not htmx


def test_cells_that_cannot_be_read_stay_in_the_box(
    visitor: Any, start: str, app: Flask, session: scoped_session[Any]
) -> None:
    page = visitor.post(start, cells="\tE-mail\tNom\n")
    assert page.status_code == 422
    _, _, field = page.text.partition('id="cells-error"')
    assert "Ce tableau n’a aucune ligne remplie" in field
    assert "\n\tE-mail\tNom" in page.text
    assert session.scalars(select(Import)).all() == []
    assert list((app.extensions["plirec"].data_directory / "uploads").iterdir()) == []


TOO_MANY = "puis choisissez-le ci-dessus"


@pytest.mark.parametrize("htmx", [False, True])
def test_more_cells_than_are_read_are_for_a_file(
    visitor: Any, start: str, session: scoped_session[Any], htmx: bool
) -> None:
    assert "Au-delà de dix mille lignes" in visitor.get(start).text
    line = "jean@exemple.fr\tPetit\tparticulier\n"
    page = visitor.post(start, cells=line * (6 * 1024 * 1024 // len(line)), htmx=htmx)
    assert page.status_code == 422
    _, _, field = page.text.partition('id="cells-error"')
    assert TOO_MANY in field
    assert ("<html" in page.text) is not htmx
    assert session.scalars(select(Import)).all() == []


@pytest.mark.parametrize("htmx", [False, True])
def test_more_cells_than_a_request_holds_lead_back_to_the_box_which_says_so(
    visitor: Any, start: str, app: Flask, session: scoped_session[Any], htmx: bool
) -> None:
    app.config["MAX_CONTENT_LENGTH"] = 10_000
    answer = visitor.post(start, cells=CELLS * 200, htmx=htmx)
    page = visitor.get(answer.headers["HX-Redirect"] if htmx else answer.location).text
    _, _, field = page.partition('id="cells-error"')
    assert TOO_MANY in field
    assert 'aria-invalid="true"' in page
    assert session.scalars(select(Import)).all() == []


def test_ten_thousand_lines_fit_the_box(visitor: Any, start: str) -> None:
    line = (
        "prenom.nom-compose@association.example\tNom-Composé\tJean-Frédéric\t\tparticulier\t12 rue"
    )
    answer = visitor.post(
        start, cells=f"{line} de la République\t\t01000\tBourg-en-Bresse\t\n" * 10_000
    )
    assert answer.status_code == 303


def test_a_day_typed_where_a_text_is_expected_is_told_without_blaming_a_spreadsheet(
    visitor: Any, start: str
) -> None:
    cells = "jean@exemple.fr\tPetit\tJean\t\tparticulier\t2026-01-31"
    page = visitor.get(visitor.post(start, cells=cells).location).text
    assert "1 ligne\xa0: 1 prête" in page
    assert "Cette case ressemble à une date (2026-01-31)" in page
    assert "tableur a" not in page
