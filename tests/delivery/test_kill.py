import signal
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session, scoped_session

from tests.delivery.conftest import HandOver, MailServer
from tests.delivery.workers import LEASE, start_worker, states, wait_until
from webapp.evidence.integrity import verify_chain
from webapp.evidence.journal import letter_chain

pytestmark = pytest.mark.slow
Start = Callable[..., tuple[MailServer, dict[str, Any]]]


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
