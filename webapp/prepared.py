"""Statements that are compiled once and run by the driver.

SQLAlchemy's own way prepares each row anew, which takes longer than the database itself: for a
hundred thousand rows at a time, and for one row thousands of times.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Dialect, bindparam, insert, update
from sqlalchemy.engine import Connection, CursorResult
from sqlalchemy.engine.interfaces import Compiled

from webapp.database import AnySession, Base

_INSERTED_AT_ONCE = 5_000
_KNOWN = "known_"


def insert_many(
    session: AnySession, entity: type[Base], columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Insert rows of plain values, in the order of `columns`, at little more than SQLite's cost.

    Columns that are left out get what the model says.
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


def insert_one(session: AnySession, entity: type[Base], values: Mapping[str, Any]) -> int:
    """Insert one row of plain values, and give its key; left-out columns are the database's."""
    session.flush()
    connection = session.connection()
    added = _addition(connection.dialect, entity, tuple(values)).run(connection, values)
    identifier: int = added.scalar_one()
    return identifier


def change_one(
    session: AnySession, entity: type[Base], known: Mapping[str, Any], values: Mapping[str, Any]
) -> bool:
    """Change the row that has these known values; False where it has them no longer."""
    session.flush()
    connection = session.connection()
    change = _change(connection.dialect, entity, tuple(known), tuple(values))
    named = {f"{_KNOWN}{name}": value for name, value in known.items()}
    return change.run(connection, {**named, **values}).rowcount == 1


class _Prepared:
    """A statement in the driver's words, and how each value is turned into the database's."""

    def __init__(self, compiled: Compiled, dialect: Dialect) -> None:
        binds: Any = compiled
        self._text = str(compiled)
        self._order: Sequence[str] | None = binds.positiontup if binds.positional else None
        types = {name: bind.type.dialect_impl(dialect) for name, bind in binds.binds.items()}
        found = {name: kind.bind_processor(dialect) for name, kind in types.items()}
        self._special = {name: process for name, process in found.items() if process}

    def run(self, connection: Connection, values: Mapping[str, Any]) -> CursorResult[Any]:
        given = dict(values)
        for name, process in self._special.items():
            given[name] = process(given[name])
        if self._order is None:
            return connection.exec_driver_sql(self._text, given)
        return connection.exec_driver_sql(self._text, tuple([given[name] for name in self._order]))


@lru_cache(maxsize=64)
def _addition(dialect: Dialect, entity: type[Base], given: Sequence[str]) -> _Prepared:
    table: Any = entity.__table__
    addition = insert(table).returning(table.primary_key.columns[0])
    return _Prepared(addition.compile(dialect=dialect, column_keys=list(given)), dialect)


@lru_cache(maxsize=64)
def _change(
    dialect: Dialect, entity: type[Base], known: Sequence[str], given: Sequence[str]
) -> _Prepared:
    table: Any = entity.__table__
    is_as_known = [
        table.c[name] == bindparam(f"{_KNOWN}{name}", type_=table.c[name].type) for name in known
    ]
    change = update(table).where(*is_as_known)
    return _Prepared(change.compile(dialect=dialect, column_keys=list(given)), dialect)
