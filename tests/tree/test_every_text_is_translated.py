"""Walks every page with a catalogue that wraps each text: what stands bare is not translatable."""

import importlib.util
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from flask import Flask
from sqlalchemy.orm import Session, scoped_session
from werkzeug.test import TestResponse

from config import Config
from tests.conftest import Browser
from tests.tree.everything import Ids, addresses
from tests.tree.wrapped_texts import kept_texts, words_outside, wrapped
from webapp import keys
from webapp.accounts.models import User
from webapp.contacts import answers, asking
from webapp.delivery import moulds
from webapp.extensions import babel
from webapp.letters import steps
from webapp.letters.models import Addressee
from webapp.letters.numbers import token
from webapp.letters.submission import FrozenRecipient, Submission, submit

pytestmark = [pytest.mark.sqlite, pytest.mark.slow]

ROOT = Path(__file__).resolve().parents[2]
ENGLISH = {"Accept-Language": "en-GB,en;q=0.8"}
CLIENT = {"ip": "192.0.2.7", "user_agent": "Un navigateur"}
Left = Callable[[TestResponse], list[str]]


@pytest.fixture(scope="session")
def wrapping(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose English catalogue says each text of the code in ⟦…⟧."""
    place = importlib.util.spec_from_file_location("catalogues", ROOT / "tools" / "catalogues.py")
    assert place is not None
    assert place.loader is not None
    tool = importlib.util.module_from_spec(place)
    place.loader.exec_module(tool)
    catalogue = Catalog(locale="en")
    for message in tool.extracted():
        if message.id:
            said = [wrapped(form) for form in tool.forms(message.id)]
            string = said[0] if isinstance(message.id, str) else tuple(said)
            catalogue.add(message.id, string, context=message.context)
    folder = tmp_path_factory.mktemp("translations")
    path = folder / "en" / "LC_MESSAGES" / "messages.mo"
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        write_mo(file, catalogue)
    return folder


@pytest.fixture
def left(app: Flask, config: Config, wrapping: Path, monkeypatch: pytest.MonkeyPatch) -> Left:
    """Say which words of an answer are in no catalogue, and in no table either."""
    with app.app_context():
        domain = babel.domain_instance
    monkeypatch.setattr(domain, "cache", {})
    monkeypatch.setattr(domain, "_translation_directories", [str(wrapping)])
    # A mould that another test of this process cast holds the texts of the real catalogue.
    monkeypatch.setattr(moulds, "_mould", moulds._mould.__wrapped__)

    def words(answer: TestResponse) -> list[str]:
        assert "<html" not in answer.text or '<html lang="en">' in answer.text
        return words_outside(answer.text, kept_texts(config.data_directory / "plirec.sqlite"))

    return words


@pytest.fixture
def english(left: Left, session: scoped_session[Session], administrator: User) -> None:
    """The administrator reads English, and his organisation writes it."""
    administrator.language = administrator.organisation.language = "en"
    session.commit()


@pytest.fixture
def world(english: None, ids: Ids) -> Ids:
    """One of everything, made after the wrapping catalogue was in place."""
    return ids


def test_every_page_of_an_administrator_is_translated(
    app: Flask, world: Ids, browser: Browser, left: Left
) -> None:
    bare = {}
    for method, address, audience in addresses(app, world):
        if method == "GET" and audience not in ("token", "everyone"):
            answer = browser.get(address)
            answer.close()
            is_page = answer.status_code == 200 and answer.mimetype == "text/html"
            if is_page and (words := left(answer)):
                bare[address] = words
    assert bare == {}, str(bare)


def test_what_an_empty_form_is_answered_is_translated(
    app: Flask, world: Ids, browser: Browser, left: Left
) -> None:
    bare, refused = {}, 0
    for method, address, audience in addresses(app, world):
        if method != "POST" or audience in ("token", "everyone"):
            continue
        answer = browser.post(address)
        if answer.mimetype == "text/html" and answer.status_code not in (302, 303):
            refused += answer.status_code == 422
            if words := left(answer):
                bare[address] = words
    assert refused > 3
    assert bare == {}, str(bare)


def test_what_a_simple_account_sees_is_translated(
    app: Flask,
    world: Ids,
    left: Left,
    session: scoped_session[Session],
    simple: User,
    sign_in: Callable[[User], Browser],
) -> None:
    simple.language = "en"
    session.commit()
    browser = sign_in(simple)
    for method, address, audience in addresses(app, world):
        if method == "GET" and audience not in ("token", "everyone"):
            answer = browser.get(address)
            if answer.mimetype == "text/html":
                assert left(answer) == [], address


def test_what_nobody_has_to_sign_in_for_is_translated(
    app: Flask, organisation: object, left: Left
) -> None:
    client = app.test_client()
    for address in ("/connexion", "/une-page-qui-manque", "/r/un-jeton-inconnu"):
        assert left(client.get(address, headers=ENGLISH)) == [], address


def test_the_first_run_is_translated(app: Flask, left: Left) -> None:
    client = app.test_client()
    page = client.get("/bienvenue", headers=ENGLISH)
    assert page.status_code == 200
    assert left(page) == []
    client.post("/connexion", headers=ENGLISH)
    refused = Browser(client).client.post("/bienvenue", headers=ENGLISH)
    assert left(refused) == []


def _in_each_state(
    session: scoped_session[Session], addressees: list[Addressee], now: datetime
) -> None:
    waiting, accepted, rejected, expired, failed, _submitted = addressees
    for addressee in (waiting, accepted, rejected, expired):
        long_ago = now - timedelta(days=30 if addressee is expired else 1)
        steps.notify(session, addressee, "250 OK", long_ago)
    steps.accept(session, accepted, "Louise Blanc", CLIENT, now)
    steps.reject(session, rejected, CLIENT, now)
    steps.expire(session, expired, now)
    steps.fail(session, failed, "recipient: 550 no such user", now)
    session.commit()


@pytest.mark.parametrize("names_sender", [True, False])
def test_what_a_recipient_and_his_sender_see_is_translated_in_every_state(
    app: Flask,
    english: None,
    browser: Browser,
    left: Left,
    session: scoped_session[Session],
    administrator: User,
    config: Config,
    names_sender: bool,
) -> None:
    key = keys.secret(config.keys_directory, "recipients")
    persons = [
        FrozenRecipient(
            f"Louise {position}", f"l{position}@x.example", "individual", "", "bulletin"
        )
        for position in range(6)
    ]
    details: dict[str, Any] = {"subject": "Sujet", "message": "Corps", "is_trial": False}
    administrator.organisation.names_sender = names_sender
    now = datetime.now(UTC)
    submission = Submission(
        organisation=administrator.organisation,
        author=administrator,
        recipients=persons,
        key="une-clef",
        token_key=key,
        host="localhost",
        **details,
    )
    letter = submit(session, submission, now - timedelta(days=31))
    _in_each_state(session, letter.addressees, now)
    recipient = app.test_client()
    for addressee in letter.addressees:
        address = f"/r/{token(key, addressee.number, 1)}"
        for page in (address, f"{address}/refuser", f"{address}/rappels"):
            answer = recipient.get(page, headers=ENGLISH)
            if answer.status_code == 200:
                assert left(answer) == [], (addressee.state, page)
        for word in ("accepter", "code"):
            answer = recipient.post(f"{address}/{word}", headers=ENGLISH)
            if answer.status_code != 303:
                assert left(answer) == [], (addressee.state, word)
        story = browser.get(f"/courriers/{letter.number}?ouvert={addressee.number}")
        assert left(story) == [], addressee.state


def test_every_page_on_which_a_person_answers_whether_she_agrees_is_translated(
    app: Flask,
    english: None,
    left: Left,
    session: scoped_session[Session],
    administrator: User,
    config: Config,
) -> None:
    now, client = datetime.now(UTC), {"ip": "192.0.2.7", "user_agent": ""}
    who = asking.asking(session, config, administrator.organisation_id, administrator.id, 15)
    emails = [f"l{position}@x.example" for position in range(5)]
    requests = list(asking.ask(session, who, emails, now).values())
    _waiting, given, refused, taken_back, over = requests
    answers.give(session, given, client, now)
    answers.refuse(session, refused, client, now)
    answers.give(session, taken_back, client, now)
    answers.withdraw(session, taken_back, client, now)
    over.sent_at = over.ends_at = now
    answers.end(session, over, now)
    session.commit()
    person = app.test_client()
    for request in requests:
        address = f"/accord/{asking.token(who.key, request.number, request.generation)}"
        for page in (address, f"{address}/retirer"):
            answer = person.get(page, headers=ENGLISH)
            if answer.status_code == 200:
                assert left(answer) == [], (request.state, page)
        answer = person.post(f"{address}/accorder", headers=ENGLISH)
        assert left(answer) == [], (request.state, "accorder")
