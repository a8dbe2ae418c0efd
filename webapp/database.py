"""The ground of every table: base class, moments in UTC, and transactions."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, ClassVar, TypeAlias, TypeVar

from sqlalchemy import (
    DateTime,
    Dialect,
    Engine,
    MetaData,
    Select,
    TypeDecorator,
    event,
    func,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Session, scoped_session

from config import ConfigurationError

AnySession: TypeAlias = Session | scoped_session[Any]
"""A session of the database: one that a function was given, or the request's own."""

reading_only: ContextVar[bool] = ContextVar("reading_only", default=False)
"""True while a request that may not write is served (GET, HEAD)."""

_held: ContextVar[str] = ContextVar("_held", default="")


_ONE_MOMENT = 3  # psycopg.IsolationLevel.REPEATABLE_READ
# Locks that others hold, a deadlock that was broken, and a server that takes nobody just now.
_BUSY = ("55P03", "40P01", "40001", "53300", "57P01", "57P03")
_ASKED_AT_ONCE = 5_000
Value = TypeVar("Value")


_json = json.JSONEncoder().encode


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, stored in UTC. A naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Refuse a naive moment, bring any other to UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without its time zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give an aware moment, whatever the database keeps."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def written(value: Any) -> str:
    """Write a JSON column's value as `json.dumps` does, for it is searched as a text too."""
    # Nearly every line of a long list has no findings: not to ask for them is a third of it all.
    return "[]" if value == [] else _json(value)


class Base(DeclarativeBase):
    """The base of every table; names its constraints, so that migrations can name them too."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar = {datetime: UtcDateTime}


def portions(values: Sequence[Value]) -> Iterator[Sequence[Value]]:
    """Cut a long list: a database takes only so many values in one question."""
    size = _ASKED_AT_ONCE
    return (values[start : start + size] for start in range(0, len(values), size))


def insert_new(session: AnySession, entity: type[Base], values: Mapping[str, Any]) -> None:
    """Insert a row, unless one that is there already stands in its place."""
    is_on_sqlite = session.get_bind().dialect.name == "sqlite"
    statement = sqlite.insert(entity) if is_on_sqlite else postgresql.insert(entity)
    session.execute(statement.values(**values).on_conflict_do_nothing())


def prepare(engine: Engine) -> None:
    """Make the database keep what is committed and lose no update, and reading requests only read.

    SQLite's default upgrades a reading transaction to a writing one, and so loses updates silently;
    a writing request takes the lock first. Reading ones never queue behind a writer.
    """
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _configure_connection)
        event.listen(engine, "begin", _begin)
    else:
        event.listen(engine, "connect", _configure_on_postgresql)
        event.listen(engine, "begin", _begin_on_postgresql)


def _configure_connection(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in (
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "busy_timeout = 15000",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    read_only = reading_only.get()
    if connection.info.get("query_only") != read_only:
        # SQLite compiles every statement of a connection anew once this was said, even if in vain.
        connection.exec_driver_sql(f"PRAGMA query_only = {'ON' if read_only else 'OFF'}")
        connection.info["query_only"] = read_only
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")


def _begin_on_postgresql(connection: Connection) -> None:
    """Read one moment of the database, as SQLite does; or write, where others write too."""
    read_only = reading_only.get()
    raw: Any = connection.connection.driver_connection
    # psycopg says BEGIN with the first question, in these words: nothing is asked for them apart.
    raw.read_only = read_only
    raw.isolation_level = _ONE_MOMENT if read_only else None
    if not read_only and _held.get():
        connection.execute(_lock(_held.get()))


def _configure_on_postgresql(connection: Any, _record: Any) -> None:
    # As long as SQLite waits for whoever else writes.
    connection.execute("SET lock_timeout = '15s'")
    connection.commit()


def hold(session: AnySession, name: str) -> None:
    """Hold a name as `alone` does, in every transaction that writes until the request is over."""
    _held.set(name)
    alone(session, name)


def release() -> None:
    """Hold nothing by `hold` any more, from the next transaction on."""
    _held.set("")


def hold_row(session: AnySession, row: Base) -> None:
    """Let nobody else change a row until the transaction ends, and see it as it is now.

    One that was read apart, in another session, stays as it was read: its change is refused where
    it has changed meanwhile.
    """
    if session.get_bind().dialect.name == "postgresql" and row in session:
        session.refresh(row, with_for_update=True)


def overwrite_deleted(session: AnySession) -> None:
    """Let what is deleted on this connection be overwritten in SQLite's file, not only freed."""
    if session.get_bind().dialect.name == "sqlite":
        session.connection().exec_driver_sql("PRAGMA secure_delete = ON")


def is_busy(error: DBAPIError) -> bool:
    """Say whether the same may work in a moment: others hold a lock, or the server takes nobody."""
    is_locked = "locked" in str(error.orig) or sqlstate(error) in _BUSY
    # Without a code it is the connection that failed, or could not be made.
    return is_locked or (type(error.orig).__module__ == "psycopg" and not sqlstate(error))


def sqlstate(error: DBAPIError) -> str:
    """Give PostgreSQL's code for what went wrong; nothing where it gave none, or on SQLite."""
    return getattr(error.orig, "sqlstate", "") or ""


def alone(session: AnySession, *names: str) -> None:
    """Wait until nobody else holds one of these names, and hold them until the transaction ends.

    For what is read first and written then: SQLite lets one transaction write at a time, and needs
    no more. Ask before anything is read, for what was read before may be old by now.
    """
    if session.get_bind().dialect.name != "postgresql":
        return
    # In one order, so that two who want the same names never wait for each other.
    for name in sorted(names):
        session.execute(_lock(name))


def _lock(name: str) -> Select[Any]:
    digest = hashlib.sha256(name.encode()).digest()
    return select(func.pg_advisory_xact_lock(int.from_bytes(digest[:8], "big", signed=True)))


def require_plain_texts(connection: Connection) -> None:
    """Refuse a PostgreSQL database that orders or folds texts otherwise than SQLite and Python do.

    Lists are paged, and folded texts compared, by the order of the characters' numbers.

    :raises ConfigurationError: it was made for a language, or cannot keep every character.
    """
    as_expected = "'Z' < 'a' AND 'a b' < 'ab' AND 'z' < 'é' AND lower('É') = 'É'"
    encoding = connection.exec_driver_sql("SHOW server_encoding").scalar()
    if encoding != "UTF8" or not connection.exec_driver_sql(f"SELECT {as_expected}").scalar():
        raise ConfigurationError(
            "La base PostgreSQL n’est pas faite pour Plirec : recréez-la, vide, avec "
            "« CREATE DATABASE plirec TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C' »."
        )
