"""`plirec restore`: in an empty folder only, out of a sound archive only, whole or not at all."""

import json
import shutil
import stat
from collections.abc import Callable
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from sqlite3 import connect
from typing import Any
from zipfile import ZIP_LZMA, ZipFile, ZipInfo

import pytest
from alembic.script import ScriptDirectory
from click.testing import Result

from config import Config
from tests.desk.conftest import NOW, Plirec, contents
from webapp import create_app
from webapp.desk.schema import upgrade
from webapp.evidence import seal
from webapp.extensions import db
from webapp.web.settings import MIGRATIONS

pytestmark = [pytest.mark.sqlite, pytest.mark.slow]

Change = Callable[[dict[str, bytes]], None]


@pytest.fixture
def changed(saved: Path, tmp_path: Path) -> Callable[[Change], Path]:
    """Write the archive anew, its members changed and its manifest left as the change leaves it."""

    def rewrite(change: Change) -> Path:
        with ZipFile(saved) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
        change(members)
        file = tmp_path / "autre.zip"
        with ZipFile(file, "w") as archive:
            for name, content in members.items():
                archive.writestr(name, content)
        return file

    return rewrite


def edited(edit: Callable[[dict[str, Any]], object]) -> Change:
    """Change what the manifest says."""

    def change(members: dict[str, bytes]) -> None:
        manifest = json.loads(members["manifest.json"])
        edit(manifest)
        members["manifest.json"] = json.dumps(manifest).encode()

    return change


def adding(**contents: bytes) -> Change:
    """Add members, or change them, and their entries in the manifest, which stays right."""
    entries = {
        name: {"sha256": sha256(content).hexdigest(), "size": len(content)}
        for name, content in contents.items()
    }

    def change(members: dict[str, bytes]) -> None:
        members.update(contents)
        edited(lambda manifest: manifest["members"].update(entries))(members)

    return change


def losing(name: str) -> Change:
    def change(members: dict[str, bytes]) -> None:
        del members[name]

    return change


def require_refusal(result: Result, words: str, target: Path) -> None:
    assert result.exit_code == 2
    assert words in result.stderr
    assert len(result.stderr.splitlines()) == 1, "one clear line"
    assert list(target.iterdir()) == [], "the folder is as it was"


def test_data_that_are_there_are_never_touched(saved: Path, run: Plirec, data: Path) -> None:
    before = contents(data)
    result = run("restore", saved)
    assert result.exit_code == 2
    assert "n’est pas vide" in result.stderr
    assert contents(data) == before


def test_a_disk_of_its_own_counts_as_empty(saved: Path, run: Plirec, target: Path) -> None:
    (target / "lost+found").mkdir()
    assert run("restore", saved, target).exit_code == 0


def test_a_database_elsewhere_is_not_guessed(
    saved: Path, run: Plirec, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{target}/autre.sqlite")
    require_refusal(run("restore", saved, target), "sans DATABASE_URL", target)


def test_an_archive_that_was_cut_short_is_refused_wherever_it_ends(
    saved: Path, run: Plirec, target: Path, tmp_path: Path
) -> None:
    whole, cut = saved.read_bytes(), tmp_path / "x.zip"
    for part in range(40):
        cut.write_bytes(whole[: len(whole) * part // 40])
        require_refusal(run("restore", cut, target), "abîmée", target)


def test_a_byte_that_changed_anywhere_is_refused_or_changes_nothing(
    saved: Path, run: Plirec, target: Path, tmp_path: Path, data: Path
) -> None:
    whole, spoiled = saved.read_bytes(), tmp_path / "x.zip"
    original = contents(data / "keys") | contents(data / "files")
    refused = 0
    for place in range(7, len(whole), len(whole) // 60):
        changed = whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :]
        spoiled.write_bytes(changed)
        result = run("restore", spoiled, target)
        if result.exit_code == 0:  # an hour, say, that nothing looks at
            assert contents(target / "keys") | contents(target / "files") == original
            shutil.rmtree(target)
            target.mkdir()
        else:
            require_refusal(result, "abîmée", target)
            refused += 1
    assert refused > 50


def test_a_file_that_is_not_there_is_named(run: Plirec, target: Path) -> None:
    require_refusal(run("restore", Path("absent.zip"), target), "absent.zip", target)


@pytest.mark.parametrize(
    "name",
    [
        "../dehors",
        "/tmp/dehors",
        "keys/../../dehors",
        "files/ab/../../dehors",
        "keys/.cache",
        "keys/a/b",
        "files/ab/cd",
        "plirec.sqlite-wal",
        "C:\\dehors",
        "keys/",
    ],
)
def test_a_name_of_no_backup_is_refused_and_nothing_lands_outside(
    changed: Callable[[Change], Path], run: Plirec, target: Path, name: str
) -> None:
    smuggle = adding(**{name: b"#!/bin/sh"})
    require_refusal(run("restore", changed(smuggle), target), "abîmée", target)
    assert not (target.parent / "dehors").exists()


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFBLK, stat.S_IFDIR, stat.S_IFIFO])
def test_links_and_devices_are_refused(saved: Path, run: Plirec, target: Path, kind: int) -> None:
    with ZipFile(saved) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with ZipFile(saved, "w") as archive:
        for name, content in members.items():
            info = ZipInfo(name)
            info.external_attr = (kind if name == "keys/session" else stat.S_IFREG) << 16 | 0o600
            archive.writestr(info, content)
    require_refusal(run("restore", saved, target), "abîmée", target)


CHANGES: dict[str, Change] = {
    "other bytes": lambda members: members.update({"keys/session": b"x" * 32}),
    "longer": lambda members: members.update({"keys/session": b"x" * 33}),
    "a member too few": losing("keys/session"),
    "a member too many": lambda members: members.update({"keys/other": b"x"}),
    "no database": losing("plirec.sqlite"),
    "no manifest": losing("manifest.json"),
    "a manifest of nothing": lambda members: members.update({"manifest.json": b"[]"}),
    "a manifest without end": lambda members: members.update({"manifest.json": b"[" * 100_000}),
    "sizes that lie": edited(
        lambda manifest: manifest["members"]["keys/session"].update(size=-1)  # type: ignore[index]
    ),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_an_archive_that_is_not_what_its_manifest_says_is_refused(
    changed: Callable[[Change], Path], run: Plirec, target: Path, change: Change
) -> None:
    require_refusal(run("restore", changed(change), target), "abîmée", target)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_member_that_comes_twice_is_refused(saved: Path, run: Plirec, target: Path) -> None:
    with ZipFile(saved, "a") as archive:
        archive.writestr("keys/session", b"x" * 32)
    require_refusal(run("restore", saved, target), "abîmée", target)


def test_another_packing_than_ours_is_read_too(saved: Path, run: Plirec, target: Path) -> None:
    with ZipFile(saved) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with ZipFile(saved, "w", ZIP_LZMA) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    assert run("restore", saved, target).exit_code == 0


@pytest.mark.parametrize("newer", [{"format": 2}, {"revision": "9999"}])
def test_an_archive_of_a_newer_plirec_is_refused_and_says_which(
    changed: Callable[[Change], Path], run: Plirec, target: Path, newer: dict[str, object]
) -> None:
    archive = changed(edited(lambda manifest: manifest.update(newer, plirec="7.3")))
    require_refusal(run("restore", archive, target), "plus récent (7.3)", target)


@pytest.mark.parametrize("name", ["keys/seal.pem", "keys/recipients"])
def test_keys_of_another_installation_are_refused(
    changed: Callable[[Change], Path], run: Plirec, target: Path, name: str
) -> None:
    archive = changed(adding(**{name: b"x" * 32}))
    require_refusal(run("restore", archive, target), "ne vont pas ensemble", target)


def test_without_the_key_of_the_passwords_nothing_is_restored(
    changed: Callable[[Change], Path], run: Plirec, target: Path
) -> None:
    def forget(members: dict[str, bytes]) -> None:
        del members["keys/password"]
        edited(lambda manifest: manifest["members"].pop("keys/password"))(members)  # type: ignore[attr-defined]

    require_refusal(run("restore", changed(forget), target), "keys/password", target)


def test_a_database_that_lost_its_guards_is_refused(
    changed: Callable[[Change], Path], run: Plirec, target: Path, tmp_path: Path
) -> None:
    def strip(members: dict[str, bytes]) -> None:
        path = tmp_path / "stripped"
        path.write_bytes(members["plirec.sqlite"])
        with closing(connect(path)) as database:
            database.execute("DROP TRIGGER proof_no_delete")
            database.commit()
        adding(**{"plirec.sqlite": path.read_bytes()})(members)

    require_refusal(run("restore", changed(strip), target), "ne vont pas ensemble", target)


def test_an_archive_of_an_older_plirec_is_brought_up_to_date(
    run: Plirec, target: Path, tmp_path: Path
) -> None:
    old = tmp_path / "old"
    with create_app(Config(data_directory=old)).app_context():
        upgrade(revision="0003")
        seal.register(db.session, old / "keys", NOW)
        db.session.commit()
        db.engine.dispose()
    assert run("backup", tmp_path / "s.zip", old).exit_code == 0
    assert run("restore", tmp_path / "s.zip", target).exit_code == 0
    with closing(connect(target / "plirec.sqlite")) as database:
        (found,) = database.execute("SELECT version_num FROM alembic_version").fetchone()
    assert found == ScriptDirectory(MIGRATIONS).get_current_head() != "0003"
