"""The public page: anybody has a file checked, without an account and without JavaScript."""

import time
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from tests.verification.archives import PDF, files_of, flipped, named, zipped
from tests.verification.kept_letter import KeptLetter, kept_letter
from webapp.accounts.models import AttemptCount
from webapp.evidence.models import JournalEntry
from webapp.evidence.seen import Seen
from webapp.extensions import db
from webapp.verification import checking
from webapp.web.settings import current

pytestmark = pytest.mark.slow


@pytest.fixture
def client(kept: KeptLetter) -> FlaskClient:
    """Somebody without an account; what was counted of the checks before him is forgotten."""
    with kept.app.app_context():
        db.session.query(AttemptCount).delete()
        db.session.commit()
    return kept.app.test_client()


def shown(
    client: FlaskClient, content: bytes, name: str = "preuve.pdf", **headers: str
) -> TestResponse:
    """Send a file as a browser does; what the test's own client would write is never closed."""
    head = f'--x\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    body = head.encode() + content + b"\r\n--x--\r\n"
    return client.post(
        "/verifier",
        input_stream=BytesIO(body),
        content_length=len(body),
        content_type="multipart/form-data; boundary=x",
        headers=headers,
    )


def test_the_page_is_for_everybody_and_says_that_it_keeps_nothing(client: FlaskClient) -> None:
    answer = client.get("/verifier")
    assert answer.status_code == 200
    assert "Le fichier n’est pas gardé" in answer.text
    assert "Lavoir" not in answer.text
    assert "<script" not in answer.text
    assert 'href="/verifier"' in client.get("/connexion").text


def test_a_genuine_proof_is_told_with_each_step(client: FlaskClient, kept: KeptLetter) -> None:
    files = files_of(kept.archive)
    answer = shown(client, files[named(files, PDF)])
    assert answer.status_code == 200
    assert "Cette preuve est authentique." in answer.text
    assert answer.text.count("Oui.") == 7
    assert "Il prouve ce qui y est écrit" in answer.text


def test_an_altered_proof_is_told_from_an_unknown_one(
    client: FlaskClient, kept: KeptLetter
) -> None:
    files = files_of(kept.archive)
    altered = shown(client, files[named(files, PDF)] + b"\n% de plus")
    assert "a été modifiée après avoir été scellée" in altered.text
    unknown = shown(client, b"%PDF-1.7 rien", "<b>.pdf")
    assert "pas une preuve connue de cette installation" in unknown.text
    assert "&lt;b&gt;.pdf" in unknown.text


def test_an_archive_is_checked_as_a_whole_and_the_altered_file_is_named(
    client: FlaskClient, kept: KeptLetter
) -> None:
    assert "Cette archive est authentique." in shown(client, kept.archive, "p.zip").text
    files = files_of(kept.archive)
    path = named(files, PDF)
    altered = shown(client, zipped({**files, path: flipped(files[path], 3000)}), "p.zip")
    assert "Cette archive a été modifiée" in altered.text
    assert f"<code>{path}</code>" in altered.text


def test_english_speakers_are_answered_in_english(client: FlaskClient, kept: KeptLetter) -> None:
    answer = shown(client, kept.archive, "p.zip", **{"Accept-Language": "en"})
    assert "This archive is genuine." in answer.text


def test_nothing_of_the_file_is_kept(client: FlaskClient, kept: KeptLetter) -> None:
    def everything() -> tuple[set[Path], int]:
        with kept.app.app_context():
            count = db.session.scalar(select(func.count()).select_from(JournalEntry))
            db.session.rollback()
            return set(current().files_directory.rglob("*")), count or 0

    before = everything()
    shown(client, kept.archive, "p.zip")
    shown(client, b"quelque chose", "p.txt")
    assert everything() == before


def test_no_file_is_answered_with_what_to_do(client: FlaskClient) -> None:
    answer = client.post("/verifier", data={})
    assert answer.status_code == 422
    assert "Choisissez d’abord le fichier" in answer.text


def test_a_bomb_and_a_flood_are_refused_in_plain_words(
    client: FlaskClient, kept: KeptLetter
) -> None:
    bomb = zipped({"manifeste.json": bytes(150 * 1024 * 1024)})
    answer = shown(client, bomb, "p.zip")
    assert answer.status_code == 413
    assert "trop grosse pour être vérifiée ici" in answer.text
    answer = shown(client, bytes(60 * 1024 * 1024))
    assert answer.status_code == 413
    assert "trop gros" in answer.text


def test_a_size_that_lies_is_not_believed(client: FlaskClient) -> None:
    archive = bytearray(zipped({"manifeste.json": bytes(5 * 1024 * 1024)}))
    directory = archive.rindex(b"PK\x01\x02")
    archive[directory + 24 : directory + 28] = (10).to_bytes(4, "little")
    assert "Cette archive n’est pas connue" in shown(client, bytes(archive), "p.zip").text


def test_after_many_checks_from_one_place_it_takes_a_pause(
    client: FlaskClient, kept: KeptLetter
) -> None:
    now = datetime.now(UTC)
    with kept.app.app_context():
        for second in range(checking.ALLOWED.free):
            moment = now - timedelta(seconds=checking.ALLOWED.free - second)
            checking.count_check(db.session, "127.0.0.1", moment)
        db.session.commit()
    answer = shown(client, b"%PDF-1.7 rien")
    assert answer.status_code == 429
    assert "Réessayez après le" in answer.text
    other = client.post("/verifier", environ_overrides={"REMOTE_ADDR": "192.0.2.77"})
    assert other.status_code == 422


def test_a_check_waits_for_its_turn_and_whoever_would_be_third_is_told_at_once(
    kept: KeptLetter, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers: list[int] = []
    first_may_end = Event()
    look = checking.look_apart

    def look_slowly(*asked: Any) -> Seen:
        assert first_may_end.wait(60)
        return look(*asked)

    def show() -> None:
        answers.append(shown(kept.app.test_client(), kept.archive, "p.zip").status_code)

    monkeypatch.setattr(checking, "look_apart", look_slowly)
    threads = [Thread(target=show) for _ in range(2)]
    for thread in threads:
        thread.start()
    while checking.places.acquire(blocking=False):
        checking.places.release()
        time.sleep(0.01)
    third = shown(client, kept.archive, "p.zip")
    assert third.status_code == 503
    assert "D’autres fichiers sont en train d’être vérifiés. Réessayez." in third.text
    assert answers == []
    first_may_end.set()
    for thread in threads:
        thread.join()
    assert answers == [200, 200]
    assert shown(client, kept.archive, "p.zip").status_code == 200


def test_a_trial_is_told_to_be_worth_nothing(tmp_path: Path) -> None:
    with kept_letter(tmp_path, is_trial=True) as trial:
        answer = shown(trial.app.test_client(), trial.archive, "p.zip")
        files = files_of(trial.archive)
        proof = shown(trial.app.test_client(), files[named(files, PDF)])
    for said in (answer.text, proof.text):
        assert "authentique" in said
        assert "sans aucune valeur" in said
        assert "Il prouve ce qui y est écrit" not in said


def test_scanners_that_look_at_the_page_leave_no_trace(client: FlaskClient) -> None:
    for method in ("GET", "HEAD"):
        assert client.open("/verifier", method=method).status_code == 200
    with client.application.app_context():
        assert db.session.scalar(select(func.count()).select_from(AttemptCount)) == 0
        db.session.rollback()
