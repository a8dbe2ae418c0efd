"""The ground of every table: base class, moments in UTC, and SQLite's transactions."""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import lru_cache
from itertools import islice
from typing import Any, ClassVar, NamedTuple, TypeAlias, TypeVar

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Dialect,
    Engine,
    MetaData,
    TypeDecorator,
    event,
    insert,
)
from sqlalchemy.engine import Connection
from sqlalchemy.orm import DeclarativeBase, Session, scoped_session

AnySession: TypeAlias = Session | scoped_session[Any]
"""A session of the database: one that a function was given, or the request's own."""

reading_only: ContextVar[bool] = ContextVar("reading_only", default=False)
"""True while a request that may not write is served (GET, HEAD)."""


_INSERTED_AT_ONCE = 5_000
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


def insert_many(
    session: AnySession, entity: type[Base], columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Insert rows of plain values, in the order of `columns`, at little more than SQLite's cost.

    SQLAlchemy's own way prepares each row anew, which for a hundred thousand takes longer than the
    database itself. Columns that are left out get what the table says.
    """
    session.flush()
    connection = session.connection()
    insertion = _insertion(connection.dialect, entity, tuple(columns))
    remaining = iter(rows)
    while portion := [[*row, *insertion.constants] for row in islice(remaining, _INSERTED_AT_ONCE)]:
        for values in portion:
            for place, process in insertion.special:
                values[place] = process(values[place])
        given: list[Any]
        if insertion.order is not None:
            given = [tuple([values[place] for place in insertion.order]) for values in portion]
        else:
            given = [dict(zip(insertion.columns, values, strict=True)) for values in portion]
        connection.exec_driver_sql(insertion.statement, given)


class _Insertion(NamedTuple):
    """How rows of some columns enter a table.

    `constants` follow the values of each row; `special` names the places whose values are turned
    into the database's, and how; `order` is that of the statement's marks, None where they are
    named.
    """

    statement: str
    columns: Sequence[str]
    constants: Sequence[Any]
    special: Sequence[tuple[int, Any]]
    order: Sequence[int] | None


@lru_cache(maxsize=64)
def _insertion(dialect: Dialect, entity: type[Base], given: Sequence[str]) -> _Insertion:
    table = entity.__table__
    compiled = insert(entity).compile(dialect=dialect, column_keys=list(given))
    left_out = [name for name in compiled.params if name not in given]
    columns = [*given, *left_out]
    types = [table.c[name].type.dialect_impl(dialect) for name in columns]
    processors = [type_.bind_processor(dialect) for type_ in types]
    marks = compiled.positiontup or columns
    return _Insertion(
        statement=str(compiled),
        columns=columns,
        constants=[_constant(table.c[name]) for name in left_out],
        special=[(place, process) for place, process in enumerate(processors) if process],
        order=[columns.index(name) for name in marks] if compiled.positional else None,
    )


def _constant(column: ColumnElement[Any]) -> Any:
    """Give what the model says that a column is when nobody says."""
    default = getattr(column, "default", None)
    if default is None or not default.is_scalar:
        raise TypeError(f"{column} is not the same in every row: it has to be given")
    return default.arg


def prepare_sqlite(engine: Engine) -> None:
    """Make SQLite keep what is committed and lose no update.

    SQLite's default upgrades a reading transaction to a writing one, and so loses updates silently;
    a writing request takes the lock first. Reading ones never queue behind a writer.
    """
    if engine.dialect.name != "sqlite":
        return
    event.listen(engine, "connect", _configure_connection)
    event.listen(engine, "begin", _begin)


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
    connection.exec_driver_sql(f"PRAGMA query_only = {'ON' if read_only else 'OFF'}")
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")
