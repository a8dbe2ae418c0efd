"""Measures two workers on PostgreSQL against one, with a mail server that takes 20 ms a message.

    python benchmarks/two_workers.py [NOTICES]

A real PostgreSQL server (the one of the tests, which waits for no disk), a real mail server in a
process of its own, and `plirec worker --once` processes that start together; seconds on the clock
from the first notice of a letter that is recorded to its last, the best of three.
"""

import asyncio
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from flask import Flask
from sqlalchemy import Select, func, select

from benchmarks.installation import opened
from benchmarks.measuring import PROJECT, TURNS
from benchmarks.notices import HOST, free_port, letter_to
from tests.databases import running_server
from webapp.extensions import db
from webapp.letters.models import Addressee
from webapp.letters.steps import State

LIMIT = 1.6
SECONDS_A_MESSAGE = 0.020


class SlowSink:
    async def handle_DATA(  # noqa: N802 - the server's own name for it
        self, _server: SMTP, _session: Session, _envelope: Envelope
    ) -> str:
        await asyncio.sleep(SECONDS_A_MESSAGE)
        return "250 kept"


def serve(port: int, ready: "multiprocessing.synchronize.Event") -> None:
    Controller(SlowSink(), hostname="127.0.0.1", port=port).start()
    ready.set()
    time.sleep(3600)


@contextmanager
def workers(app: Flask, port: int, number: int) -> Iterator[None]:
    config = app.extensions["plirec"]
    environment = {
        **os.environ,
        "PLIREC_DATA": str(config.data_directory.resolve()),
        "DATABASE_URL": config.database_url,
        "PUBLIC_URL": f"https://{HOST}",
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(port),
        "SMTP_SECURITY": "none",
        "MAIL_FROM": f"avis@{HOST}",
    }
    command = [sys.executable, "-m", "webapp", "worker", "--once"]
    running = [subprocess.Popen(command, env=environment, cwd=PROJECT) for _ in range(number)]
    try:
        yield
    finally:
        for worker in running:
            worker.terminate()
        for worker in running:
            worker.wait(60)


def seconds(app: Flask, port: int, number: int, notices: int, turn: int) -> float:
    """Give the seconds from the first notice that is recorded to the last."""
    letter = letter_to(notices, turn)
    waiting = select(func.count()).where(
        Addressee.letter_id == letter.id, Addressee.state == State.SUBMITTED
    )
    with workers(app, port, number):
        _wait(waiting, notices - 1)
        start = time.perf_counter()
        _wait(waiting, 0)
        return time.perf_counter() - start


def _wait(waiting: Select[int], until: int) -> None:
    while (db.session.scalar(waiting) or 0) > until:
        db.session.rollback()
        time.sleep(0.05)
    db.session.rollback()


def main() -> None:
    notices = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    port, ready = free_port(), multiprocessing.Event()
    server = multiprocessing.Process(target=serve, args=(port, ready), daemon=True)
    server.start()
    ready.wait()
    with tempfile.TemporaryDirectory() as directory, running_server() as database:
        app = opened(Path(directory), database_url=database.create("bench"))
        with app.app_context():
            found = {
                number: min(
                    seconds(app, port, number, notices, 2 * turn + number) for turn in range(TURNS)
                )
                for number in (1, 2)
            }
            db.engine.dispose()
    server.terminate()
    ratio = found[1] / found[2]
    held = "held" if ratio >= LIMIT else "MISSED"
    for number, taken in found.items():
        who = "one worker" if number == 1 else "two workers"
        print(f"{who:11} on PostgreSQL  {notices / taken:6.0f} notices a second")
    print(f"ratio                      {ratio:6.2f} ×  (at least {LIMIT:g} ×: {held})")


if __name__ == "__main__":
    main()
