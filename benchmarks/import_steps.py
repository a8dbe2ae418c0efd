"""The steps of an import, each for a process of its own that `imports.py` starts and measures.

    python benchmarks/import_steps.py STEP DIRECTORY [WORKBOOK…]

A step prints what `imports.py` reads: seconds, or the number of an import.
"""

import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from flask.testing import FlaskClient
from sqlalchemy import select

from benchmarks.installation import NOW, administrator, opened, sign_in
from webapp.contacts import book
from webapp.contacts.models import Group
from webapp.extensions import db
from webapp.imports import commit, staging
from webapp.imports.checking import ERROR, check_file
from webapp.imports.models import Import, ImportRow
from webapp.sheets.limits import Limits

EDITS = 100
TABLES = ("contact", "membership")


def make(directory: Path) -> None:
    """Make the database, the administrator and an empty group."""
    with opened(directory).app_context():
        book.create_group(db.session, administrator().organisation_id, "Adhérents", NOW)
        db.session.commit()


def _stage(workbook: Path) -> int:
    report = check_file(workbook, Limits())
    group = db.session.scalars(select(Group)).one()
    now = datetime.now(UTC)
    staged = staging.stage(db.session, group, administrator().id, workbook.name, report, now)
    db.session.commit()
    return staged.id


def enter(directory: Path) -> None:
    """Let the ready lines of the one import enter the group; print the seconds of that alone."""
    with opened(directory).app_context():
        import_ = db.session.scalars(select(Import)).one()
        start = time.process_time()
        commit.commit(db.session, import_, datetime.now(UTC))
        db.session.commit()
        print(time.process_time() - start)


def insert_bare(directory: Path) -> None:
    """Insert the very same rows into the same tables with the same indexes; print the seconds."""
    with (
        closing(sqlite3.connect(directory / "plirec.sqlite")) as full,
        closing(sqlite3.connect(directory / "bare.sqlite")) as empty,
    ):
        empty.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
        rows = {table: full.execute(f"SELECT * FROM {table}").fetchall() for table in TABLES}
        for statement in _definitions(full):
            empty.execute(statement)
        empty.commit()
        start = time.process_time()
        for table, values in rows.items():
            places = ", ".join("?" * len(values[0]))
            empty.executemany(f"INSERT INTO {table} VALUES ({places})", values)
        empty.commit()
        print(time.process_time() - start)


def _definitions(database: sqlite3.Connection) -> Iterator[str]:
    for kind in ("table", "index"):
        found = database.execute(
            "SELECT sql FROM sqlite_master WHERE type = ? AND tbl_name IN (?, ?) AND sql <> ''",
            (kind, *TABLES),
        )
        yield from (sql for (sql,) in found)


def edit(directory: Path, *workbooks: Path) -> None:
    """Correct a cell of each import in turn, many times; print the median seconds of each."""
    app = opened(directory)
    with app.app_context():
        places = [_place_to_correct(_stage(workbook)) for workbook in workbooks]
    client = app.test_client()
    token = sign_in(client)
    seconds: list[list[float]] = [[] for _ in places]
    for turn in range(EDITS):
        for place, taken in zip(places, seconds, strict=True):
            taken.append(_post(client, place, token, f"personne-{turn}@courriel.example"))
    print(*map(median, seconds))


def _place_to_correct(number: int) -> str:
    line = db.session.scalars(
        select(ImportRow.number).where(ImportRow.import_id == number, ImportRow.outcome == ERROR)
    ).first()
    assert line is not None
    return f"/imports/{number}/lignes/{line}"


def _post(client: FlaskClient, place: str, token: str, email: str) -> float:
    form = {"csrf_token": token, "email": email}
    start = time.perf_counter()
    answer = client.post(place, data=form, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    return time.perf_counter() - start


STEPS = {"make": make, "enter": enter, "insert_bare": insert_bare, "edit": edit}

if __name__ == "__main__":
    step, *paths = sys.argv[1:]
    STEPS[step](*map(Path, paths))
