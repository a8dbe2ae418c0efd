"""Measures "Envoyer" to ten groups of 1,000 contacts, against the bare insertion of its rows.

    python benchmarks/handing_over.py [CONTACTS_A_GROUP]

`plirec web` and `plirec worker` run, each a process of its own, on an installation of their own.
The whole POST of the form, three times; each time the very rows that it wrote are inserted into a
copy of the database as it was before, with its indexes and triggers. Best of each. The memory of
both processes is the most that they ever held, the worker carrying notices meanwhile.
"""

import http.cookiejar
import os
import re
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.installation import opened, value
from benchmarks.measuring import PROJECT, TURNS, verdict
from benchmarks.recap_of_groups import GROUPS, every_group, fill
from webapp.extensions import db

LIMIT, ALLOWED = 2, 1.0
TABLES = ("letter", "addressee", "journal_entry", "journal_facts", "sent_form")
CARRYING = 20
"""For how many seconds the worker carries notices before memory is looked at."""


class Taken(NamedTuple):
    """Seconds on the clock, and CPU seconds."""

    clock: float
    cpu: float


class Answer(NamedTuple):
    text: str


class Visitor:
    """A browser that keeps its cookies, with the words of Flask's own."""

    def __init__(self, address: str) -> None:
        self._address = address
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(jar, _Staying)

    def get(self, path: str) -> Answer:
        return self._ask(path, None)

    def post(
        self, path: str, data: Mapping[str, object], headers: Mapping[str, str] | None = None
    ) -> Answer:
        return self._ask(path, urllib.parse.urlencode(data, doseq=True).encode(), headers)

    def _ask(
        self, path: str, body: bytes | None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        asked = urllib.request.Request(self._address + path, body, dict(headers or {}))
        with self._opener.open(asked) as answer:
            return Answer(answer.read().decode())


class _Staying(urllib.request.HTTPRedirectHandler):
    """Takes an answer that leads elsewhere as it is: the page it leads to is not measured."""

    def http_error_302(self, _request: Any, answer: Any, *_: Any) -> Any:
        return answer

    http_error_303 = http_error_302


@contextmanager
def running(directory: Path, word: str, **settings: str) -> Iterator[int]:
    environment = {**os.environ, "PLIREC_DATA": str(directory), **settings}
    command = [sys.executable, "-m", "webapp", word]
    with subprocess.Popen(command, env=environment, cwd=PROJECT) as process:
        try:
            yield process.pid
        finally:
            process.terminate()


def cpu_of(process: int) -> float:
    used = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[11:13]
    return sum(map(int, used)) / os.sysconf("SC_CLK_TCK")


def most_memory(process: int) -> float:
    """Give the most that a process ever held, in MB."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text())
    assert found is not None
    return int(found[1]) * 1024 / 1e6


def one_turn(
    visitor: Visitor, form: Mapping[str, object], web: int, database: Path, before: Path
) -> tuple[Taken, Taken]:
    form = {**form, "key": value(visitor.get("/envoyer").text, "key")}
    page = visitor.post("/envoyer/recapitulatif", form, {"HX-Request": "true"}).text
    body = {**form, "shown": value(page, "shown")}
    last = _copy(database, before)
    clock, cpu = time.perf_counter(), cpu_of(web)
    visitor.post("/envoyer", body)
    posted = Taken(time.perf_counter() - clock, cpu_of(web) - cpu)
    return posted, bare(database, before, last)


def _copy(database: Path, to: Path) -> dict[str, int]:
    """Copy the database as it is, and give the last row of each table that a letter goes into."""
    to.unlink(missing_ok=True)
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(to)) as copy:
        source.backup(copy)
        return {
            table: copy.execute(f"SELECT coalesce(max(rowid), 0) FROM {table}").fetchone()[0]
            for table in TABLES
        }


def bare(database: Path, before: Path, last: Mapping[str, int]) -> Taken:
    """Insert what the letter wrote into the copy from before it."""
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(before)) as copy:
        copy.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
        rows = {
            table: source.execute(f"SELECT * FROM {table} WHERE rowid > ?", (last[table],))
            for table in TABLES
        }
        written = {table: found.fetchall() for table, found in rows.items()}
        clock, cpu = time.perf_counter(), time.process_time()
        for table, values in written.items():
            places = ", ".join("?" * len(values[0]))
            copy.executemany(f"INSERT INTO {table} VALUES ({places})", values)
        copy.commit()
        return Taken(time.perf_counter() - clock, time.process_time() - cpu)


def _port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def main() -> None:
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    with tempfile.TemporaryDirectory() as folder:
        directory = Path(folder) / "var"
        app = opened(directory)
        with app.app_context():
            fill(size)
            db.engine.dispose()
        port = str(_port())
        with running(directory, "web", PLIREC_PORT=port) as web:
            visitor = Visitor(f"http://127.0.0.1:{port}")
            _wait_for(visitor)
            form = every_group(visitor)  # type: ignore[arg-type]
            files = directory / "plirec.sqlite", Path(folder) / "before.sqlite"
            turns = [one_turn(visitor, form, web, *files) for _ in range(TURNS)]
            with running(directory, "worker") as worker:
                time.sleep(CARRYING)
                memory = most_memory(web), most_memory(worker)
    report(GROUPS * size, turns, *memory)


def _wait_for(visitor: Visitor) -> None:
    while True:
        try:
            visitor.get("/connexion")
        except OSError:
            time.sleep(0.2)
        else:
            return


def report(count: int, turns: list[tuple[Taken, Taken]], web: float, worker: float) -> None:
    print(f'"Envoyer" to {count:,} addressees; best of {TURNS}')
    for name, column in (("CPU", 1), ("clock", 0)):
        posted, inserted = (min(taken[column] for taken in way) for way in zip(*turns, strict=True))
        print(f"  {name}: bare executemany {inserted:.2f} s, whole POST {posted:.2f} s")
        print(f"         {verdict(posted / (inserted + ALLOWED), LIMIT)}")
    print(f"  memory: web {web:.0f} MB, worker {worker:.0f} MB")


if __name__ == "__main__":
    main()
