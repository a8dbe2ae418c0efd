import os
import signal
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session, scoped_session

from config import Config
from tests.delivery.conftest import HandOver, MailServer
from tests.delivery.workers import start, start_worker, states, wait_until
from webapp.letters.models import Letter

pytestmark = pytest.mark.slow
Start = Callable[..., tuple[MailServer, dict[str, Any]]]
LONG = 600
"""A lease that no test waits for: what is not given back stays with whoever took it."""


def leased(session: scoped_session[Session], letter: Letter) -> int:
    session.rollback()
    session.expire_all()
    return sum(addressee.leased_until is not None for addressee in letter.addressees)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_that_is_asked_to_stop_finishes_its_message_and_gives_back_the_others(
    session: scoped_session[Session],
    mail_server: Start,
    hand_over: HandOver,
    config: Config,
    number: signal.Signals,
) -> None:
    server, settings = mail_server()
    server.pause = 0.05
    emails = [f"membre-{number}@courriel.example" for number in range(60)]
    letter = hand_over(*emails, is_trial=False)
    worker = start_worker(config.data_directory, settings, lease=LONG)
    wait_until(lambda: len(server.messages) >= 25)
    worker.send_signal(number)
    assert worker.wait(20) == 0
    counts = states(session, letter)
    assert counts["submitted"] > 0, "it did not go on to the end"
    assert counts["notified"] == len(server.messages), "what it sent, it wrote down"
    assert leased(session, letter) == 0
    after = start_worker(config.data_directory, settings, lease=LONG)
    wait_until(lambda: states(session, letter)["notified"] == 60)
    after.send_signal(number)
    assert after.wait(20) == 0
    assert Counter(message["To"] for message in server.messages) == Counter(emails)


@pytest.mark.parametrize("is_typed", [False, True])
def test_serve_passes_it_on_and_waits_whether_a_service_manager_or_ctrl_c_asks(
    session: scoped_session[Session],
    mail_server: Start,
    hand_over: HandOver,
    config: Config,
    is_typed: bool,
) -> None:
    server, settings = mail_server()
    server.pause = 0.05
    letter = hand_over(
        *(f"membre-{number}@courriel.example" for number in range(60)), is_trial=False
    )
    serve = start(config.data_directory, settings, "serve", lease=LONG)
    wait_until(lambda: len(server.messages) >= 10)
    if is_typed:
        os.killpg(serve.pid, signal.SIGINT)
    else:
        serve.send_signal(signal.SIGTERM)
    assert serve.wait(20) == 0
    with pytest.raises(ProcessLookupError):
        os.killpg(serve.pid, 0)
    sent = len(server.messages)
    assert states(session, letter) == {"notified": sent, "submitted": 60 - sent}
    assert leased(session, letter) == 0
