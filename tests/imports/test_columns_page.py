"""Choosing the sheet, the row of headings and the columns of a list, and being remembered."""

import re
from io import BytesIO
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import select
from sqlalchemy.orm import scoped_session

from webapp.contacts.models import Group
from webapp.imports import columns_views, tasks
from webapp.imports.models import ColumnChoice, Import, ImportRow

pytestmark = pytest.mark.slow

LIST = (
    "Amicale;;;\n"
    "Nom;Contact 1;Truc;Statut\n"
    "Petit;jean@exemple.fr;Jean;particulier\n"
    "Roux;lea@exemple.fr;Léa;particulier\n"
)
MAPPED = {"column-0": "last_name", "column-1": "email", "column-2": "", "column-3": "status"}


@pytest.fixture
def start(group: Group) -> str:
    return f"/groupes/{group.id}/importer"


@pytest.fixture
def address(visitor: Any, start: str) -> str:
    """An import whose e-mails stand under « Contact 1 », which says nothing."""
    return str(visitor.upload(start, LIST.encode()).location)


@pytest.fixture
def columns(address: str) -> str:
    return f"{address}/colonnes"


def rows(session: scoped_session[Any]) -> list[ImportRow]:
    session.expire_all()
    return list(session.scalars(select(ImportRow).order_by(ImportRow.number)))


def chosen(page: str) -> dict[str, str]:
    """What each column's select has chosen."""
    found = {}
    for name, options in re.findall(r'<select id="(column-\d+)".*?>(.*?)</select>', page, re.S):
        selected = re.search(r'value="(\w*)" selected', options)
        found[name] = selected[1] if selected else ""
    return found


def book_of(**sheets: list[list[str]]) -> bytes:
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, lines in sheets.items():
        sheet = book.create_sheet(name)
        for line in lines:
            sheet.append(line)
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def test_the_page_shows_how_the_columns_were_taken(
    visitor: Any, address: str, columns: str
) -> None:
    assert f'href="{columns}"' in visitor.get(address).text
    page = visitor.get(columns).text
    assert chosen(page) == MAPPED | {"column-1": ""}
    assert "jean@exemple.fr<br>lea@exemple.fr" in page
    assert 'value="2" checked' in page
    assert "Aucune ligne de titres" in page
    assert "seront perdues" not in page


def test_columns_that_are_chosen_make_the_lines_anew(
    visitor: Any, address: str, columns: str, session: scoped_session[Any]
) -> None:
    assert [row.outcome for row in rows(session)] == ["error", "error"]
    session.rollback()
    answer = visitor.post(columns, **MAPPED)
    assert answer.location == address
    assert [row.outcome for row in rows(session)] == ["ready", "ready"]
    assert [row.number for row in rows(session)] == [3, 4]
    session.rollback()
    page = visitor.get(address).text
    assert "2 lignes\xa0: 2 prêtes" in page
    assert "avec les colonnes choisies" in page


def test_what_is_told_of_the_file_follows_the_choice(
    visitor: Any, address: str, columns: str
) -> None:
    before = visitor.get(address).text
    assert "2 colonnes ne sont pas reprises\xa0: «\xa0Contact 1\xa0», «\xa0Truc\xa0»." in before
    visitor.post(columns, **MAPPED)
    after = visitor.get(address).text
    assert "1 colonne n’est pas reprise\xa0: «\xa0Truc\xa0»." in after


def test_what_was_chosen_is_remembered_for_the_organisation(
    visitor: Any, columns: str, start: str, session: scoped_session[Any]
) -> None:
    visitor.post(columns, **MAPPED)
    kept = {choice.heading: choice.field for choice in session.scalars(select(ColumnChoice))}
    assert kept == {"contact1": "email"}
    session.rollback()
    again = visitor.upload(start, LIST.encode()).location
    assert "2 lignes\xa0: 2 prêtes" in visitor.get(again).text
    assert chosen(visitor.get(f"{again}/colonnes").text) == MAPPED


def test_a_heading_that_is_not_to_be_taken_stays_out_the_next_time(
    visitor: Any, columns: str, start: str, session: scoped_session[Any]
) -> None:
    visitor.post(columns, **MAPPED | {"column-3": ""})
    kept = {choice.heading: choice.field for choice in session.scalars(select(ColumnChoice))}
    assert kept == {"contact1": "email", "statut": ""}
    session.rollback()
    again = visitor.upload(start, LIST.encode()).location
    assert chosen(visitor.get(f"{again}/colonnes").text) == MAPPED | {"column-3": ""}


def test_a_choice_is_forgotten_when_the_usual_meaning_is_chosen_again(
    visitor: Any, columns: str, session: scoped_session[Any]
) -> None:
    visitor.post(columns, **MAPPED | {"column-3": ""})
    visitor.post(columns, **MAPPED)
    assert [choice.heading for choice in session.scalars(select(ColumnChoice))] == ["contact1"]


def test_another_organisation_is_not_asked(
    visitor: Any, columns: str, visiting_stranger: Any, session: scoped_session[Any]
) -> None:
    visitor.post(columns, **MAPPED)
    assert visiting_stranger.get(columns).status_code == 404
    assert visiting_stranger.post(columns, **MAPPED).status_code == 404


def test_two_columns_for_one_field_are_told_on_the_second_and_the_choice_is_kept(
    visitor: Any, columns: str, session: scoped_session[Any]
) -> None:
    page = visitor.post(columns, **MAPPED | {"column-2": "email"})
    assert page.status_code == 422
    _, _, told = page.text.partition('id="column-2-error"')
    assert "Deux colonnes pour «\xa0E-mail\xa0»\xa0: choisissez-en une." in told
    assert "column-1-error" not in page.text
    assert chosen(page.text) == MAPPED | {"column-2": "email"}
    assert "<title>Erreur" in page.text
    assert session.scalars(select(ColumnChoice)).all() == []


@pytest.mark.parametrize(
    ("missing", "told"),
    [
        ({"column-0": ""}, "Choisissez la colonne du nom, ou celle de la raison sociale."),
        ({"column-1": ""}, "Choisissez la colonne de l’e-mail, ou celles de l’adresse"),
    ],
)
def test_a_list_without_names_or_without_addresses_is_refused(
    visitor: Any, columns: str, missing: dict[str, str], told: str
) -> None:
    page = visitor.post(columns, **MAPPED | missing)
    assert page.status_code == 422
    assert told in page.text


def test_corrections_that_would_be_lost_are_told_before(
    visitor: Any, address: str, columns: str, session: scoped_session[Any]
) -> None:
    visitor.post(f"{address}/lignes/3", email="autre@exemple.fr")
    assert "seront perdues" in visitor.get(columns).text
    visitor.post(columns, **MAPPED)
    assert rows(session)[0].texts["email"] == "jean@exemple.fr"
    session.rollback()
    assert "seront perdues" not in visitor.get(columns).text


def test_another_row_may_give_the_headings(
    visitor: Any, columns: str, session: scoped_session[Any]
) -> None:
    page = visitor.get(f"{columns}?feuille=1&titres=0").text
    assert "Colonne B, sans titre" in page
    assert chosen(page)["column-0"] == "email"
    page = visitor.get(f"{columns}?feuille=1&titres=1").text
    assert ">Amicale</label>" in page
    answer = visitor.post(f"{columns}?feuille=1&titres=1", **MAPPED)
    assert answer.status_code == 303
    assert [row.number for row in rows(session)] == [2, 3, 4]


def test_a_row_of_headings_with_nothing_under_it_is_refused(visitor: Any, start: str) -> None:
    address = visitor.upload(start, b"Nom;E-mail\nPetit;a@exemple.fr\n").location
    page = visitor.post(
        f"{address}/colonnes?titres=2", **{"column-0": "last_name", "column-1": "email"}
    )
    assert page.status_code == 422
    assert "Ce tableau n’a aucune ligne remplie" in page.text


def test_another_sheet_can_be_read(visitor: Any, start: str, session: scoped_session[Any]) -> None:
    sheets = book_of(
        Bureau=[["Nom", "E-mail", "Ville"], ["Petit", "jean@exemple.fr", "Bourg"]],
        Donateurs=[["Nom", "E-mail"], ["Roux", "lea@exemple.fr"], ["Noir", "zoe@exemple.fr"]],
    )
    address = visitor.upload(start, sheets, "liste.xlsx").location
    page = visitor.get(f"{address}/colonnes").text
    assert 'Donateurs <span class="hint">(3 lignes)</span>' in page
    page = visitor.get(f"{address}/colonnes?feuille=2").text
    assert "lea@exemple.fr<br>zoe@exemple.fr" in page
    mapped = {"column-0": "last_name", "column-1": "email"}
    visitor.post(f"{address}/colonnes?feuille=2&titres=1", **mapped)
    assert [row.texts["last_name"] for row in rows(session)] == ["Roux", "Noir"]
    session.rollback()
    assert visitor.get(f"{address}/colonnes?feuille=3").status_code == 404


def test_a_long_list_is_taken_anew_by_the_worker(
    visitor: Any, address: str, columns: str, session: scoped_session[Any], monkeypatch: Any
) -> None:
    monkeypatch.setattr(columns_views, "AT_ONCE", 1)
    visitor.post(columns, **MAPPED)
    assert visitor.get(address).location == f"{address}/lecture"
    tasks.read_all_due()
    assert [row.outcome for row in rows(session)] == ["ready", "ready"]
    session.rollback()
    assert visitor.get(address).status_code == 200


def test_an_import_that_is_done_has_no_columns_to_change(
    visitor: Any, address: str, columns: str
) -> None:
    visitor.post(columns, **MAPPED)
    visitor.post(f"{address}/importer")
    assert "/colonnes" not in visitor.get(address).text
    assert visitor.get(columns).location == address
    assert visitor.post(columns, **MAPPED).location == address


def test_a_simple_account_is_refused(visiting_simple: Any, columns: str) -> None:
    assert visiting_simple.get(columns).status_code == 403
    assert visiting_simple.post(columns, **MAPPED).status_code == 403


def test_a_cell_is_never_markup(visitor: Any, start: str) -> None:
    address = visitor.upload(start, b"E-mail;Nom;<b>Nom</b>\na@b.fr;Petit;<i>x</i>\n").location
    page = visitor.get(f"{address}/colonnes").text
    assert "&lt;i&gt;x" in page
    assert "<b>Nom" not in page
    assert "<i>x" not in page


def test_reading_again_doubles_nothing(
    visitor: Any, columns: str, session: scoped_session[Any]
) -> None:
    visitor.post(columns, **MAPPED)
    visitor.post(columns, **MAPPED)
    assert len(rows(session)) == 2
    import_ = session.scalars(select(Import)).one()
    assert (import_.upload, import_.counts) == ("", {"create": 2})
