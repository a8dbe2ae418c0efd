"""A PostgreSQL database as one file, written and read by PostgreSQL's own programs."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from config import Config
from webapp.desk.archive import PURGED
from webapp.jobs import TABLES

_DIGESTS = """
    SELECT table_name, bool_or(column_name = 'is_kept'), bool_or(column_name = 'entry_id')
    FROM information_schema.columns
    WHERE table_schema = ANY (current_schemas(false)) AND table_name <> 'recovery_code'
    GROUP BY table_name HAVING bool_or(column_name = 'digest')"""
_TABLES = """
    SELECT count(*) FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE nspname = ANY (current_schemas(false)) AND relkind IN ('r', 'v', 'm', 'p')"""

_OWN_TABLES = """
    SELECT format('DROP TABLE IF EXISTS %I CASCADE', relname) FROM pg_class
    WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'"""
_OWN_FUNCTIONS = """
    SELECT format('DROP FUNCTION %I()', proname) FROM pg_proc
    WHERE pronamespace = current_schema()::regnamespace AND prorettype = 'trigger'::regtype"""


class DumpFailed(Exception):
    """The database was not written, or not read; its text says why, and what to do."""


@dataclass(frozen=True)
class Dumped:
    """What a dump holds: the migration it is at, and the files of the store that it names."""

    revision: str
    digests: set[str]


def dump(config: Config, path: Path) -> Dumped:
    """Write one moment of the database, while others write to it.

    :raises DumpFailed: `pg_dump` is not there, or the server does not answer, or refuses.
    """
    program = _program(
        "pg_dump",
        "Sauvegardez la base avec les outils de votre hébergeur, et le dossier des données avec "
        "une copie.",
    )
    try:
        with psycopg.connect(config.postgresql_address) as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            connection.read_only = True
            (snapshot,) = _one(connection, "SELECT pg_export_snapshot()")
            # What the queue holds may be lost without harm, and means nothing elsewhere.
            what = [f"--exclude-table-data={TABLES}*", f"--snapshot={snapshot}", f"--file={path}"]
            _run(config, [program, "--format=custom", "--no-owner", "--no-privileges", *what])
            (revision,) = _one(connection, "SELECT version_num FROM alembic_version")
            return Dumped(str(revision), _digests(connection))
    except psycopg.Error as error:
        raise DumpFailed(f"La base de données ne répond pas comme elle doit : {error}") from error


def require_empty(config: Config) -> None:
    """Hold the database to which a dump is to be read to having nothing that it could replace.

    :raises DumpFailed: there are tables, the server does not answer, or `pg_restore` is missing.
    """
    _program("pg_restore", "Installez les programmes de PostgreSQL, puis recommencez.")
    try:
        with psycopg.connect(config.postgresql_address) as connection:
            (tables,) = _one(connection, _TABLES)
    except psycopg.Error as error:
        raise DumpFailed(f"La base de données ne répond pas comme elle doit : {error}") from error
    if tables:
        raise DumpFailed(
            "La base de données que désigne DATABASE_URL n’est pas vide : rien n’y est écrasé. "
            "Créez-en une autre, vide, et désignez-la."
        )


def read(config: Config, path: Path) -> None:
    """Read a dump into an empty database, whole or not at all.

    :raises DumpFailed: it cannot be read, or the server refuses what it holds.
    """
    program = _program("pg_restore", "Installez les programmes de PostgreSQL, puis recommencez.")
    options = ["--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges"]
    _run(config, [program, *options, str(path)])


def empty(config: Config) -> None:
    """Take away again what `read` brought into a database that had been empty."""
    with psycopg.connect(config.postgresql_address) as connection:
        for question in (_OWN_TABLES, _OWN_FUNCTIONS):
            for (statement,) in connection.execute(question).fetchall():
                connection.execute(str(statement).encode())


def digests(config: Config) -> set[str]:
    """Name the files of the store that the database names, by the SHA-256 of their content."""
    with psycopg.connect(config.postgresql_address) as connection:
        return _digests(connection)


def _digests(connection: "psycopg.Connection[tuple[object, ...]]") -> set[str]:
    """Find what `archive.digests` finds."""
    found: set[str] = set()
    for table, tells_kept, is_purged in connection.execute(_DIGESTS).fetchall():
        named = sql.Identifier(str(table))
        kept = sql.SQL(" AND is_kept" if tells_kept else "")
        purged = sql.SQL(f" AND entry_id NOT IN ({PURGED})" if is_purged else "")
        question = sql.SQL("SELECT digest FROM {} WHERE digest IS NOT NULL{}{}").format(
            named, kept, purged
        )
        found.update(str(digest) for (digest,) in connection.execute(question))
    return found


def _one(connection: "psycopg.Connection[tuple[object, ...]]", question: str) -> tuple[object, ...]:
    (row,) = connection.execute(question.encode()).fetchall()
    return row


def _program(name: str, otherwise: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise DumpFailed(
            f"Le programme « {name} » de PostgreSQL n’est pas sur cette machine (paquet "
            f"postgresql-client, de la version du serveur ou d’une suivante). {otherwise}"
        )
    return found


def _run(config: Config, command: list[str]) -> None:
    # The password stands in the environment: every account of the machine can read command lines.
    parts = conninfo_to_dict(config.postgresql_address)
    password = parts.pop("password", None)
    environment = {**os.environ, **({"PGPASSWORD": str(password)} if password else {})}
    address = make_conninfo("", **parts)
    done = subprocess.run(
        [*command, f"--dbname={address}"], env=environment, capture_output=True, check=False
    )
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip()
        raise DumpFailed(f"« {Path(command[0]).name} » n’a pas réussi : {said}")
