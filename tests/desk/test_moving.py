"""A backup taken from a running installation, by the commands as a person types them."""

import os
import re
import resource
import sqlite3
import subprocess
import time
import urllib.request
from collections.abc import Callable
from contextlib import closing
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session, scoped_session

from config import Config
from tests.browser.installation import PLIREC, running
from tests.conftest import PASSWORD
from tests.delivery.conftest import HandOver
from tests.desk.conftest import token_on
from webapp.evidence.integrity import verify_chain
from webapp.evidence.journal import letter_chain

pytestmark = [pytest.mark.slow, pytest.mark.sqlite]
RECIPIENTS = 40
FULL_AT = 100_000
"""How many bytes a file may have at most: fewer than the database has."""
Command = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def command() -> Command:
    """Run `plirec` in a process of its own: `command(directory, "backup", file)`."""

    def run(directory: Path, *words: object, **options: Any) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [*PLIREC, *map(str, words)],
            env={**os.environ, "PLIREC_DATA": str(directory)},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
            **options,
        )

    return run


def value(directory: Path, query: str) -> Any:
    with closing(sqlite3.connect(directory / "plirec.sqlite", timeout=15)) as database:
        return database.execute(query).fetchone()[0]


def wait_for(directory: Path, query: str, least: int) -> None:
    for _ in range(600):
        if value(directory, query) >= least:
            return
        time.sleep(0.05)
    raise AssertionError(f"it never came to {least}: {query}")


def signed_in(address: str) -> str:
    """Sign in as a browser does, and give the page that opens."""
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    page = opener.open(f"{address}/connexion").read().decode()
    form = {"csrf_token": token_on(page), "email": "odile@lavoir.example", "password": PASSWORD}
    return str(opener.open(f"{address}/connexion", urlencode(form).encode()).read().decode())


def test_an_installation_moves_to_another_folder_while_it_sends(
    session: scoped_session[Session],
    hand_over: HandOver,
    config: Config,
    command: Command,
    tmp_path: Path,
) -> None:
    letter = hand_over(*(f"membre-{number}@x.example" for number in range(RECIPIENTS)))
    number = letter.number
    session.remove()
    archive, elsewhere = tmp_path / "s.zip", tmp_path / "ailleurs"
    with running(tmp_path):
        wait_for(config.data_directory, "SELECT count(*) FROM proof", 3)
        saved = command(config.data_directory, "backup", archive)
    assert (saved.returncode, saved.stderr) == (0, "")
    restored = command(elsewhere / "var", "restore", archive)
    assert (restored.returncode, restored.stderr) == (0, "")
    assert 3 <= value(elsewhere / "var", "SELECT count(*) FROM proof") < RECIPIENTS, (
        "it was saved in the middle"
    )
    with running(elsewhere) as address:
        wait_for(elsewhere / "var", "SELECT count(*) FROM proof", RECIPIENTS)
        assert "/deconnexion" in signed_in(address)
        notice = value(elsewhere / "var", "SELECT content FROM trial_message ORDER BY id LIMIT 1")
        link = re.search(rb"/r/[\w-]{43}", notice.replace(b"=\r\n", b"").replace(b"=\n", b""))
        assert link is not None
        with urllib.request.urlopen(f"{address}{link[0].decode()}") as page:
            assert page.status == 200
    # The oldest proof came with the archive.
    digest = value(elsewhere / "var", "SELECT digest FROM proof ORDER BY id LIMIT 1")
    proof = elsewhere / "var" / "files" / digest[:2] / digest
    verdict = command(elsewhere / "var", "proofs", "verify", proof)
    assert verdict.returncode == 0, verdict.stdout
    engine = create_engine(Config(data_directory=elsewhere / "var").database)
    with Session(engine) as reading:
        assert verify_chain(reading, letter_chain(number)) == []
    engine.dispose()


def limit_files() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (FULL_AT, FULL_AT))


def test_on_a_full_disk_there_is_no_half_archive_and_no_half_installation(
    data: Path, command: Command, tmp_path: Path, target: Path
) -> None:
    file = tmp_path / "s.zip"
    failed = command(data, "backup", file, preexec_fn=limit_files)
    assert failed.returncode == 2, failed.stderr
    assert "n’a pas pu être faite" in failed.stderr
    assert "Traceback" not in failed.stderr
    assert {path.name for path in tmp_path.iterdir()} == {"var", "ailleurs"}
    assert command(data, "backup", file).returncode == 0
    failed = command(target, "restore", file, preexec_fn=limit_files)
    assert failed.returncode == 2, failed.stderr
    assert "Rien n’a été restauré" in failed.stderr
    assert "Traceback" not in failed.stderr
    assert list(target.iterdir()) == []
