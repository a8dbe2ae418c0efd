"""Measures the check of a journal of 10,000 events against the bare hashing of the same rows.

    python benchmarks/journal.py [EVENTS]

Letters to 400 addressees each, the events written as they are when letters go their way; CPU time
of this process, the median of five turns, taken in turns.
"""

import hashlib
import json
import sqlite3
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import process_time

from benchmarks.installation import NOW, opened
from webapp.evidence.export import exported_chain
from webapp.evidence.exported_entries import whole_beginning
from webapp.evidence.integrity import verify_all
from webapp.evidence.journal import Event, append, letter_chain
from webapp.evidence.kinds import EventKind
from webapp.extensions import db

TURNS = 5
ADDRESSEES = 400
HASHED = "chain, sequence, kind, subject, previous_hash, facts_hash"


def fill(count: int) -> str:
    """Write so many events; give the name of the first chain."""
    written, number = 0, 0
    while written < count:
        chain = letter_chain(f"BENCH-{number}")
        size = min(ADDRESSEES, count - written)
        events = [
            Event(
                EventKind.NOTIFICATION_FOR_ACCEPTANCE,
                f"addressee:{number}-{place}",
                {
                    "email": f"louise.blanc.{place}@exemple.example",
                    "message_id": f"<{number}.{place}@courrier.example>",
                    "server": "250 2.0.0 Ok: queued as 4Wm1",
                    "expires_at": "2026-03-17T23:00:00+00:00",
                },
            )
            for place in range(size)
        ]
        append(db.session, chain, events, NOW)
        written, number = written + size, number + 1
    db.session.commit()
    return letter_chain("BENCH-0")


def bare(database: Path) -> Callable[[], None]:
    """Read the rows by sqlite3 and hash what stands in them, without any check of links."""

    def work() -> None:
        with sqlite3.connect(database) as connection:
            rows = connection.execute(
                f"SELECT {HASHED}, occurred_at, salt, content FROM journal_entry"
                " JOIN journal_facts ON entry_id = id ORDER BY chain, sequence"
            )
            names = (*HASHED.split(", "), "occurred_at")
            for *hashed, salt, content in rows:
                text = json.dumps(
                    dict(zip(names, hashed, strict=True)), sort_keys=True, ensure_ascii=False
                )
                hashlib.sha256(text.encode()).hexdigest()
                hashlib.sha256(bytes.fromhex(salt) + content.encode()).hexdigest()
        connection.close()

    return work


def check() -> None:
    assert verify_all(db.session) == []
    db.session.rollback()


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as folder, opened(Path(folder)).app_context():
        chain = fill(count)
        given = json.loads("".join(exported_chain(db.session, chain)))["entries"]
        ways = {
            "bare": bare(Path(folder) / "plirec.sqlite"),
            "journal": check,
            "given out": lambda: list(whole_beginning(given, chain, "")),
        }
        taken: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(TURNS):
            for name, work in ways.items():
                begun = process_time()
                work()
                taken[name].append(process_time() - begun)
    seconds = {name: median(several) for name, several in taken.items()}
    print(f"check of a journal of {count} events: {seconds['journal']:.2f} s of CPU, ", end="")
    print(f"{count / seconds['journal']:,.0f} events a second, ", end="")
    print(f"{seconds['journal'] / seconds['bare']:.1f} times the bare hashing of its rows")
    each = seconds["given out"] / len(given)
    print(f"check of entries that were given out: {1 / each:,.0f} a second")


if __name__ == "__main__":
    main()
