"""Triggers that rooms put on their tables, in the words of each database.

Alembic's batch mode loses triggers silently, and whoever holds a database can take one away:
`missing` finds both.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, text

_PRESENT_ON_SQLITE = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
_PRESENT_ON_POSTGRESQL = """
    SELECT tgname, pg_get_triggerdef(pg_trigger.oid, true) FROM pg_trigger
    JOIN pg_class ON pg_class.oid = tgrelid
    WHERE NOT tgisinternal AND tgenabled = 'A' AND pg_table_is_visible(pg_class.oid)
    UNION ALL
    SELECT proname, prosrc FROM pg_proc WHERE pg_function_is_visible(oid)"""


@dataclass(frozen=True)
class Triggers:
    """The triggers of one room, by name, each a whole statement.

    :param sqlite: CREATE TRIGGER, as SQLite keeps it.
    :param postgresql: CREATE TRIGGER in the very form in which PostgreSQL gives it back
        (`pg_get_triggerdef`, pretty).
    :param functions: the bodies, in plpgsql, of the functions that those call.
    """

    sqlite: Mapping[str, str]
    postgresql: Mapping[str, str]
    functions: Mapping[str, str]

    def create(self, connection: Connection) -> None:
        """Put every trigger on a database that has none of them."""
        for statement in self._statements(connection):
            connection.execute(text(statement))

    def drop(self, connection: Connection) -> None:
        """Take them away, so that a migration may rebuild a table; it must put them back."""
        if connection.dialect.name == "sqlite":
            for name in self.sqlite:
                connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")
            return
        for name in self.functions:
            connection.exec_driver_sql(f"DROP FUNCTION IF EXISTS {name} CASCADE")

    def missing(self, connection: Connection) -> set[str]:
        """Name those that this database lacks, has switched off, or has with another text."""
        on_sqlite = connection.dialect.name == "sqlite"
        question = _PRESENT_ON_SQLITE if on_sqlite else _PRESENT_ON_POSTGRESQL
        wanted = self.sqlite if on_sqlite else {**self.postgresql, **self.functions}
        present = {name: body.split() for name, body in connection.execute(text(question))}
        return {name for name, body in wanted.items() if present.get(name) != body.split()}

    def _statements(self, connection: Connection) -> list[str]:
        if connection.dialect.name == "sqlite":
            return list(self.sqlite.values())
        functions = [
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $${body}$$"
            for name, body in self.functions.items()
        ]
        # ALWAYS: a session that says it only repeats another server's changes is held up too.
        always = [
            f"ALTER TABLE {_table(body)} ENABLE ALWAYS TRIGGER {name}"
            for name, body in self.postgresql.items()
        ]
        return [*functions, *self.postgresql.values(), *always]


def _table(statement: str) -> str:
    words = statement.split()
    return words[words.index("ON") + 1]
