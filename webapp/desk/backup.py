"""`plirec backup`: one archive of all that an installation is, made while it runs.

The database is copied first and the files afterwards: a file is stored before the row that names it
is committed and is never changed, so that whatever the copy names is there to be taken.
"""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from sqlalchemy import make_url

from config import Config
from webapp.desk import archive, dump
from webapp.storage import flush

PATIENCE = 60.0
"""How long, in seconds, a lock on the database is waited for."""


class BackupFailed(Exception):
    """No archive was made; its text says why."""


@dataclass(frozen=True)
class Backup:
    """What was saved, and what the installation itself had lost before (names of the archive)."""

    manifest: archive.Manifest
    lacking: list[str]


def back_up(config: Config, target: Path, now: datetime) -> Backup:
    """Write the archive: whole, readable by its owner alone, or not at all.

    :raises BackupFailed: there is nothing to save, the name is taken, or the archive cannot be
        written; whatever was begun is gone.
    """
    if not config.is_on_postgresql:
        _require_database(_database(config))
    if target.exists() or target.is_symlink():
        raise BackupFailed(f"{target} existe déjà : donnez un autre nom, rien n’est écrasé.")
    if not target.parent.is_dir():
        raise BackupFailed(f"Le dossier {target.parent} n’existe pas.")
    try:
        with _appearing_whole(target) as (folder, path):
            copy = folder / (archive.DUMP if config.is_on_postgresql else archive.DATABASE)
            saved = dump.dump(config, copy) if config.is_on_postgresql else _copied(config, copy)
            manifest = _write(path, config, saved.revision, copy, now)
    except dump.DumpFailed as error:
        raise BackupFailed(str(error)) from error
    except (OSError, sqlite3.Error) as error:
        raise BackupFailed(f"La sauvegarde n’a pas pu être faite : {_reason(error)}.") from error
    return Backup(manifest, archive.lacking(saved.digests, manifest.members))


def _database(config: Config) -> Path:
    return Path(make_url(config.database).database or "")


def _require_database(path: Path) -> None:
    if not path.is_file():
        raise BackupFailed(
            f"Il n’y a rien à sauvegarder : {path} n’existe pas. Donnez à PLIREC_DATA le dossier "
            "des données de Plirec."
        )


@contextmanager
def _appearing_whole(target: Path) -> Iterator[tuple[Path, Path]]:
    """Give a folder beside the target, and the file in it that becomes the target at the end."""
    folder = Path(tempfile.mkdtemp(dir=target.parent, prefix=".plirec-"))
    try:
        path = folder / "archive"
        os.close(os.open(path, os.O_CREAT | os.O_EXCL, 0o600))
        yield folder, path
        flush(path)
        path.rename(target)
        flush(target.parent)
    finally:
        shutil.rmtree(folder)


def _copied(config: Config, copy: Path) -> dump.Dumped:
    _copy_database(_database(config), copy)
    with closing(sqlite3.connect(copy)) as saved:
        return dump.Dumped(archive.revision(saved), archive.digests(saved))


def _copy_database(database: Path, copy: Path) -> None:
    """Copy a database that others write to: SQLite gives one moment of it, with no page of two."""
    address = f"{database.resolve().as_uri()}?mode=rw"
    with (
        closing(sqlite3.connect(address, uri=True, timeout=PATIENCE)) as source,
        closing(sqlite3.connect(copy)) as target,
    ):
        source.backup(target)
        # One file, without another one beside it in which the last changes would stand.
        target.execute("PRAGMA journal_mode = DELETE")
        (verdict,) = target.execute("PRAGMA integrity_check(1)").fetchone()
    if verdict != "ok":
        raise sqlite3.DatabaseError(f"la base de données est abîmée ({verdict})")


def _write(
    path: Path, config: Config, revision: str, copy: Path, now: datetime
) -> archive.Manifest:
    members: dict[str, archive.Member] = {}
    with ZipFile(path, "w") as written:
        for name, source in _sources(config, copy):
            # Stored files are PDFs for the most part, which are packed already.
            kind = ZIP_STORED if name.startswith("files/") else ZIP_DEFLATED
            written.compression = kind
            with source.open("rb") as reading, written.open(name, "w", force_zip64=True) as member:
                members[name] = archive.copied(reading, member)
        manifest = archive.Manifest(
            plirec=version("plirec"),
            revision=revision,
            made_at=now.isoformat(timespec="seconds"),
            members=members,
        )
        written.writestr(archive.MANIFEST, manifest.to_json(), ZIP_DEFLATED)
    return manifest


def _sources(config: Config, copy: Path) -> Iterator[tuple[str, Path]]:
    """Name each member and the file it comes from; files that are still being written have names
    of their own, which are none of the archive's.
    """
    yield copy.name, copy
    for room, pattern in ((config.keys_directory, "*"), (config.files_directory, "*/*")):
        for path in sorted(room.glob(pattern)):
            name = f"{room.name}/{path.relative_to(room).as_posix()}"
            if archive.ALLOWED.fullmatch(name) and path.is_file():
                yield name, path


def _reason(error: OSError | sqlite3.Error) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror} ({error.filename})" if error.filename else error.strerror
    return str(error)
