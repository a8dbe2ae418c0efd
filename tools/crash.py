"""Kills workers at random moments, a hundred times, and looks who was lost.

    python tools/crash.py [--database postgresql] [--kills 100] [--addressees 300] [--seed N]

Two `plirec worker` on an installation of its own send the notices of three letters through a real
mail server on this machine. Letters are handed over while the killing goes on; after the last kill
the workers are let alone until nothing is due any more, and asked to stop.
"""

import argparse
import os
import random
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask
from sqlalchemy import func, select

from benchmarks.installation import administrator, opened
from tools.crash_findings import Findings, arrivals, look
from webapp import keys
from webapp.evidence import proofs
from webapp.extensions import db
from webapp.letters.models import Addressee
from webapp.letters.steps import State
from webapp.letters.submission import FrozenRecipient, Submission, submit

PROJECT = Path(__file__).resolve().parents[1]
LETTERS = 3
SHORTEST_LIFE = 0.1
"""How many seconds pass between two kills at least; at most, the time that a start takes here."""
PATIENCE = 150
"""After how many seconds without any work it is over; what a crash left is swept up a minute."""


class NotEnded(Exception):
    """The workers were let alone, and something is still due."""


@dataclass(frozen=True)
class Plan:
    """How often is killed, among how many, and from which seed chance is taken.

    :param lease: after how many seconds the rows of a worker that was killed are taken up again.
    :param pause: how many seconds at most the mail server waits, before it writes and after.
    """

    kills: int = 100
    addressees: int = 300
    seed: int = 0
    lease: int = 5
    pause: float = 0.3


class Workers:
    """Two workers on one installation, each of which is started again when it is killed."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._environment = environment
        self._running = [self._start(), self._start()]

    def _start(self) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "webapp", "worker"]
        return subprocess.Popen(command, env=self._environment, cwd=PROJECT)

    def kill(self, which: int) -> float:
        """Kill one where it stands, start another; give the moment."""
        moment = time.time()
        self._running[which].send_signal(signal.SIGKILL)
        self._running[which].wait()
        self._running[which] = self._start()
        return moment

    def stop(self) -> None:
        """Ask both to stop; they leave by themselves."""
        for worker in self._running:
            worker.terminate()
        for worker in self._running:
            worker.wait(60)


def crash(app: Flask, directory: Path, plan: Plan) -> Findings:
    """Carry the plan out on an installation that is open, and say what was found."""
    chance = random.Random(plan.seed)
    kills = []
    with _mail_server(directory / "record", plan) as port, app.app_context():
        _hand_over(app, 0, plan.addressees // LETTERS)
        workers = Workers(_environment(app, plan, port))
        try:
            start = _time_of_a_start(directory / "record")
            for number in range(plan.kills):
                if number in (plan.kills * letter // LETTERS for letter in range(1, LETTERS)):
                    _hand_over(app, number, plan.addressees // LETTERS)
                time.sleep(chance.uniform(SHORTEST_LIFE, start))
                kills.append(workers.kill(chance.randrange(2)))
            _wait_for_the_end()
        finally:
            workers.stop()
        files = app.extensions["plirec"].files_directory
        return look(db.session, arrivals(directory / "record"), kills, files)


def _time_of_a_start(record: Path) -> float:
    """Wait for the first message: a worker that never comes so far is killed for nothing."""
    began = time.monotonic()
    while not arrivals(record):
        time.sleep(0.05)
    return time.monotonic() - began


def _hand_over(app: Flask, number: int, count: int) -> None:
    config, author = app.extensions["plirec"], administrator()
    emails = [f"membre-{number}-{place}@courriel.example" for place in range(count)]
    submission = Submission(
        organisation=author.organisation,
        author=author,
        subject="Convocation",
        message="Rendez-vous le 12 avril.",
        is_trial=False,
        recipients=[FrozenRecipient(email, email, "professional", "", "") for email in emails],
        key=secrets.token_hex(16),
        token_key=keys.secret(config.keys_directory, "recipients"),
        host="courrier.example",
    )
    submit(db.session, submission, datetime.now(UTC))
    db.session.commit()


def _wait_for_the_end() -> None:
    least, since = _left(), time.monotonic()
    while least:
        if time.monotonic() - since > PATIENCE:
            raise NotEnded(f"for {PATIENCE} seconds nothing was done, and {least} are still due")
        time.sleep(1)
        if (left := _left()) < least:
            least, since = left, time.monotonic()


def _left() -> int:
    """Count the notices and the proofs that are still due."""
    db.session.rollback()
    waiting = select(func.count()).where(Addressee.state == State.SUBMITTED)
    left = (db.session.scalar(waiting) or 0) + len(proofs.due(db.session, limit=1_000_000))
    db.session.rollback()
    return left


def _environment(app: Flask, plan: Plan, port: int) -> dict[str, str]:
    config = app.extensions["plirec"]
    return {
        **os.environ,
        "PLIREC_DATA": str(config.data_directory.resolve()),
        "DATABASE_URL": config.database_url,
        "PLIREC_LEASE": str(plan.lease),
        "PUBLIC_URL": "https://courrier.example",
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(port),
        "SMTP_SECURITY": "none",
        "SMTP_TIMEOUT": "2",
        "MAIL_FROM": "avis@courrier.example",
    }


@contextmanager
def _mail_server(record: Path, plan: Plan) -> Iterator[int]:
    record.touch()
    command = [sys.executable, PROJECT / "tools" / "crash_mail.py"]
    words = [record, str(plan.seed), str(plan.pause)]
    with subprocess.Popen([*command, *words], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield int(server.stdout.readline())
        finally:
            server.kill()


@contextmanager
def _database(kind: str) -> Iterator[str]:
    """Give the address of an empty database; none for SQLite, which stands in the directory."""
    address = os.environ.get("DATABASE_URL", "")
    if kind == "sqlite":
        yield ""
    elif address:
        yield address
    else:
        from tests.databases import running_server  # noqa: PLC0415 - only where it is asked for

        with running_server() as server:
            yield server.create("crash")


def main() -> int:
    """Read the plan, carry it out, print what was found; 1 when anything is wrong."""
    words = argparse.ArgumentParser(description="Kill workers at random and look who was lost.")
    words.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    words.add_argument("--kills", type=int, default=Plan.kills)
    words.add_argument("--addressees", type=int, default=Plan.addressees)
    words.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000))
    asked = words.parse_args()
    plan = Plan(asked.kills, asked.addressees, asked.seed)
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as directory, _database(asked.database) as address:
        app = opened(Path(directory) / "var", database_url=address)
        findings = crash(app, Path(directory), plan)
        with app.app_context():
            db.engine.dispose()
    print(
        f"{asked.database}: {plan.kills} kills, 2 workers, lease {plan.lease} s, seed {plan.seed}, "
        f"{time.monotonic() - began:.0f} s: {findings}"
    )
    return 0 if findings.is_good else 1


if __name__ == "__main__":
    sys.exit(main())
