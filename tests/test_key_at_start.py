"""Whoever starts Plirec, by whichever word, learns at once that the seal’s key is not there."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from config import Config
from tests.browser.installation import PLIREC, free_port
from webapp.evidence import seal
from webapp.evidence.models import SealingKey

pytestmark = pytest.mark.slow
STARTS = {
    "pages and worker": ["serve"],
    "pages": ["web"],
    "worker": ["worker"],
    "worker, once": ["worker", "--once"],
    "state": ["status"],
    "check of a proof": ["proofs", "verify", sys.executable],
    "proofs of a letter": ["proofs", "export", "AAAA-AAAA-AAAA", "preuves.zip"],
}


@pytest.fixture
def environment(config: Config) -> Mapping[str, str]:
    """Give what leads a command to an installation that was started once, with its key."""
    return {
        **os.environ,
        "PLIREC_DATA": str(config.data_directory),
        "PLIREC_PORT": str(free_port()),
    }


def started(words: list[str], environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    command = [*PLIREC, *words]
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, timeout=120
    )


@pytest.mark.parametrize("words", [["web"], ["worker", "--once"], ["status"]], ids=" ".join)
def test_a_start_without_the_key_stops_and_says_what_to_do(
    words: list[str], environment: Mapping[str, str], config: Config
) -> None:
    (config.keys_directory / "seal.pem").unlink()
    ended = started(words, environment)
    assert ended.returncode == 2
    assert "La clé du sceau" in ended.stderr
    assert "a disparu" in ended.stderr
    assert "sauvegarde" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert not (config.keys_directory / "seal.pem").exists(), "no other is made"


@pytest.mark.parametrize("words", STARTS.values(), ids=STARTS)
def test_a_start_with_the_key_of_another_installation_stops(
    words: list[str], environment: Mapping[str, str], config: Config, tmp_path: Path
) -> None:
    shutil.copy(foreign_key(tmp_path), config.keys_directory / "seal.pem")
    ended = started(words, environment)
    assert ended.returncode == 2
    assert "n’est pas celle de cette installation" in ended.stderr


def foreign_key(folder: Path) -> Path:
    engine = create_engine("sqlite://")
    SealingKey.metadata.tables["sealing_key"].create(engine)
    with Session(engine) as session:
        seal.register(session, folder / "elsewhere", datetime.now(UTC))
    engine.dispose()
    return folder / "elsewhere" / "seal.pem"


def test_a_message_that_comes_back_is_to_be_handed_over_again_when_the_key_is_there(
    environment: Mapping[str, str], config: Config
) -> None:
    (config.keys_directory / "seal.pem").unlink()
    ended = started(["bounces", "read"], environment)
    assert ended.returncode == 75
    assert "a disparu" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.sqlite
def test_a_backup_is_made_without_the_key_and_says_that_it_lacks_it(
    environment: Mapping[str, str], config: Config, tmp_path: Path
) -> None:
    (config.keys_directory / "seal.pem").unlink()
    ended = started(["backup", str(tmp_path / "sans-cle.zip")], environment)
    assert ended.returncode == 1
    assert "a disparu" in ended.stderr
    assert (tmp_path / "sans-cle.zip").is_file()
