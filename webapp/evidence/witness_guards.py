"""The database's own guard over roots, leaves and stamps: none is changed, deleted or replaced.

A migration copies the statements as they stand, so that it stays what it was when they change here.
"""

from collections.abc import Mapping

from webapp.triggers import Triggers

_KEPT = {
    "daily_root": "a root is",
    "root_leaf": "a leaf is",
    "root_stamp": "a stamp is",
}
# What another row would be replaced by: REPLACE deletes the old one without asking the triggers.
_SAME = {
    "daily_root": "number = NEW.number OR day = NEW.day",
    "root_leaf": "number = NEW.number AND chain = NEW.chain",
    "root_stamp": "number = NEW.number",
}
_ON_SQLITE = {"UPDATE": ("no_update", "never changed"), "DELETE": ("no_delete", "never deleted")}
_ON_POSTGRESQL = {**_ON_SQLITE, "TRUNCATE": ("no_truncate", "never deleted")}


def _sqlite_refusal(table: str, act: str) -> tuple[str, str]:
    name, refused = _ON_SQLITE[act]
    return f"{table}_{name}", (
        f"CREATE TRIGGER {table}_{name} BEFORE {act} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table}: {_KEPT[table]} {refused}'); END"
    )


def _no_replace(table: str) -> tuple[str, str]:
    return f"{table}_no_replace", (
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
        f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {_SAME[table]}) "
        f"BEGIN SELECT RAISE(ABORT, '{table}: {_KEPT[table]} never replaced'); END"
    )


def _postgresql_refusal(table: str, act: str) -> tuple[str, str]:
    name, refused = _ON_POSTGRESQL[act]
    each = "STATEMENT" if act == "TRUNCATE" else "ROW"
    return f"{table}_{name}", (
        f"CREATE TRIGGER {table}_{name} BEFORE {act} ON {table} FOR EACH {each} "
        f"EXECUTE FUNCTION witness_refusal('{table}: {_KEPT[table]} {refused}')"
    )


_SQLITE: Mapping[str, str] = {
    **dict(_no_replace(table) for table in _KEPT),
    **dict(_sqlite_refusal(table, act) for table in _KEPT for act in _ON_SQLITE),
}
_POSTGRESQL: Mapping[str, str] = dict(
    _postgresql_refusal(table, act) for table in _KEPT for act in _ON_POSTGRESQL
)
_FUNCTIONS: Mapping[str, str] = {
    "witness_refusal": """
        BEGIN RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'restrict_violation'; END""",
}

GUARDS = Triggers(sqlite=_SQLITE, postgresql=_POSTGRESQL, functions=_FUNCTIONS)
