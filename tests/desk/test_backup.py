"""`plirec backup`: all that an installation is, in one file that `plirec restore` takes back."""

import json
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.desk.conftest import Plirec, contents
from webapp.storage import store

pytestmark = [pytest.mark.sqlite, pytest.mark.slow]


def test_what_was_saved_comes_back_byte_for_byte_elsewhere(
    saved: Path, run: Plirec, target: Path, data: Path
) -> None:
    result = run("restore", saved, target)
    assert (result.exit_code, result.stderr) == (0, "")
    assert "plirec serve" in result.output
    restored = contents(target)
    original = contents(data)
    kept = {name for name in original if name.startswith(("keys/", "files/"))}
    assert set(restored) == kept | {"plirec.sqlite"}
    assert {name: restored[name] for name in kept} == {name: original[name] for name in kept}
    assert sum(name.startswith("files/") for name in kept) == 4


def test_a_folder_that_does_not_exist_yet_is_made(saved: Path, run: Plirec, tmp_path: Path) -> None:
    assert run("restore", saved, tmp_path / "loin" / "var").exit_code == 0
    assert (tmp_path / "loin" / "var" / "plirec.sqlite").is_file()


def test_a_message_that_came_back_and_was_only_noted_is_no_file_that_is_missing(
    data: Path, run: Plirec, tmp_path: Path, target: Path
) -> None:
    noted = (
        "INSERT INTO returned_message (addressee_id, digest, kind, is_kept, arrived_at) "
        "SELECT id, ?, 'automatic', 0, notified_at FROM addressee LIMIT 1"
    )
    with closing(sqlite3.connect(data / "plirec.sqlite")) as database:
        database.execute(noted, ("a" * 64,))
        database.commit()
    file = tmp_path / "avec-retour.zip"
    for word, place in (("backup", None), ("restore", target)):
        result = run(word, file, place) if place else run(word, file)
        assert (result.exit_code, result.stderr) == (0, "")


def test_the_codes_of_a_second_factor_are_no_files_that_are_missing(
    data: Path, run: Plirec, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(data / "plirec.sqlite")) as database:
        database.execute("INSERT INTO recovery_code (user_id, digest) VALUES (1, ?)", ("a" * 64,))
        database.commit()
    result = run("backup", tmp_path / "avec-codes.zip")
    assert (result.exit_code, result.stderr) == (0, "")


def test_archive_and_restored_secrets_are_their_owners_alone(
    saved: Path, run: Plirec, target: Path
) -> None:
    run("restore", saved, target)
    for path in (saved, target / "keys" / "seal.pem", target / "plirec.sqlite"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE((target / "keys").stat().st_mode) == 0o700


def test_the_archive_says_what_it_is_and_leaves_nothing_beside_it(
    saved: Path, data: Path, tmp_path: Path
) -> None:
    with ZipFile(saved) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        names = archive.namelist()
    assert manifest["format"] == 1
    assert set(manifest["members"]) == set(names) - {"manifest.json"}
    assert {path.name for path in tmp_path.iterdir()} == {saved.name, data.name}


def test_nothing_is_overwritten_by_a_backup(saved: Path, run: Plirec) -> None:
    before = saved.read_bytes()
    result = run("backup", saved)
    assert result.exit_code == 2
    assert "donnez un autre nom" in result.stderr
    assert saved.read_bytes() == before


@pytest.mark.parametrize(
    ("place", "words"), [("absent/s.zip", "n’existe pas"), ("/proc/s.zip", "n’a pas pu être faite")]
)
def test_a_place_that_cannot_be_written_is_named(
    run: Plirec, tmp_path: Path, place: str, words: str
) -> None:
    result = run("backup", tmp_path / place)
    assert result.exit_code == 2
    assert words in result.stderr


def test_where_nothing_is_nothing_is_saved(run: Plirec, tmp_path: Path) -> None:
    result = run("backup", tmp_path / "s.zip", tmp_path / "rien")
    assert result.exit_code == 2
    assert "PLIREC_DATA" in result.stderr
    assert not (tmp_path / "s.zip").exists()


def damaged(path: Path) -> None:
    path.write_bytes(b"%PDF-1.7 other")


@pytest.mark.parametrize("damage", [Path.unlink, damaged])
def test_a_proof_that_the_store_lost_is_named_and_all_the_rest_is_saved(
    run: Plirec, data: Path, tmp_path: Path, target: Path, damage: Callable[[Path], None]
) -> None:
    proof = next(path for path in (data / "files").rglob("*") if path.is_file())
    damage(proof)
    for word, folder in (("backup", data), ("restore", target)):
        result = run(word, tmp_path / "s.zip", folder)
        assert result.exit_code == 1
        assert f"files/{proof.name[:2]}/{proof.name}" in result.stderr
    assert (target / "plirec.sqlite").is_file()


def test_files_still_being_written_stay_out(run: Plirec, data: Path, tmp_path: Path) -> None:
    digest = store(data / "files", b"not named by any row yet")
    (data / "files" / digest[:2] / "tmpab12").write_bytes(b"half")
    assert run("backup", tmp_path / "s.zip").exit_code == 0
    with ZipFile(tmp_path / "s.zip") as archive:
        assert not [name for name in archive.namelist() if "tmp" in name]
