"""The same two commands where the database is on a PostgreSQL server."""

import json
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from zipfile import ZipFile

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from config import Config
from tests.databases import Server
from tests.delivery.conftest import HandOver
from tests.desk.conftest import contents
from webapp import create_app
from webapp.cli import plirec
from webapp.delivery.models import ReturnedMessage
from webapp.delivery.tasks import do_all_due
from webapp.evidence import triggers
from webapp.evidence.integrity import verify_chain
from webapp.evidence.journal import letter_chain
from webapp.evidence.models import Proof
from webapp.extensions import db

pytestmark = pytest.mark.postgresql
ELSEWHERE = "plirec_elsewhere"

Run = Callable[..., Result]


@pytest.fixture
def run(config: Config, database_server: Server, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command, with the server's programs at hand or without: `run("backup", file)`."""

    def run_command(
        word: str, file: Path, on: Config = config, programs: Path = database_server.programs
    ) -> Result:
        monkeypatch.setenv("PATH", str(programs))
        settings = {"PLIREC_DATA": str(on.data_directory), "DATABASE_URL": on.database_url}
        return CliRunner(env=settings).invoke(plirec, [word, str(file)])

    return run_command


@pytest.fixture
def saved(
    session: scoped_session[Session], hand_over: HandOver, run: Run, tmp_path: Path
) -> tuple[Path, str]:
    """The archive of an installation that wrote to two, and the letter's number."""
    letter = hand_over("a@x.example", "b@x.example")
    number = letter.number
    noted = ReturnedMessage(digest="a" * 64, kind="automatic", is_kept=False)
    noted.addressee_id, noted.arrived_at = letter.addressees[0].id, letter.submitted_at
    session.add(noted)
    session.commit()
    do_all_due()
    file = tmp_path / "sauvegarde.zip"
    result = run("backup", file)
    assert (result.exit_code, result.stderr) == (0, "")
    return file, number


@pytest.fixture
def elsewhere(tmp_path: Path, database_server: Server) -> Config:
    """An empty database and an empty folder."""
    folder = tmp_path / "ailleurs"
    folder.mkdir()
    return Config(data_directory=folder, database_url=database_server.create(ELSEWHERE))


def test_what_was_saved_comes_back_on_another_database(
    saved: tuple[Path, str], run: Run, config: Config, elsewhere: Config
) -> None:
    file, number = saved
    with ZipFile(file) as archive:
        assert {"plirec.dump", "manifest.json", "keys/seal.pem"} < set(archive.namelist())
    result = run("restore", file, elsewhere)
    assert (result.exit_code, result.stderr) == (0, "")
    assert contents(elsewhere.data_directory).items() <= contents(config.data_directory).items()
    app = create_app(elsewhere)
    with app.app_context():
        assert triggers.GUARDS.missing(db.session.connection()) == set()
        assert verify_chain(db.session, letter_chain(number)) == []
        assert db.session.scalar(select(func.count()).select_from(Proof)) == 4
        db.session.remove()
        db.engine.dispose()


def test_a_database_that_holds_something_is_not_written_over(
    saved: tuple[Path, str], run: Run, config: Config, elsewhere: Config
) -> None:
    result = run("restore", saved[0], replace(elsewhere, database_url=config.database_url))
    assert result.exit_code == 2
    assert "n’est pas vide" in result.stderr
    assert contents(elsewhere.data_directory) == {}


def test_keys_of_another_installation_leave_database_and_folder_empty(
    saved: tuple[Path, str], run: Run, elsewhere: Config, tmp_path: Path
) -> None:
    file, _ = saved
    other = b"x" * 32
    changed = tmp_path / "changee.zip"
    with ZipFile(file) as archive, ZipFile(changed, "w") as written:
        members = {name: archive.read(name) for name in archive.namelist()}
        manifest = json.loads(members.pop("manifest.json"))
        members["keys/recipients"] = other
        manifest["members"]["keys/recipients"] = {
            "sha256": sha256(other).hexdigest(),
            "size": len(other),
        }
        for name, content in {**members, "manifest.json": json.dumps(manifest)}.items():
            written.writestr(name, content)
    for _ in range(2):  # so that it can be tried again
        result = run("restore", changed, elsewhere)
        assert result.exit_code == 2
        assert "ne vont pas ensemble" in result.stderr
        assert contents(elsewhere.data_directory) == {}


def test_without_postgresqls_programs_it_says_how_to_save(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "sauvegarde.zip"
    result = run("backup", file, programs=tmp_path)
    assert result.exit_code == 2
    assert "pg_dump" in result.stderr
    assert "outils de votre hébergeur" in result.stderr
    assert not file.exists()
