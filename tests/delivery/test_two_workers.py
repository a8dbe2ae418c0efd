from collections import Counter
from datetime import UTC, datetime
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from config import Config
from tests.delivery.conftest import HandOver
from tests.delivery.test_kill import Start, start_worker, states, wait_until
from webapp.delivery.dispatch import BATCH, claim
from webapp.delivery.tasks import seal_due
from webapp.evidence.integrity import verify_chain
from webapp.evidence.journal import letter_chain
from webapp.evidence.models import Proof
from webapp.extensions import db
from webapp.letters.models import Addressee

pytestmark = pytest.mark.slow


@pytest.mark.slow
def test_two_workers_at_once_tell_everybody_and_nobody_twice(
    session: scoped_session[Session], mail_server: Start, hand_over: HandOver, config: Config
) -> None:
    server, settings = mail_server()
    server.pause = 0.01
    emails = [f"membre-{number}@courriel.example" for number in range(100)]
    letter = hand_over(*emails, is_trial=False)
    shared: dict[str, Any] = {**settings, "plirec_lease": 60}
    workers = [start_worker(config.data_directory, shared) for _ in range(2)]
    try:
        wait_until(lambda: states(session, letter)["notified"] == len(emails))
    finally:
        for worker in workers:
            worker.terminate()
        for worker in workers:
            worker.wait(20)
    received = Counter(message["To"] for message in server.messages)
    assert received == Counter(emails)
    assert verify_chain(session, letter_chain(letter.number)) == []


def test_two_workers_that_seal_at_once_share_the_proofs(
    session: scoped_session[Session], hand_over: HandOver, config: Config, app: Flask
) -> None:
    people = 40
    hand_over(*(f"membre-{number}@courriel.example" for number in range(people)))

    def work() -> None:
        with app.app_context():
            seal_due(config)

    workers = [Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert session.scalar(select(func.count()).select_from(Proof)) == people
    files = [path for path in config.files_directory.rglob("*") if path.is_file()]
    assert len(files) < people * 3 / 2, "what both make is stored twice"


@pytest.mark.postgresql
def test_rows_that_another_worker_is_taking_are_passed_over_without_waiting(
    session: scoped_session[Session], hand_over: HandOver, config: Config
) -> None:
    letter = hand_over(*(f"membre-{number}@courriel.example" for number in range(2 * BATCH)))
    everyone = sorted(addressee.id for addressee in letter.addressees)
    session.rollback()
    first = select(Addressee.id).order_by(Addressee.id).limit(BATCH).with_for_update()
    with db.engine.begin() as another_worker:
        taken = list(another_worker.scalars(first))
        assert claim(config, datetime.now(UTC)) == everyone[BATCH:]
    assert claim(config, datetime.now(UTC)) == taken == everyone[:BATCH]
    assert claim(config, datetime.now(UTC)) == []
