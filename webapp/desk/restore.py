"""`plirec restore`: an installation out of an archive, in an empty folder, whole or not at all."""

import shutil
import sqlite3
import struct
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from zipfile import BadZipFile, ZipFile, ZipInfo

from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import create_engine, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from config import Config
from webapp import keys
from webapp.accounts.tokens import hashed
from webapp.desk import archive, dump
from webapp.evidence import seal, triggers, witness_guards
from webapp.letters.models import Addressee
from webapp.letters.numbers import token
from webapp.storage import flush
from webapp.web.settings import MIGRATIONS

LARGEST_MANIFEST = 256 * 1024 * 1024
NOT_DATA = {"lost+found"}
"""What an empty disk of its own holds."""

_DAMAGED = (
    BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, RuntimeError, ValueError,
    archive.UnreadableManifest, sqlite3.DatabaseError,
)  # fmt: skip
"""What reading a file that is no archive of ours, or no longer a whole one, may raise."""


class RestoreFailed(Exception):
    """Nothing was restored and the folder is as it was; its text says why, and what to do."""


@dataclass(frozen=True)
class Restored:
    """What was restored, and what was lacking when it was saved (names of the archive)."""

    manifest: archive.Manifest
    lacking: list[str]


def restore(config: Config, source: Path, bring_up_to_date: Callable[[Config], None]) -> Restored:
    """Put an archive's installation into the data directory, which must be empty.

    Everything is made and checked in a folder inside it, so that a disk of its own, or a folder
    that the system made for Plirec, does; only then does it take its place, the database last.

    :param bring_up_to_date: runs the migrations on the database of the settings it is given.
    :raises RestoreFailed: the folder or the archive is not as it must be.
    """
    _require_own_database(config)
    try:
        with _empty_place(config.data_directory) as place:
            restored = _read(source, place, config)
            with _emptied_again(config):
                _bring_up_to_date(replace(config, data_directory=place), bring_up_to_date)
                _require_fit(replace(config, data_directory=place))
                _move(place, config.data_directory)
    except dump.DumpFailed as error:
        raise RestoreFailed(str(error)) from error
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        raise RestoreFailed(f"Rien n’a été restauré : {error.strerror}{where}.") from error
    return restored


def _require_own_database(config: Config) -> None:
    if config.is_on_postgresql:
        try:
            dump.require_empty(config)
        except dump.DumpFailed as error:
            raise RestoreFailed(str(error)) from error
    elif config.database_url:
        raise RestoreFailed(
            "La base est restaurée dans le dossier des données : lancez la restauration sans "
            "DATABASE_URL."
        )


@contextmanager
def _emptied_again(config: Config) -> Iterator[None]:
    """Leave a server's database as empty as it was, where what follows fails."""
    try:
        yield
    except BaseException:
        if config.is_on_postgresql:
            dump.empty(config)
        raise


@contextmanager
def _empty_place(directory: Path) -> Iterator[Path]:
    """Give a folder to work in; afterwards it is gone, and so is what was made for it."""
    is_new = not directory.exists()
    if not is_new and {path.name for path in directory.iterdir()} - NOT_DATA:
        raise RestoreFailed(
            f"Le dossier {directory} n’est pas vide : rien n’y est écrasé. Arrêtez Plirec, mettez "
            "de côté ce que ce dossier contient (sans l’effacer), puis recommencez ; ou donnez à "
            "PLIREC_DATA un autre dossier."
        )
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    place = Path(tempfile.mkdtemp(dir=directory, prefix=".restauration-"))
    is_done = False
    try:
        yield place
        is_done = True
    finally:
        shutil.rmtree(place)
        if is_new and not is_done:
            directory.rmdir()


def _read(source: Path, place: Path, config: Config) -> Restored:
    kind = archive.DUMP if config.is_on_postgresql else archive.DATABASE
    try:
        return _unpack(source, place, config, kind)
    except archive.UnknownFormat as error:
        raise RestoreFailed(_newer(str(error))) from error
    except _DAMAGED as error:
        raise RestoreFailed(
            f"L’archive {source} est abîmée ou n’est pas une sauvegarde de Plirec : prenez-en une "
            "autre. Rien n’a été restauré."
        ) from error


def _unpack(source: Path, place: Path, config: Config, kind: str) -> Restored:
    with ZipFile(source) as opened:
        manifest = _manifest(opened)
        _require_known(manifest)
        _require_kind(manifest, kind)
        _require_room(manifest, place, kind)
        for name, expected in manifest.members.items():
            path = place / name
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.touch(mode=0o600)
            with opened.open(name) as member, path.open("wb") as written:
                if archive.copied(member, written) != expected:
                    raise BadZipFile(name)
            flush(path)
    return Restored(manifest, archive.lacking(_named(place, config), manifest.members))


def _named(place: Path, config: Config) -> set[str]:
    """Open the database, and name the stored files that it names."""
    if config.is_on_postgresql:
        dump.read(config, place / archive.DUMP)
        return dump.digests(config)
    with closing(sqlite3.connect(place / archive.DATABASE)) as database:
        if database.execute("PRAGMA integrity_check(1)").fetchone() != ("ok",):
            raise sqlite3.DatabaseError
        return archive.digests(database)


def _manifest(opened: ZipFile) -> archive.Manifest:
    """Read what the archive says of itself, and hold it to that: just these members, plain files.

    What it says is bounded by what is there, so that no member unfolds into more than it claims.
    """
    infos = {info.filename: info for info in opened.infolist()}
    listed = infos.pop(archive.MANIFEST, None)
    if listed is None or listed.file_size > LARGEST_MANIFEST:
        raise BadZipFile(archive.MANIFEST)
    manifest = archive.Manifest.from_json(opened.read(listed))
    sizes = {name: info.file_size for name, info in infos.items()}
    if (
        len(opened.infolist()) != len(infos) + 1
        or sizes != {name: member.size for name, member in manifest.members.items()}
        or len({archive.DATABASE, archive.DUMP}.intersection(sizes)) != 1
        or not all(_is_plain(info) for info in infos.values())
    ):
        raise BadZipFile(archive.MANIFEST)
    return manifest


def _is_plain(info: ZipInfo) -> bool:
    """Say whether a member has one of our names and claims to be no link, device nor folder."""
    kind = info.external_attr >> 16 & 0o170000
    return bool(archive.ALLOWED.fullmatch(info.filename)) and kind in (0, 0o100000)


def _require_known(manifest: archive.Manifest) -> None:
    scripts = ScriptDirectory(MIGRATIONS)
    if manifest.revision not in {script.revision for script in scripts.walk_revisions()}:
        raise RestoreFailed(_newer(manifest.plirec))


def _require_kind(manifest: archive.Manifest, kind: str) -> None:
    if kind not in manifest.members:
        told = "SQLite" if kind == archive.DUMP else "PostgreSQL"
        raise RestoreFailed(
            f"Cette sauvegarde est celle d’une base {told}, et DATABASE_URL en désigne une autre : "
            "restaurez-la comme elle a été faite. Rien n’a été restauré."
        )


def _newer(plirec: str) -> str:
    return (
        f"Cette sauvegarde vient d’un Plirec plus récent ({plirec}) : installez cette version, ou "
        "une suivante, puis recommencez. Rien n’a été restauré."
    )


def _require_room(manifest: archive.Manifest, place: Path, kind: str) -> None:
    # A migration may write a table anew, beside the old one.
    needed = manifest.size + manifest.members[kind].size
    if shutil.disk_usage(place).free < needed:
        raise RestoreFailed(
            f"Il faut {needed // 1_000_000 + 1} Mo libres sur le disque de {place.parent} : faites "
            "de la place. Rien n’a été restauré."
        )


def _bring_up_to_date(config: Config, bring_up_to_date: Callable[[Config], None]) -> None:
    for name in archive.NEEDED_KEYS:
        if not (config.data_directory / name).is_file():
            raise RestoreFailed(f"Il manque {name} dans cette sauvegarde : prenez-en une autre.")
    try:
        bring_up_to_date(config)
    except (SQLAlchemyError, CommandError) as error:
        raise RestoreFailed(
            f"La base de données n’a pas pu être amenée à cette version de Plirec : {error}. Rien "
            "n’a été restauré."
        ) from error


def _require_fit(config: Config) -> None:
    """Hold the database to its guards, to the key of the seal and to that of the addresses."""
    engine = create_engine(config.database)
    try:
        with Session(engine) as session:
            fits = (
                not triggers.GUARDS.missing(session.connection())
                and not witness_guards.GUARDS.missing(session.connection())
                and seal.open_key(config.keys_directory).fingerprint in seal.fingerprints(session)
                and _opens_addresses(session, config)
            )
    except seal.WrongSealingKey as error:
        raise RestoreFailed(_unfit()) from error
    finally:
        engine.dispose()
    if not fits:
        raise RestoreFailed(_unfit())


def _unfit() -> str:
    return (
        "Dans cette sauvegarde, la base de données et les clés ne vont pas ensemble : prenez-en "
        "une autre. Rien n’a été restauré."
    )


def _opens_addresses(session: Session, config: Config) -> bool:
    """Say whether the recipients' key makes the address that the newest recipient was given."""
    newest = session.scalar(select(Addressee).order_by(Addressee.id.desc()).limit(1))
    if newest is None:
        return True
    key = keys.secret(config.keys_directory, "recipients")
    return hashed(token(key, newest.number, newest.token_generation)) == newest.token_hash


def _move(place: Path, directory: Path) -> None:
    """Let all take its place: as long as the database is not there, Plirec does not start."""
    if (place / archive.DATABASE).exists():
        with closing(sqlite3.connect(place / archive.DATABASE)) as database:
            # One file, without another one beside it in which the last changes would stand.
            database.execute("PRAGMA journal_mode = DELETE")
    for folder in (place, *(path for path in place.rglob("*") if path.is_dir())):
        flush(folder)
    for name in ("keys", "files", archive.DATABASE):
        if (place / name).exists():
            (place / name).rename(directory / name)
    flush(directory)
