"""Opening a page is recorded, changes nothing else, and fills no journal."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from config import Config
from tests.reception.answering import accept, refuse
from webapp.evidence.integrity import verify_chain
from webapp.evidence.journal import RecordedEvent, addressee_subject, entries_about, letter_chain
from webapp.evidence.kinds import EventKind
from webapp.letters.models import Addressee, Attachment
from webapp.reception.models import Opening
from webapp.storage import store

pytestmark = pytest.mark.slow

Waiting = Callable[..., tuple[Addressee, str]]
SCANNERS = (
    "Mozilla/5.0 (compatible; Microsoft Office Existence Discovery)",
    "Mozilla/5.0 (compatible; Barracuda Sentinel)",
    "Mozilla/5.0 (compatible; proofpoint)",
    "Mimecast URL Protect",
    "GoogleImageProxy",
    "Slackbot-LinkExpanding 1.0",
    "curl/8.5.0",
    "",
)
NOTICE, CONTENT = EventKind.NOTIFICATION_ACCESS_TRACKING, EventKind.CONTENT_ACCESS_TRACKING


def openings(session: scoped_session[Session], addressee: Addressee) -> list[RecordedEvent]:
    session.expire_all()
    chain = letter_chain(addressee.letter.number)
    told = entries_about(session, chain, addressee_subject(addressee.number))
    return [event for event in told if event.kind in (NOTICE, CONTENT)]


def read(client: FlaskClient, address: str, *, ip: str = "127.0.0.1", agent: str = "Un") -> int:
    """Open a page, and receive all of it."""
    headers, environ = {"User-Agent": agent}, {"REMOTE_ADDR": ip}
    answer = client.get(address, headers=headers, environ_base=environ)
    answer.close()
    return answer.status_code


def test_two_hundred_scanners_change_nothing_and_leave_one_event(
    client: FlaskClient, session: scoped_session[Session], waiting: Waiting
) -> None:
    addressee, address = waiting()
    row = select(Addressee.__table__).where(Addressee.id == addressee.id)
    before = session.execute(row).one()
    session.commit()
    pages = (address, f"{address}/rappels", f"{address}/refuser", f"{address}/accepter")
    for number in range(100):
        agent = {"User-Agent": SCANNERS[number % len(SCANNERS)]}
        client.get(pages[number % len(pages)], headers=agent).close()
        client.head(pages[number % len(pages)], headers=agent).close()
    session.rollback()
    assert session.execute(row).one() == before
    (event,) = openings(session, addressee)
    assert event.kind == NOTICE
    assert event.facts == {
        "ip": "127.0.0.1",
        "user_agent": SCANNERS[0],
        "method": "GET",
        "page": "",
        "maybe_by_a_machine": True,
    }
    assert verify_chain(session, letter_chain(addressee.letter.number)) == []


def test_a_head_alone_is_recorded_as_one(
    client: FlaskClient, session: scoped_session[Session], waiting: Waiting
) -> None:
    addressee, address = waiting()
    client.head(address).close()
    (event,) = openings(session, addressee)
    assert event.facts is not None
    assert event.facts["method"] == "HEAD"


def test_each_client_has_one_event_an_hour_and_all_together_ten(
    client: FlaskClient, session: scoped_session[Session], waiting: Waiting
) -> None:
    addressee, address = waiting()
    for _ in range(2):
        for number in range(14):
            read(client, address, ip=f"198.51.100.{number}")
    assert len(openings(session, addressee)) == 10
    for opening in session.scalars(select(Opening)):
        opening.at -= timedelta(hours=1)
    session.commit()
    read(client, address, ip="198.51.100.1")
    assert len(openings(session, addressee)) == 11
    assert len(session.scalars(select(Opening)).all()) == 1, "what is over is swept"


def test_after_acceptance_the_content_and_each_file_are_what_is_opened(
    client: FlaskClient, session: scoped_session[Session], waiting: Waiting, config: Config
) -> None:
    digest = store(config.files_directory, b"%PDF-1.7")
    file = Attachment(
        position=1, name="plan.pdf", media_type="application/pdf", size=8, digest=digest
    )
    addressee, address = waiting(attachments=[file])
    read(client, address)
    accept(client, address)
    assert read(client, f"{address}/fichiers/1", ip="198.51.100.1") == 200
    read(client, address)
    told = openings(session, addressee)
    assert [event.kind for event in told] == [NOTICE, CONTENT, CONTENT]
    assert [event.facts["page"] for event in told if event.facts] == ["", "/fichiers/1", ""]


def test_after_a_refusal_only_the_notice_is_opened(
    client: FlaskClient, session: scoped_session[Session], waiting: Waiting
) -> None:
    addressee, address = waiting()
    refuse(client, address)
    read(client, address)
    assert [event.kind for event in openings(session, addressee)] == [NOTICE]


@pytest.mark.parametrize("word", ["x", "/fichiers/1", "/accepter"])
def test_what_is_not_there_is_not_opened(
    client: FlaskClient, session: scoped_session[Session], waiting: Waiting, word: str
) -> None:
    addressee, address = waiting()
    assert read(client, address + word) >= 400
    assert openings(session, addressee) == []


@pytest.mark.sqlite
def test_a_page_is_shown_while_somebody_else_writes_and_recorded_afterwards(
    app: Flask,
    client: FlaskClient,
    session: scoped_session[Session],
    waiting: Waiting,
) -> None:
    addressee, address = waiting()
    session.rollback()
    with app.extensions["sqlalchemy"].engines[None].connect() as writing:
        writing.exec_driver_sql("SELECT 1")
        assert writing.in_transaction()
        answer = client.get(address)
        assert answer.status_code == 200
        assert "Un courrier recommandé vous attend" in answer.text
        writing.rollback()
    answer.close()
    assert len(openings(session, addressee)) == 1
