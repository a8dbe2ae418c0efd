import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session, scoped_session

from tests.delivery.conftest import HandOver, MailServer
from webapp.evidence.integrity import verify_chain
from webapp.evidence.journal import letter_chain
from webapp.letters.models import Letter

pytestmark = pytest.mark.slow
Start = Callable[..., tuple[MailServer, dict[str, Any]]]
LEASE = 3


def start_worker(directory: Path, settings: dict[str, Any]) -> "subprocess.Popen[bytes]":
    environment = {
        **os.environ,
        "PLIREC_DATA": str(directory),
        "PLIREC_LEASE": str(LEASE),
        "PUBLIC_URL": settings["public_url"],
        **{name.upper(): str(value) for name, value in settings.items() if value},
    }
    return subprocess.Popen([sys.executable, "-m", "webapp", "worker"], env=environment)


def wait_until(reached: Callable[[], bool]) -> None:
    for _ in range(600):
        if reached():
            return
        time.sleep(0.05)
    raise AssertionError("it never came to that")


def states(session: scoped_session[Session], letter: Letter) -> Counter[str]:
    session.rollback()
    session.expire_all()
    counts = Counter(addressee.state for addressee in letter.addressees)
    session.rollback()
    return counts


def test_a_worker_killed_twice_in_the_middle_of_sixty_notices_loses_nobody(
    session: scoped_session[Session], mail_server: Start, hand_over: HandOver, config: Any
) -> None:
    server, settings = mail_server()
    server.pause = 0.02
    emails = [f"membre-{number}@courriel.example" for number in range(60)]
    letter = hand_over(*emails, is_trial=False)
    kills = 0
    for reached in (15, 35):
        worker = start_worker(config.data_directory, settings)
        wait_until(lambda reached=reached: len(server.messages) >= reached)  # type: ignore[misc]
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        kills += 1
        assert states(session, letter)["submitted"] > 0, "it was killed in the middle"
        time.sleep(LEASE + 0.2)
    worker = start_worker(config.data_directory, settings)
    try:
        wait_until(lambda: states(session, letter)["notified"] == 60)
    finally:
        worker.terminate()
        worker.wait(20)
    received = Counter(message["To"] for message in server.messages)
    assert set(received) == set(emails), "nobody is forgotten"
    assert received.total() - len(received) <= kills, "at most the one in flight comes twice"
    copies = Counter(message["Message-ID"] for message in server.messages)
    assert len(copies) == 60, "and it has the same Message-ID"
    assert verify_chain(session, letter_chain(letter.number)) == []
