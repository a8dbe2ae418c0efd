"""`plirec users create`."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask_security import verify_password
from sqlalchemy import select

from webapp.accounts.commands import users
from webapp.accounts.models import Organisation, User
from webapp.extensions import db

pytestmark = pytest.mark.slow

Run = Callable[..., Result]


@pytest.fixture
def run(app: Flask) -> Run:
    """Run the command on the application's data, with a password on standard input."""
    directory: Path = app.extensions["plirec"].data_directory

    def run_command(
        email: str, kind: str, *more: str, password: str = "cinq mots sans rapport"
    ) -> Result:
        return CliRunner(env={"PLIREC_DATA": str(directory)}).invoke(
            users,
            ["create", "--email", email, "--name", "Paul Roux", "--kind", kind, *more],
            input=f"{password}\n",
        )

    return run_command


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("administrateur", "administrator"),
        ("Administré", "managed"),
        ("managed", "managed"),
        ("simple", "simple"),
    ],
)
@pytest.mark.usefixtures("organisation_id")
def test_an_account_of_each_kind_is_made_by_command(
    app: Flask, run: Run, word: str, kind: str
) -> None:
    result = run("Paul@lavoir.example", word)
    assert (result.exit_code, result.output) == (
        0,
        "Compte créé : Paul Roux <paul@lavoir.example>.\n",
    )
    with app.app_context():
        user = db.session.scalars(select(User).where(User.email == "paul@lavoir.example")).one()
        assert user.kind == kind
        assert verify_password("cinq mots sans rapport", user.password)


def test_without_an_installation_the_command_says_what_to_open(run: Run) -> None:
    result = run("paul@lavoir.example", "simple")
    assert result.exit_code == 1
    assert "ouvrez d’abord la page /bienvenue" in result.output


@pytest.mark.usefixtures("organisation_id")
def test_an_account_that_cannot_be_made_is_explained(run: Run) -> None:
    assert "existe déjà" in run("odile@lavoir.example", "simple").output
    assert "entre 12 et 256 caractères" in run("a@lavoir.example", "simple", password="x").output
    assert "n’est pas valable" in run("paul", "simple").output
    assert run("paul@lavoir.example", "chef").exit_code == 2


@pytest.mark.usefixtures("organisation_id")
def test_with_several_organisations_one_says_which(app: Flask, run: Run) -> None:
    with app.app_context():
        first = db.session.scalars(select(Organisation)).one()
        db.session.add(
            Organisation(
                name="Chorale",
                address_1="1 place de l’Église",
                postal_code="01000",
                city="Bourg-en-Bresse",
                email="chorale@lavoir.example",
                names_sender=True,
                created_at=first.created_at,
            )
        )
        db.session.commit()
    assert "« Chorale », « Les Amis du Lavoir »" in run("p@lavoir.example", "simple").output
    assert run("p@lavoir.example", "simple", "--organisation", "Chorale").exit_code == 0
    with app.app_context():
        user = db.session.scalars(select(User).where(User.email == "p@lavoir.example")).one()
        assert user.organisation.name == "Chorale"
