"""Measures notices a second: the worker on SQLite, against a bare smtplib loop.

    python benchmarks/notices.py [NOTICES]

A real mail server (aiosmtpd) in a process of its own takes both, on one kept connection, by turns,
on the clock; the turn whose ratio is the median of seven. The bare loop hands over the very
messages that the worker writes, made beforehand; the worker claims, writes each, hands it over, and
commits its state and its event.
"""

import multiprocessing
import smtplib
import socket
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import SMTP
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink
from flask_babel import force_locale
from sqlalchemy import func, select

from benchmarks.installation import administrator, opened
from config import Config
from webapp import keys
from webapp.delivery import notice
from webapp.delivery.dispatch import carry_due
from webapp.extensions import db
from webapp.letters.models import Addressee, Letter
from webapp.letters.submission import FrozenRecipient, Submission, submit
from webapp.web.settings import current

TURNS = 7
LIMIT = 0.7
HOST = "courrier.example"


def serve(port: int, ready: "multiprocessing.synchronize.Event") -> None:
    Controller(Sink(), hostname="127.0.0.1", port=port).start()
    ready.set()
    time.sleep(3600)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def letter_to(number: int, turn: int) -> Letter:
    odile = administrator()
    emails = [f"membre-{turn}-{person}@courriel.example" for person in range(number)]
    submission = Submission(
        organisation=odile.organisation,
        author=odile,
        subject="Convocation",
        message="Bonjour.",
        is_trial=False,
        recipients=[FrozenRecipient(mail, mail, "professional", "", "") for mail in emails],
        key=f"clef-{turn}",
        token_key=keys.secret(current().keys_directory, "recipients"),
        host=HOST,
    )
    letter = submit(db.session, submission, datetime.now(UTC))
    db.session.commit()
    return letter


def bare(config: Config, letter: Letter) -> float:
    """Give the seconds in which smtplib alone hands the letter's notices over."""
    key = keys.secret(config.keys_directory, "recipients")
    service = notice.Service(config.mail_from, config.public_url, key)
    now = datetime.now(UTC)
    with force_locale("fr"):
        messages = [
            message_from_bytes(notice.compose(service, addressee, now).as_bytes(), policy=SMTP)
            for addressee in letter.addressees
        ]
    db.session.rollback()
    start = time.perf_counter()
    with smtplib.SMTP(config.smtp_host, config.smtp_port) as connection:
        for message in messages:
            connection.send_message(message)
    return time.perf_counter() - start


def carried(config: Config, number: int) -> float:
    """Give the seconds in which the worker carries as many."""
    start = time.perf_counter()
    assert carry_due(config) == number
    return time.perf_counter() - start


def measure(config: Config, number: int) -> tuple[float, float]:
    """Give the seconds of both in the turn that is neither of the best nor of the worst."""
    turns = []
    for turn in range(TURNS):
        letter = letter_to(number, turn)
        turns.append((bare(config, letter), carried(config, number)))
    notified = select(func.count()).where(Addressee.state == "notified")
    assert db.session.scalar(notified) == TURNS * number
    return sorted(turns, key=lambda turn: turn[0] / turn[1])[TURNS // 2]


def main() -> None:
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    port, ready = free_port(), multiprocessing.Event()
    server = multiprocessing.Process(target=serve, args=(port, ready), daemon=True)
    server.start()
    ready.wait()
    with tempfile.TemporaryDirectory() as directory:
        app = opened(Path(directory))
        config = replace(
            app.extensions["plirec"],
            smtp_host="127.0.0.1",
            smtp_port=port,
            smtp_security="none",
            mail_from=f"avis@{HOST}",
            public_url=f"https://{HOST}",
        )
        with app.app_context():
            alone, ours = measure(config, number)
    server.terminate()
    ratio = alone / ours
    held = "held" if ratio >= LIMIT else "MISSED"
    print(f"bare smtplib loop  {number / alone:7.0f} notices a second")
    print(f"plirec worker      {number / ours:7.0f} notices a second")
    print(f"ratio              {ratio:7.2f} ×  (at least {LIMIT:g} ×: {held})")


if __name__ == "__main__":
    main()
