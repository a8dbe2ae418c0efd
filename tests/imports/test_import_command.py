"""`plirec contacts import`: a list brought to a group from the command line."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import scoped_session

from tests.conftest import PASSWORD
from tests.imports.conftest import NOW
from webapp.accounts.models import Kind, Organisation, User
from webapp.accounts.users import create_user
from webapp.contacts.book import archive_group
from webapp.contacts.models import Contact, Group, Membership
from webapp.imports.commands import contacts
from webapp.imports.models import ColumnChoice

pytestmark = pytest.mark.slow

HEADINGS = "E-mail;Nom;Prénom;Raison sociale;Statut"
JEAN = "jean@exemple.fr;Petit;Jean;;particulier"
LEA = "lea@exemple.fr;Roux;Léa;;particulier"
WRONG = "sans-arobase;Petit;Karim;;particulier"
Bring = Callable[..., Result]


@pytest.fixture
def bring(app: Flask, session: scoped_session[Any], tmp_path: Path) -> Bring:
    config = app.extensions["plirec"]

    def brought(*lines: str, group: str = "Adhérents", options: tuple[str, ...] = ()) -> Result:
        session.rollback()
        path = tmp_path / "liste.csv"
        path.write_text("\n".join((HEADINGS, *lines)), encoding="utf-8")
        return CliRunner().invoke(
            contacts,
            ["import", str(path), "--group", group, *options],
            env={"PLIREC_DATA": str(config.data_directory)},
        )

    return brought


def names(session: scoped_session[Any]) -> list[str]:
    return list(
        session.scalars(
            select(Contact.last_name)
            .join(Membership, Membership.contact_id == Contact.id)
            .join(Group, Group.id == Membership.group_id)
            .where(Group.name == "Adhérents")
            .order_by(Contact.last_name)
        )
    )


@pytest.mark.usefixtures("administrator")
def test_a_list_enters_a_group_that_is_made_for_it(
    bring: Bring, session: scoped_session[Any]
) -> None:
    result = bring(JEAN, LEA)
    assert result.exit_code == 0, result.output
    assert result.stdout == "2 lignes\xa0: 2 prêtes, 0 à corriger, 0 doublon, 0 ignorée.\n"
    assert names(session) == ["Petit", "Roux"]


@pytest.mark.usefixtures("group")
def test_a_group_is_known_by_its_name_whatever_case_and_accents(
    bring: Bring, session: scoped_session[Any]
) -> None:
    assert bring(JEAN, group="ADHERENTS").exit_code == 0
    assert names(session) == ["Petit"]
    assert len(session.scalars(select(Group)).all()) == 1


@pytest.mark.usefixtures("administrator")
def test_wrong_lines_are_told_and_the_others_imported(
    bring: Bring, session: scoped_session[Any]
) -> None:
    result = bring(JEAN, WRONG)
    assert result.exit_code == 1
    assert "ligne 3, e-mail\xa0: " in result.stdout
    assert names(session) == ["Petit"]


@pytest.mark.usefixtures("administrator")
def test_a_list_imported_again_brings_nobody_twice(
    bring: Bring, session: scoped_session[Any]
) -> None:
    bring(JEAN)
    result = bring(JEAN, LEA)
    assert result.exit_code == 0
    assert "2 lignes\xa0: 1 prête, 0 à corriger, 1 doublon, 0 ignorée." in result.stdout
    assert "déjà dans le groupe" in result.stdout
    assert names(session) == ["Petit", "Roux"]


@pytest.mark.usefixtures("administrator")
def test_a_list_without_lines_is_refused(bring: Bring, session: scoped_session[Any]) -> None:
    result = bring()
    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 1
    assert session.scalars(select(Group)).all() == []


@pytest.mark.usefixtures("administrator")
@pytest.mark.parametrize("name", ["  ", "x" * 121])
def test_a_group_without_a_usable_name_is_refused(bring: Bring, name: str) -> None:
    result = bring(JEAN, group=name)
    assert result.exit_code == 2
    assert "1 à 120 caractères" in result.stderr


def test_before_the_first_run_it_says_what_to_do(bring: Bring) -> None:
    result = bring(JEAN)
    assert result.exit_code == 2
    assert "/bienvenue" in result.stderr


def test_several_organisations_are_told_apart(
    bring: Bring, session: scoped_session[Any], administrator: User
) -> None:
    own = administrator.organisation
    columns = [column.name for column in Organisation.__table__.columns if column.name != "id"]
    values = {column: getattr(own, column) for column in columns}
    other = Organisation(**(values | {"name": "Les Voisins"}))
    session.add(other)
    session.commit()
    other_id = other.id
    without_anybody = bring(JEAN, options=("--organisation", "Les Voisins"))
    assert without_anybody.exit_code == 2
    assert "compte d’administrateur" in without_anybody.stderr
    create_user(session, other_id, "Zoé", "zoe@voisins.example", PASSWORD, Kind.ADMINISTRATOR, NOW)
    session.commit()
    result = bring(JEAN)
    assert result.exit_code == 2
    assert "--organisation" in result.stderr
    assert "Les Voisins" in result.stderr
    assert bring(JEAN, options=("--organisation", "Les Voisins")).exit_code == 0
    assert session.scalars(select(Group.organisation_id)).all() == [other_id]


@pytest.mark.usefixtures("administrator")
def test_an_archived_group_takes_no_list_and_says_why(
    bring: Bring, session: scoped_session[Any]
) -> None:
    bring(JEAN)
    group = session.scalars(select(Group)).one()
    archive_group(session, group, group.created_at)
    session.commit()
    result = bring(LEA)
    assert result.exit_code == 2
    assert "est archivé\xa0: reprenez-le avant" in result.stderr
    assert names(session) == ["Petit"]


@pytest.mark.usefixtures("administrator")
def test_what_the_organisation_said_of_a_heading_counts(
    bring: Bring, session: scoped_session[Any]
) -> None:
    organisation = session.scalars(select(Organisation)).one()
    session.add(ColumnChoice(organisation_id=organisation.id, heading="nom", field="first_name"))
    session.add(ColumnChoice(organisation_id=organisation.id, heading="prenom", field="last_name"))
    session.commit()
    bring(JEAN)
    assert names(session) == ["Jean"]
