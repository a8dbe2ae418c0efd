import json
import os
import socket
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session, scoped_session

from config import Config
from tests.browser.installation import PLIREC
from tests.conftest import Browser
from webapp import keys
from webapp.accounts.models import User
from webapp.delivery import sightings
from webapp.delivery.models import WorkerSighting
from webapp.delivery.tasks import do_all_due
from webapp.desk.status import gather
from webapp.extensions import db
from webapp.letters.models import Addressee, Letter
from webapp.letters.submission import FrozenRecipient, Submission, submit


def now() -> datetime:
    return datetime.now(UTC)


def sent_letter(
    session: scoped_session[Session], config: Config, author: User, count: int
) -> Letter:
    people = [
        FrozenRecipient(f"Nom {number}", f"m{number}@courriel.example", "professional", "", "")
        for number in range(count)
    ]
    submission = Submission(
        organisation=author.organisation,
        author=author,
        subject="Convocation",
        message="Bonjour.",
        is_trial=True,
        recipients=people,
        key=f"clef-{count}",
        token_key=keys.secret(config.keys_directory, "recipients"),
        host="courrier.example",
    )
    letter = submit(session, submission, now())
    session.commit()
    return letter


def test_live_answers_anybody_and_looks_at_nothing(client: FlaskClient) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"state": "live"})
    assert answer.headers["Cache-Control"] == "no-store"


def test_ready_says_503_until_a_worker_was_seen(
    session: scoped_session[Session], client: FlaskClient
) -> None:
    before = client.get("/healthz/pret")
    assert before.status_code == 503
    assert before.json == {
        "state": "not ready",
        "checks": {"database": True, "migration": True, "files": True, "worker": False},
    }
    sightings.note(session, now())
    sightings.note(session, now())
    after = client.get("/healthz/pret")
    assert (after.status_code, after.headers["Cache-Control"]) == (200, "no-store")
    session.get_one(WorkerSighting, socket.gethostname()).seen_at = now() - timedelta(hours=1)
    session.commit()
    assert client.get("/healthz/pret").status_code == 503


@pytest.mark.sqlite
def test_ready_says_503_where_the_database_is_of_another_version_or_gone(
    session: scoped_session[Session], client: FlaskClient, config: Config
) -> None:
    sightings.note(session, now())
    session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    session.commit()
    answer = client.get("/healthz/pret")
    assert answer.status_code == 503
    assert answer.json is not None
    assert answer.json["checks"]["migration"] is False
    session.remove()
    db.engine.dispose()
    (config.data_directory / "plirec.sqlite").unlink()
    gone = client.get("/healthz/pret")
    assert gone.status_code == 503
    assert gone.json is not None
    assert gone.json["checks"]["database"] is False


def test_the_state_counts_what_waits_and_what_left(
    session: scoped_session[Session], administrator: User, config: Config
) -> None:
    sent_letter(session, config, administrator, 3)
    waiting = gather(session, config, now())
    assert (waiting.due, waiting.proofs_due, waiting.sent_last_hour) == (3, 3, 0)
    session.rollback()
    do_all_due()
    sightings.note(session, now())
    after = gather(session, config, now())
    assert (after.due, after.proofs_due) == (0, 0)
    assert (after.sent_last_hour, after.sent_last_day) == (3, 3)
    assert after.problems == []
    tomorrow = gather(session, config, now() + timedelta(hours=2))
    assert (tomorrow.sent_last_hour, tomorrow.sent_last_day) == (0, 3)


def test_what_waits_too_long_is_named_with_what_to_do(
    session: scoped_session[Session], administrator: User, config: Config, browser: Browser
) -> None:
    letter = sent_letter(session, config, administrator, 2)
    for addressee in letter.addressees:
        addressee.due_at = now() - timedelta(hours=1)
    letter.addressees[0].leased_until = now() - timedelta(minutes=1)
    letter.addressees[1].attempts = 1
    session.commit()
    found = gather(session, config, now())
    assert (found.leases_expired, found.retrying) == (1, 1)
    assert found.problems == ["worker", "due"]
    session.rollback()
    page = browser.get("/organisation/etat")
    assert page.status_code == 200
    assert "Rien ne part" in page.text
    assert "la messagerie ne prend pas les avis" in page.text


def test_what_somebody_paused_is_told_and_is_no_trouble(
    session: scoped_session[Session], administrator: User, config: Config
) -> None:
    letter = sent_letter(session, config, administrator, 2)
    for addressee in letter.addressees:
        addressee.due_at = now() - timedelta(hours=1)
    letter.paused_at = now()
    session.commit()
    sightings.note(session, now())
    found = gather(session, config, now())
    assert (found.due, found.oldest_due, found.paused) == (0, None, 2)
    assert found.problems == []


def test_a_pause_of_everything_is_told_before_anything_is_due(
    session: scoped_session[Session], browser: Browser
) -> None:
    sightings.note(session, now())
    session.commit()
    browser.post("/organisation/messagerie/pause")
    page = browser.get("/organisation/etat").text
    assert "tous les avis, depuis le" in page
    assert "« Laisser repartir les avis », sur la page Messagerie" in page
    assert "Tout est en ordre" in page, "somebody wanted it"


def test_a_large_letter_costs_no_question_more(
    session: scoped_session[Session], administrator: User, config: Config
) -> None:
    asked = 0

    def count(*_: object) -> None:
        nonlocal asked
        asked += 1

    def questions() -> int:
        nonlocal asked
        asked = 0
        gather(session, config, now())
        session.rollback()
        return asked

    event.listen(db.engine, "before_cursor_execute", count)
    few = questions()
    sent_letter(session, config, administrator, 400)
    assert questions() == few
    event.remove(db.engine, "before_cursor_execute", count)


def test_the_state_is_for_administrators(
    sign_in: Callable[[User], Browser], managed: User, administrator: User
) -> None:
    assert sign_in(managed).get("/organisation/etat").status_code == 403
    browser = sign_in(administrator)
    assert "/organisation/etat" in browser.get("/organisation").text
    assert "Tout n’est pas en ordre" in browser.get("/organisation/etat").text


def test_the_state_of_an_installation_that_is_shared_is_for_those_who_opened_it(
    sign_in: Callable[[User], Browser], stranger: User
) -> None:
    theirs = sign_in(stranger)
    answer = theirs.get("/organisation/etat")
    assert answer.status_code == 403
    assert "les administrateurs de la première" in answer.text
    assert "/organisation/etat" not in theirs.get("/organisation").text


def plirec(directory: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "PLIREC_DATA": str(directory)}
    return subprocess.run(
        [*PLIREC, *words], env=environment, capture_output=True, text=True, check=False, timeout=120
    )


@pytest.mark.slow
def test_a_worker_that_cron_starts_does_all_that_is_due_and_ends(
    session: scoped_session[Session], administrator: User, config: Config
) -> None:
    letter = sent_letter(session, config, administrator, 3)
    before = plirec(config.data_directory, "status", "--json")
    assert before.returncode == 1
    assert json.loads(before.stdout)["problems"] == ["worker"]
    once = plirec(config.data_directory, "worker", "--once")
    assert (once.returncode, once.stderr) == (0, "")
    after = plirec(config.data_directory, "status", "--json")
    told = json.loads(after.stdout)
    assert (after.returncode, told["well"]) == (0, True)
    assert (told["due"], told["proofs_due"], told["sent_last_hour"]) == (0, 0, 3)
    session.expire_all()
    assert {addressee.state for addressee in letter.addressees} == {"notified"}
    words = plirec(config.data_directory, "status")
    assert "Avis partis dans l’heure\u00a0: 3" in words.stdout


@pytest.mark.slow
def test_two_at_once_do_no_harm_and_what_cannot_be_done_is_told(
    session: scoped_session[Session], administrator: User, config: Config
) -> None:
    letter = sent_letter(session, config, administrator, 30)
    environment = {**os.environ, "PLIREC_DATA": str(config.data_directory)}
    both = [subprocess.Popen([*PLIREC, "worker", "--once"], env=environment) for _ in range(2)]
    assert [one.wait(120) for one in both] == [0, 0]
    session.expire_all()
    assert {addressee.state for addressee in letter.addressees} == {"notified"}
    letter.is_trial = False
    first = session.query(Addressee).order_by(Addressee.id).first()
    assert first is not None
    first.state, first.due_at = "submitted", now()
    session.commit()
    assert plirec(config.data_directory, "worker", "--once").returncode == 1, (
        "no mail server is set"
    )
