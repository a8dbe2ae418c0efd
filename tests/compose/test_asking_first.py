"""A letter asks individuals for their consent first, and leaves by itself when it comes."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from config import Config
from tests.compose.conftest import ATELIER, LOUISE, press
from tests.conftest import NOW, Browser
from webapp.accounts.models import Organisation, User
from webapp.contacts import answers, consents
from webapp.contacts.consent_models import ConsentRequest
from webapp.delivery import awaited
from webapp.letters.models import Addressee

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("by_mail")]

Filled = Callable[..., dict[str, Any]]
ASKS = {"consent_stated": None, "consent_means": None, "without_agreement": "ask"}
CLIENT = {"ip": "192.0.2.7", "user_agent": "Un navigateur"}
EMAIL = LOUISE["recipient-0-email"]


def addressees(session: scoped_session[Session]) -> dict[str, Addressee]:
    session.rollback()
    session.expire_all()
    return {one.email: one for one in session.scalars(select(Addressee))}


def requests(session: scoped_session[Session]) -> list[ConsentRequest]:
    session.rollback()
    return list(session.scalars(select(ConsentRequest)))


def test_who_has_not_agreed_is_asked_and_waits_while_the_others_notices_leave(
    browser: Browser, session: scoped_session[Session], filled: Filled
) -> None:
    form = filled(ATELIER, ASKS, consent_days="10")
    recap = browser.post("/envoyer/recapitulatif", form).text
    assert "dont 1 après son accord" in recap
    assert "1 particulier reçoit d’abord une demande d’accord" in recap
    assert "l’avis part aussitôt par e-mail à 1 destinataire" in recap
    answer = press(browser, form)
    assert answer.status_code == 303
    page = browser.get(answer.location).text
    assert "1 particulier est d’abord prié de donner son accord" in page
    assert "attend son accord" in page
    assert "1 avis attend l’accord d’un particulier" in page
    assert "Envoyer sur papier à la place" in page
    (request,) = requests(session)
    assert (request.email, request.days) == (EMAIL, 10)
    louise, atelier = (addressees(session)[one] for one in (EMAIL, "atelier@noir.example"))
    assert (louise.state, louise.due_at, louise.consent) == ("submitted", None, "")
    assert louise.consent_request_id == request.id
    assert (atelier.consent_request_id, atelier.due_at is not None) == (None, True)


def test_when_all_are_asked_first_no_notice_is_said_to_leave_at_once(
    browser: Browser, filled: Filled
) -> None:
    recap = browser.post("/envoyer/recapitulatif", filled(ASKS)).text
    assert "1 particulier reçoit d’abord une demande d’accord" in recap
    assert "le nom de votre association n’y est pas" in recap
    assert "aussitôt par e-mail" not in recap


def test_a_second_press_asks_nobody_twice_and_a_second_letter_waits_for_the_same_answer(
    browser: Browser, session: scoped_session[Session], filled: Filled
) -> None:
    press(browser, filled(ASKS))
    press(browser, filled(ASKS))
    press(browser, filled(ASKS, key="une-autre-clef-de-formulaire"))
    (request,) = requests(session)
    rows = session.scalars(select(Addressee)).all()
    assert [one.consent_request_id for one in rows] == [request.id, request.id]
    now = datetime.now(UTC)
    answers.give(session, request, CLIENT, now)
    assert awaited.settle(session, request.organisation_id, request.email, now) == 2
    assert {one.due_at for one in rows} == {now}


def test_who_agreed_between_the_page_and_the_button_is_written_to_at_once(
    browser: Browser,
    session: scoped_session[Session],
    administrator: User,
    organisation: Organisation,
    filled: Filled,
) -> None:
    form = filled(ASKS)
    recap = browser.post("/envoyer/recapitulatif", form, htmx=True).text
    shown = recap.split('name="shown" value="')[1].split('"')[0]
    consents.declare(session, organisation.id, [EMAIL], "oral", administrator.id, NOW)
    session.commit()
    answer = browser.post("/envoyer", {**form, "shown": shown})
    assert answer.status_code == 422, "the page showed that she is asked first"
    press(browser, form)
    louise = addressees(session)[EMAIL]
    assert (louise.consent, louise.consent_request_id) == ("oral", None)
    assert requests(session) == []


def test_who_took_the_consent_back_is_not_asked_by_a_letter(
    browser: Browser,
    session: scoped_session[Session],
    administrator: User,
    organisation: Organisation,
    filled: Filled,
) -> None:
    consents.declare(session, organisation.id, [EMAIL], "oral", administrator.id, NOW)
    recorded = consents.of_address(session, organisation.id, EMAIL)
    assert recorded is not None
    consents.withdraw(session, recorded, administrator.id, NOW)
    session.commit()
    answer = press(browser, filled(ASKS))
    assert answer.status_code == 422
    assert "a retiré son accord" in answer.text
    assert requests(session) == []


def test_without_a_mail_server_nobody_can_be_asked(
    browser: Browser,
    session: scoped_session[Session],
    app: Flask,
    config: Config,
    filled: Filled,
) -> None:
    app.extensions["plirec"] = config
    answer = press(browser, filled(ASKS))
    assert answer.status_code == 422
    assert "personne ne peut être interrogé" in answer.text
    assert addressees(session) == {}


def test_asking_first_is_offered_only_where_a_mail_can_leave_and_the_page_says_why_not(
    browser: Browser, app: Flask, config: Config, filled: Filled
) -> None:
    offered = browser.get("/envoyer").text
    assert 'value="ask"' in offered
    assert "Régler la messagerie" not in offered
    app.extensions["plirec"] = config
    for page in (browser.get("/envoyer").text, press(browser, filled(ASKS)).text):
        assert 'value="ask"' not in page
        assert 'id="consent_days"' not in page
        assert "Aucun serveur de messagerie n’est réglé" in page
        assert 'href="/organisation/messagerie">Régler la messagerie</a>' in page


def test_who_may_not_set_the_mail_server_is_told_whom_to_ask_on_the_send_page(
    sign_in: Callable[[User], Browser],
    administrator: User,
    managed: User,
    app: Flask,
    config: Config,
) -> None:
    app.extensions["plirec"] = config
    page = sign_in(managed).get("/envoyer").text
    assert f"Demandez à {administrator.name}" in page
    assert "Régler la messagerie" not in page


@pytest.mark.parametrize("days", ["2", "31", "beaucoup"])
def test_the_time_to_answer_is_three_to_thirty_days(
    browser: Browser, session: scoped_session[Session], filled: Filled, days: str
) -> None:
    answer = press(browser, filled(ASKS, consent_days=days))
    assert answer.status_code == 422
    assert 'href="#consent_days"' in answer.text
    assert addressees(session) == {}


def test_the_letter_is_cancelled_for_one_who_is_still_asked(
    browser: Browser, session: scoped_session[Session], filled: Filled
) -> None:
    answer = press(browser, filled(ASKS))
    browser.post(f"{answer.location}/annuler")
    (request,) = requests(session)
    now = datetime.now(UTC)
    answers.give(session, request, CLIENT, now)
    assert awaited.settle(session, request.organisation_id, request.email, now) == 0
    assert addressees(session)[EMAIL].state == "cancelled"
