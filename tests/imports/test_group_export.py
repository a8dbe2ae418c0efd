"""What a group's page exports reads in again as it is."""

import csv
from collections.abc import Callable
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import func, select
from sqlalchemy.orm import scoped_session

from tests.conftest import Browser
from tests.imports.conftest import NOW
from webapp.accounts.models import User
from webapp.contacts.book import add_contact
from webapp.contacts.models import Contact, Group, Membership
from webapp.contacts.queries import identities
from webapp.contacts.rules import FIELDS, check
from webapp.imports.commands import contacts

pytestmark = pytest.mark.slow

# Columns A to J, as the template has them.
PEOPLE = (
    "louise@courriel.example;Blanc;Louise;;individual;4 rue des Lilas;;01000;Bourg;France",
    "wang@courriel.example;王;小明;;individual;;;;;",
    "nadia@courriel.example;Ковальчук;Надія;;individual;вул. Хрещатик, 1;;01001;Київ;Ukraine",
    "omar@courriel.example;الفاسي;عمر;;individual;;;;;",
    ";Ó Briain;Seán;;individual;1 O’Connell Street;Flat “3”;;Dublin;Ireland",
    "a@x.example;=1+1;-Jo;@Home;professional;+3, quai “Sud”;=A1;1000-205;Lisboa;Portugal",
    "b@x.example;'t Hooft;Gerard;Zon, Maan;professional;;;;;",
    ";;;Mairie;professional;1 place d’Armes;BP 2;98000;Monaco;Monaco",
)
ENDINGS = ("xlsx", "csv")


@pytest.fixture(autouse=True)
def members(session: scoped_session[Any], group: Group) -> None:
    for line in PEOPLE:
        texts = dict(zip(FIELDS, line.split(";"), strict=True))
        recipient = check(texts).recipient
        assert recipient is not None, line
        add_contact(session, group, recipient, NOW)
    session.commit()


@pytest.fixture
def plirec(app: Flask, session: scoped_session[Any]) -> Callable[..., Result]:
    data = str(app.extensions["plirec"].data_directory)

    def run(*arguments: str) -> Result:
        session.rollback()
        return CliRunner().invoke(contacts, arguments, env={"PLIREC_DATA": data})

    return run


@pytest.fixture(params=["fr", "en"])
def language(request: pytest.FixtureRequest, session: scoped_session[Any], group: Group) -> str:
    user = session.scalars(select(User)).one()
    user.language = request.param
    session.commit()
    return str(request.param)


def kept(session: scoped_session[Any]) -> list[Any]:
    columns = [getattr(Contact, field) for field in FIELDS]
    return list(session.execute(select(Contact.id, *columns).order_by(Contact.id)))


@pytest.mark.parametrize("ending", ENDINGS)
def test_an_exported_group_reads_in_again_and_changes_nothing(
    browser: Browser,
    session: scoped_session[Any],
    plirec: Callable[..., Result],
    tmp_path: Path,
    group: Group,
    language: str,
    ending: str,
) -> None:
    before = kept(session)
    answer = browser.get(f"/groupes/{group.id}/contacts.{ending}")
    assert f"contacts-adherents.{ending}" in answer.headers["Content-Disposition"]
    path = tmp_path / f"export-{language}.{ending}"
    path.write_bytes(answer.data)
    checked = plirec("check", str(path))
    assert checked.exit_code == 0, checked.output
    assert "8 lignes\xa0: 8 prêtes, 0 à corriger, 0 doublon, 0 ignorée." in checked.stdout
    brought = plirec("import", str(path), "--group", "Adhérents")
    assert "8 lignes\xa0: 0 prête, 0 à corriger, 8 doublons, 0 ignorée." in brought.stdout
    assert kept(session) == before
    assert session.scalar(select(func.count()).select_from(Membership)) == 8


@pytest.mark.parametrize("ending", ENDINGS)
def test_an_exported_group_fills_another_group_with_the_same_contacts(
    browser: Browser,
    session: scoped_session[Any],
    plirec: Callable[..., Result],
    tmp_path: Path,
    group: Group,
    ending: str,
) -> None:
    before = kept(session)
    path = tmp_path / f"export.{ending}"
    path.write_bytes(browser.get(f"/groupes/{group.id}/contacts.{ending}").data)
    assert plirec("import", str(path), "--group", "Copie").exit_code == 0
    assert kept(session) == before
    copy = session.scalars(select(Group).where(Group.name == "Copie")).one()
    assert len(identities(session, copy.id)) == len(before)


def test_no_cell_of_an_export_is_a_formula(browser: Browser, group: Group) -> None:
    workbook = load_workbook(BytesIO(browser.get(f"/groupes/{group.id}/contacts.xlsx").data))
    rows = list(workbook.worksheets[0].iter_rows())
    headings = ["E-mail", "Nom", "Prénom", "Raison sociale", "Statut", "Adresse"]
    headings += ["Complément", "Code postal", "Ville", "Pays"]
    assert [cell.value for cell in rows[0]] == headings
    assert {cell.data_type for row in rows for cell in row if cell.value} == {"s"}
    text = browser.get(f"/groupes/{group.id}/contacts.csv").data.decode("utf-8-sig")
    table = list(csv.reader(StringIO(text), delimiter=";"))
    assert table[0] == headings
    assert not [cell for row in table for cell in row if cell.startswith(("=", "+", "-", "@"))]


def test_the_page_of_a_group_leads_to_its_exports(browser: Browser, group: Group) -> None:
    page = browser.get(f"/groupes/{group.id}").text
    for ending in ENDINGS:
        assert f'href="/groupes/{group.id}/contacts.{ending}"' in page
