from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from tests.conftest import new_organisation
from tests.reception.answering import ANSWER, ask_code
from webapp.delivery import languages
from webapp.delivery.models import LanguageChoice
from webapp.evidence.models import JournalEntry
from webapp.letters.models import Addressee

Waiting = Callable[..., tuple[Addressee, str]]
ENGLISH = {"Accept-Language": "en-GB,en;q=0.8"}
SECRETS = ("Les Amis du Lavoir", "bureau@lavoir.example", "Convocation", "Odile")


def chosen(session: scoped_session[Session], addressee: Addressee) -> str | None:
    return languages.chosen_at(session, addressee.letter.organisation_id, addressee.email)


def test_a_recipient_who_chose_nothing_reads_what_his_browser_prefers(
    client: FlaskClient, waiting: Waiting
) -> None:
    _, address = waiting()
    assert "Un courrier recommandé vous attend" in client.get(address).text
    assert "A registered letter is waiting for you" in client.get(address, headers=ENGLISH).text


def test_a_browser_without_preference_reads_the_organisations_language(
    client: FlaskClient, session: scoped_session[Session], waiting: Waiting
) -> None:
    addressee, address = waiting()
    addressee.letter.author.organisation.language = "en"
    session.commit()
    assert '<html lang="en">' in client.get(address).text
    french = client.get(address, headers={"Accept-Language": "fr-FR"})
    assert '<html lang="fr">' in french.text


def test_what_a_recipient_chose_holds_on_all_his_pages_and_for_later_notices(
    client: FlaskClient, session: scoped_session[Session], waiting: Waiting
) -> None:
    addressee, address = waiting()
    answer = client.post(f"{address}/langue", data={"language": "en"})
    assert (answer.status_code, answer.location) == (303, address)
    french = {"Accept-Language": "fr-FR"}
    page = client.get(address, headers=french).text
    assert "A registered letter is waiting for you" in page
    assert [secret for secret in SECRETS if secret in page] == []
    code = ask_code(client, address)
    assert "Six digits." in client.get(address, headers=french).text
    given = {**ANSWER, "code": code}
    asked = client.post(f"{address}/refuser", data=given, headers=french, follow_redirects=True)
    assert "Refuse this letter?" in asked.text
    refused = client.post(f"{address}/accepter", data={}, headers=french)
    assert refused.status_code == 422
    assert "Tick the box" in refused.text
    session.expire_all()
    assert languages.of_notices(session, [addressee])[addressee.id] == "en"
    client.post(f"{address}/langue", data={"language": "fr"})
    assert "Un courrier recommandé vous attend" in client.get(address, headers=ENGLISH).text
    assert session.scalar(select(func.count()).select_from(LanguageChoice)) == 1


def test_a_choice_leaves_the_journal_and_the_letter_as_they_are(
    client: FlaskClient, session: scoped_session[Session], waiting: Waiting
) -> None:
    addressee, address = waiting()
    before = session.scalar(select(func.count()).select_from(JournalEntry))
    client.post(f"{address}/langue", data={"language": "en"})
    session.expire_all()
    assert session.scalar(select(func.count()).select_from(JournalEntry)) == before
    assert addressee.state == "notified"


def test_a_choice_is_for_the_address_and_this_organisation_alone(
    client: FlaskClient, session: scoped_session[Session], waiting: Waiting
) -> None:
    addressee, address = waiting()
    client.post(f"{address}/langue", data={"language": "en"})
    addressee.email = addressee.email.upper()
    assert chosen(session, addressee) == "en"
    addressee.email = "autre@courriel.example"
    assert chosen(session, addressee) is None
    session.rollback()
    addressee.letter.organisation_id = new_organisation(session, "Une autre").id
    assert chosen(session, addressee) is None


@pytest.mark.parametrize("language", ["de", "", "EN"])
def test_a_language_that_plirec_does_not_speak_is_not_kept(
    client: FlaskClient, session: scoped_session[Session], waiting: Waiting, language: str
) -> None:
    _, address = waiting()
    assert client.post(f"{address}/langue", data={"language": language}).status_code == 400
    assert session.scalar(select(func.count()).select_from(LanguageChoice)) == 0


def test_a_secret_that_is_guessed_chooses_nothing(app: Flask, organisation: object) -> None:
    answer = app.test_client().post("/r/un-jeton-inconnu/langue", data={"language": "en"})
    assert answer.status_code == 404
