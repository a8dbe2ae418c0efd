"""`plirec organisation create`."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from webapp.accounts.models import Installation, Organisation, User
from webapp.desk.commands import organisation as command

pytestmark = pytest.mark.slow

AnySession = scoped_session[Session]
Run = Callable[..., Result]
GIVEN = {
    "name": "Chorale du Pont",
    "address": "1 place de l’Église",
    "postal-code": "1000",
    "city": "Bourg-en-Bresse",
    "email": "Bureau@Chorale.example",
    "names-sender": "non",
}


@pytest.fixture
def run(app: Flask, session: AnySession) -> Run:
    """Run the command on the application's data: `run(city="")`."""
    directory: Path = app.extensions["plirec"].data_directory

    def run_command(**changes: str) -> Result:
        session.commit()
        given = GIVEN | {name.replace("_", "-"): value for name, value in changes.items()}
        words = [word for name, value in given.items() for word in (f"--{name}", value)]
        return CliRunner(env={"PLIREC_DATA": str(directory)}).invoke(command, ["create", *words])

    return run_command


def test_a_second_organisation_is_made_with_the_link_of_its_administrator(
    app: Flask, session: AnySession, run: Run, administrator: User
) -> None:
    result = run(administrator="zoe@chorale.example")
    assert result.exit_code == 0, result.output
    assert "Association créée : Chorale du Pont." in result.output
    made = session.scalars(select(Organisation).where(Organisation.name == GIVEN["name"])).one()
    assert (made.postal_code, made.email, made.names_sender) == (
        "01000",
        "bureau@chorale.example",
        False,
    )
    link = re.search(r"http://localhost(/invitation/\S+)", result.output)
    assert link is not None
    page = app.test_client().get(link[1]).text
    assert "Vous êtes invité à rejoindre Chorale du Pont" in page
    assert "Administrateur" in page


def test_the_first_organisation_also_ends_the_first_run(
    app: Flask, session: AnySession, run: Run
) -> None:
    refused = run()
    assert refused.exit_code == 1
    assert "--public-url" in refused.output
    assert run(public_url="https://courrier.example/").exit_code == 0
    assert session.scalars(select(Installation.public_url)).one() == "https://courrier.example"
    assert app.test_client().get("/bienvenue").location == "/connexion"
    again = run(name="Autre", public_url="https://ailleurs.example")
    assert again.exit_code == 1


@pytest.mark.usefixtures("organisation")
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"postal_code": "12"}, "code postal"),
        ({"email": "bureau@"}, "l’adresse e-mail n’est pas valable"),
        ({"name": "Les Amis du Lavoir"}, "porte déjà ce nom"),
        ({"administrator": "zoe@"}, "l’adresse de l’administrateur"),
    ],
)
def test_what_cannot_be_is_explained_and_leaves_nothing(
    session: AnySession, run: Run, change: dict[str, str], words: str
) -> None:
    result = run(**change)
    assert result.exit_code == 1
    assert words in result.output
    session.rollback()
    assert len(session.scalars(select(Organisation)).all()) == 1
