from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session, scoped_session

from config import Config
from tests.reception.answering import accept, refuse
from webapp.evidence.journal import entries, letter_chain
from webapp.letters.models import Addressee, Attachment
from webapp.storage import store

Waiting = Callable[..., tuple[Addressee, str]]
CONTENT = b"%PDF-1.7 convocation"


@pytest.fixture
def with_file(waiting: Waiting, config: Config) -> tuple[Addressee, str]:
    """A letter that waits for Louise, with a file whose name is hard to write in a header."""
    digest = store(config.files_directory, CONTENT)
    file = Attachment(
        position=1,
        name="Été « 100 % »; plan.pdf",
        media_type="application/pdf",
        size=len(CONTENT),
        digest=digest,
    )
    return waiting(attachments=[file])


def test_before_acceptance_nothing_tells_that_there_are_files(
    client: FlaskClient, with_file: tuple[Addressee, str]
) -> None:
    _, address = with_file
    assert client.get(f"{address}/fichiers/1").status_code == 404
    page = client.get(address).text
    assert "plan.pdf" not in page
    assert "Pièces jointes" not in page
    refuse(client, address)
    assert client.get(f"{address}/fichiers/1").status_code == 404


def test_after_acceptance_each_file_is_listed_with_its_fingerprint_and_downloaded(
    client: FlaskClient, with_file: tuple[Addressee, str], session: scoped_session[Session]
) -> None:
    addressee, address = with_file
    accept(client, address)
    before = len(entries(session, letter_chain(addressee.letter.number)))
    page = client.get(address).text
    assert addressee.letter.attachments[0].digest in page
    assert f'href="{address}/fichiers/1"' in page
    answer = client.get(f"{address}/fichiers/1")
    assert answer.data == CONTENT
    assert answer.mimetype == "application/pdf"
    headers = answer.headers
    assert headers["Content-Disposition"].startswith("attachment; filename=")
    assert "filename*=UTF-8''%C3%89t%C3%A9" in headers["Content-Disposition"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    for position in (0, 2, 10**30):
        assert client.get(f"{address}/fichiers/{position}").status_code == 404
    assert len(entries(session, letter_chain(addressee.letter.number))) == before


def test_a_file_that_was_altered_on_the_disk_is_given_to_nobody(
    client: FlaskClient, with_file: tuple[Addressee, str], config: Config
) -> None:
    addressee, address = with_file
    accept(client, address)
    digest = addressee.letter.attachments[0].digest
    (config.files_directory / digest[:2] / digest).write_bytes(b"autre chose")
    answer = client.get(f"{address}/fichiers/1")
    assert answer.status_code == 500
    assert "Ce fichier ne peut pas être donné" in answer.text
    assert "autre chose" not in answer.text
