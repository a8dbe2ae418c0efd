"""An installation that is open, and people of each kind who are signed in."""

import re
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from config import Config
from tests.conftest import new_organisation, new_user
from tests.delivery.conftest import certificate, configure, hand_over, mail_server
from tools.demo_people import LAVOIR
from webapp import create_app, keys
from webapp.accounts.first_run import Opening, open_installation
from webapp.accounts.models import Installation, Kind, User
from webapp.accounts.users import create_user
from webapp.cli import plirec
from webapp.delivery.tasks import do_all_due
from webapp.extensions import db
from webapp.letters.submission import FrozenRecipient, Submission, submit

__all__ = ["certificate", "configure", "hand_over", "mail_server"]

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PASSWORD = "quatre mots sans rapport"

Press = Callable[..., TestResponse]


def token_on(page: str) -> str:
    """Find the token that a page's form carries against forgery."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found is not None
    return found[1]


@pytest.fixture
def press(client: FlaskClient) -> Press:
    """Open a page, fill its form in and send it: `press(address, htmx=False, **fields)`."""

    def send(address: str, *, htmx: bool = False, **fields: str) -> TestResponse:
        token = token_on(client.get(address).text)
        headers = {"HX-Request": "true"} if htmx else {}
        return client.post(address, data={"csrf_token": token, **fields}, headers=headers)

    return send


@pytest.fixture
def organisation_id(app: Flask) -> int:
    """The organisation of an installation with an account of each kind, named after it."""
    opening = Opening(
        sender=LAVOIR,
        administrator_name="Odile Martin",
        administrator_email="administrator@lavoir.example",
        password=PASSWORD,
        public_url="http://localhost",
    )
    with app.app_context():
        identifier = open_installation(db.session, opening, NOW).organisation_id
        for kind in (Kind.MANAGED, Kind.SIMPLE):
            email = f"{kind}@lavoir.example"
            create_user(db.session, identifier, kind.title(), email, PASSWORD, kind, NOW)
        db.session.commit()
    return identifier


@pytest.fixture
def signed_in_as(client: FlaskClient, organisation_id: int) -> Callable[[Kind], FlaskClient]:
    """Sign in with the account of this kind, and give the browser."""
    assert organisation_id

    def as_kind(kind: Kind) -> FlaskClient:
        form = {"email": f"{kind}@lavoir.example", "password": PASSWORD}
        token = token_on(client.get("/connexion").text)
        client.post("/connexion", data={"csrf_token": token, **form})
        return client

    return as_kind


Plirec = Callable[..., Result]


@pytest.fixture(scope="session")
def in_use(tmp_path_factory: pytest.TempPathFactory, empty_installation: Path) -> Path:
    """The data of an association that wrote to two, with their proofs: to be copied, never changed.

    Odile signs in as odile@lavoir.example.
    """
    directory = tmp_path_factory.mktemp("in-use") / "var"
    shutil.copytree(empty_installation, directory)
    config = Config(data_directory=directory)
    app = create_app(config)
    with app.app_context():
        db.session.add(Installation(id=1, public_url="http://localhost", created_at=NOW))
        organisation = new_organisation(db.session, "Les Amis du Lavoir")
        author = new_user(db.session, organisation, Kind.ADMINISTRATOR, "odile@lavoir.example")
        submit(db.session, two_recipients(author, config), datetime.now(UTC))
        db.session.commit()
        do_all_due()
        db.session.remove()
        db.engine.dispose()
    return directory


def two_recipients(author: User, config: Config) -> Submission:
    emails = ("a@x.example", "b@x.example")
    return Submission(
        organisation=author.organisation,
        author=author,
        subject="Convocation",
        message="Rendez-vous le 12 avril.",
        is_trial=True,
        recipients=[FrozenRecipient("Ada", email, "professional", "", "") for email in emails],
        key="une-clef",
        token_key=keys.secret(config.keys_directory, "recipients"),
        host="courrier.example",
    )


@pytest.fixture
def data(in_use: Path, tmp_path: Path) -> Path:
    """A copy of these data, for a test to do with what it wants."""
    return Path(shutil.copytree(in_use, tmp_path / "var"))


@pytest.fixture
def run(data: Path) -> Plirec:
    """Run a command on the data, or on another folder: `run("restore", file, folder)`."""

    def run_command(word: str, file: Path, folder: Path = data) -> Result:
        return CliRunner(env={"PLIREC_DATA": str(folder)}).invoke(plirec, [word, str(file)])

    return run_command


@pytest.fixture
def saved(run: Plirec, tmp_path: Path) -> Path:
    file = tmp_path / "sauvegarde.zip"
    result = run("backup", file)
    assert (result.exit_code, result.stderr) == (0, "")
    return file


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """A folder for the data that is there and is empty, as an administrator makes it."""
    folder = tmp_path / "ailleurs"
    folder.mkdir()
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    """Give every file of a folder by its name."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
