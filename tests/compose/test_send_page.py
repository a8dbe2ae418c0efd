import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from tests.compose.conftest import ATELIER, LOUISE, group_of, letters, names, person, press
from tests.conftest import NOW, Browser
from webapp.accounts.models import Organisation, User
from webapp.contacts import consents
from webapp.letters.models import Addressee, Letter

pytestmark = pytest.mark.slow

Filled = Callable[..., dict[str, Any]]
SignIn = Callable[[User], Browser]


def test_a_letter_to_one_typed_recipient_is_handed_over(
    browser: Browser, session: scoped_session[Session], filled: Filled
) -> None:
    answer = press(browser, filled())
    (letter,) = letters(session)
    assert answer.status_code == 303
    assert answer.location == f"/courriers/{letter.number}"
    assert names(session) == ["Louise Blanc"]
    assert letter.message == "Rendez-vous le 12 avril.\n\nLe bureau"
    assert letter.addressees[0].consent == "bulletin d’adhésion 2026"


def test_two_groups_and_a_typed_row_reach_each_person_once(
    browser: Browser,
    session: scoped_session[Session],
    organisation: Organisation,
    filled: Filled,
) -> None:
    louise, atelier = person(LOUISE), person(ATELIER)
    members = group_of(session, organisation, "Adhérents", louise, atelier)
    board = group_of(session, organisation, "Bureau", louise)
    form = filled(ATELIER, groups=[members.id, board.id])
    recap = browser.post("/envoyer/recapitulatif", form, htmx=True)
    assert "Envoyer à 2 destinataires" in recap.text
    assert "3 doublons réunis" in recap.text
    press(browser, form)
    assert sorted(names(session)) == ["Louise Blanc", "Noir (Atelier Noir)"]


def test_a_second_press_and_a_reload_send_nothing_twice(
    browser: Browser, session: scoped_session[Session], filled: Filled
) -> None:
    first, second = (press(browser, filled()) for _ in range(2))
    assert first.location == second.location
    assert len(letters(session)) == 1


def test_without_javascript_a_form_with_an_error_comes_back_with_all_that_was_typed(
    browser: Browser, session: scoped_session[Session], filled: Filled
) -> None:
    answer = press(browser, filled(subject="", message="Un long message"))
    assert answer.status_code == 422
    assert "<title>Erreur\u00a0: Envoyer un courrier" in answer.text
    assert 'href="#subject">Écrivez l’objet du courrier.' in answer.text
    assert "Un long message" in answer.text
    assert 'value="louise@courriel.example"' in answer.text
    assert letters(session) == []


def test_a_wrong_row_is_named_and_nothing_leaves(
    browser: Browser, session: scoped_session[Session], filled: Filled
) -> None:
    form = filled(**{"recipient-0-email": "louise"})
    answer = press(browser, form)
    assert answer.status_code == 422
    assert 'href="#recipient-0-row"' in answer.text
    assert "Cette adresse e-mail n’est pas valable" in answer.text
    live = browser.post("/envoyer/recapitulatif", form, htmx=True)
    assert 'id="recipient-0-email-message" hx-swap-oob="true"' in live.text
    assert 'name="recipient-0-email"' not in live.text, "a live check replaces no input"
    assert letters(session) == []


def test_an_individual_without_consent_holds_the_letter_back_until_it_is_stated(
    browser: Browser, session: scoped_session[Session], filled: Filled
) -> None:
    for missing in ({"consent_stated": None}, {"consent_means": None}):
        answer = press(browser, filled(missing))
        assert answer.status_code == 422
    assert letters(session) == []
    assert consents.consented(session, 1, ["louise@courriel.example"]) == set()


def test_a_consent_that_was_stated_serves_the_next_letter_to_the_same_address_only(
    browser: Browser, session: scoped_session[Session], filled: Filled
) -> None:
    press(browser, filled())
    silent = {"consent_stated": None, "consent_means": None}
    assert press(browser, filled(silent, key="deuxième-formulaire")).status_code == 303
    other = filled(silent, key="troisième-formulaire")
    other["recipient-0-email"] = "louise@autre.example"
    assert press(browser, other).status_code == 422
    assert len(letters(session)) == 2


def test_an_individual_can_be_taken_out_instead(
    browser: Browser, session: scoped_session[Session], filled: Filled
) -> None:
    silent = filled(ATELIER, consent_stated=None, consent_means=None)
    recap = browser.post("/envoyer/recapitulatif", silent, htmx=True).text
    key = recap.split('name="taken_out" value="')[1].split('"')[0]
    answer = press(browser, {**silent, "taken_out": [key]})
    assert answer.status_code == 303
    assert names(session) == ["Noir (Atelier Noir)"]


def test_a_letter_to_nobody_stays(browser: Browser, session: scoped_session[Session]) -> None:
    form = {"key": "une-clef-de-formulaire", "subject": "Objet", "message": "Message"}
    answer = press(browser, form)
    assert answer.status_code == 422
    assert 'href="#recipients"' in answer.text
    assert letters(session) == []


def test_rows_are_added_and_removed_with_and_without_javascript(
    browser: Browser, filled: Filled
) -> None:
    for htmx in (False, True):
        more = browser.post("/envoyer/destinataires", filled(add="1"), htmx=htmx)
        assert 'name="recipient-1-email"' in more.text
        assert ("<title>" in more.text) is not htmx
        fewer = browser.post("/envoyer/destinataires", filled(ATELIER, remove="0"), htmx=htmx)
        assert 'name="recipient-0-email"' not in fewer.text
        assert 'value="atelier@noir.example"' in fewer.text


def test_a_simple_account_sends_to_one_recipient_and_reaches_no_group(
    sign_in: SignIn,
    simple: User,
    session: scoped_session[Session],
    organisation: Organisation,
    filled: Filled,
) -> None:
    group = group_of(session, organisation, "Adhérents", person(ATELIER))
    browser = sign_in(simple)
    assert "Ajouter un destinataire" not in browser.get("/envoyer").text
    assert press(browser, filled(ATELIER)).status_code == 422
    assert letters(session) == []
    answer = browser.post("/envoyer/destinataires", filled(add="1"), htmx=True)
    assert 'name="recipient-1-email"' not in answer.text
    assert press(browser, filled(groups=[group.id])).status_code == 303
    assert names(session) == ["Louise Blanc"]


def test_a_strangers_group_is_reached_by_nobody_else(
    sign_in: SignIn,
    stranger: User,
    session: scoped_session[Session],
    organisation: Organisation,
    filled: Filled,
) -> None:
    group = group_of(session, organisation, "Adhérents", person(ATELIER))
    press(sign_in(stranger), filled(groups=[group.id]))
    assert names(session) == ["Louise Blanc"]


def test_writing_to_a_group_from_its_page_ticks_it(
    browser: Browser, session: scoped_session[Session], organisation: Organisation
) -> None:
    group = group_of(session, organisation, "Adhérents", person(ATELIER))
    page = browser.get(f"/envoyer?group={group.id}").text
    assert f'value="{group.id}" checked' in page
    assert "Envoyer à 1 destinataire" in page


def test_while_real_mail_could_not_be_answered_nothing_is_handed_over(
    browser: Browser, app: Flask, session: scoped_session[Session], filled: Filled
) -> None:
    app.extensions["plirec"] = replace(
        app.extensions["plirec"], smtp_host="mail.example", mail_from="avis@courrier.example"
    )
    answer = press(browser, filled())
    assert answer.status_code == 422
    assert "PUBLIC_URL" in answer.text
    assert session.scalar(select(func.count()).select_from(Letter)) == 0


def test_two_presses_at_the_same_moment_make_one_letter(
    browser: Browser, app: Flask, session: scoped_session[Session], filled: Filled
) -> None:
    recap = browser.post("/envoyer/recapitulatif", filled(), htmx=True).text
    shown = recap.split('name="shown" value="')[1].split('"')[0]
    form = {"csrf_token": browser.token(), **filled(), "shown": shown}
    session.commit()
    cookie = browser.client.get_cookie("plirec")
    assert cookie is not None
    answers: list[str | None] = []

    def press() -> None:
        client = app.test_client()
        client.set_cookie("plirec", cookie.value)
        answers.append(client.post("/envoyer", data=form).location)

    threads = [threading.Thread(target=press) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (letter,) = letters(session)
    assert answers == [f"/courriers/{letter.number}"] * 4
    assert session.scalar(select(func.count()).select_from(Addressee)) == 1


def test_a_letter_goes_to_the_list_that_was_shown_and_to_no_other(
    browser: Browser,
    session: scoped_session[Session],
    organisation: Organisation,
    filled: Filled,
) -> None:
    group = group_of(session, organisation, "Adhérents", person(ATELIER))
    recap = browser.post("/envoyer/recapitulatif", filled(), htmx=True).text
    shown = recap.split('name="shown" value="')[1].split('"')[0]
    answer = browser.post("/envoyer", filled(groups=[group.id], shown=shown))
    assert answer.status_code == 422
    assert "Envoyer à 2 destinataires" in answer.text
    assert letters(session) == []
    assert press(browser, filled(groups=[group.id])).status_code == 303


def test_a_second_letter_on_a_form_that_has_served_is_kept_and_can_be_sent(
    browser: Browser, session: scoped_session[Session], filled: Filled
) -> None:
    press(browser, filled())
    answer = press(browser, filled(subject="Autre objet"))
    assert answer.status_code == 422
    assert 'value="Autre objet"' in answer.text
    key = answer.text.split('name="key" type="hidden" value="')[1].split('"')[0]
    assert press(browser, filled(subject="Autre objet", key=key)).status_code == 303
    assert len(letters(session)) == 2


def test_a_person_named_with_two_statuses_is_taken_as_an_individual(
    browser: Browser, session: scoped_session[Session], filled: Filled
) -> None:
    twice = {name.replace("-0-", "-1-"): value for name, value in LOUISE.items()}
    twice["recipient-1-status"] = "professional"
    silent = filled(twice, consent_stated=None, consent_means=None)
    assert press(browser, silent).status_code == 422
    assert letters(session) == []


def test_a_form_with_hundreds_of_typed_recipients_is_refused_with_advice(
    browser: Browser, filled: Filled
) -> None:
    many = {f"recipient-{number}-city": "Bourg" for number in range(201)}
    answer = browser.post("/envoyer/recapitulatif", filled(many))
    assert answer.status_code == 413
    assert "faites un groupe" in answer.text


def test_who_withdrew_his_consent_is_not_written_to_by_email_whatever_is_declared(
    browser: Browser, session: scoped_session[Session], administrator: User, filled: Filled
) -> None:
    consents.declare(session, 1, ["louise@courriel.example"], "oral", administrator.id, NOW)
    recorded = consents.of_address(session, 1, "louise@courriel.example")
    assert recorded is not None
    consents.withdraw(session, recorded, administrator.id, NOW)
    refused = press(browser, filled())
    assert refused.status_code == 422
    assert "Louise Blanc a retiré son accord" in refused.text
    assert letters(session) == []
    press(browser, filled(ATELIER, without_agreement="out"))
    assert names(session) == ["Atelier Noir"] or names(session) == ["Noir (Atelier Noir)"]
    assert consents.consented(session, 1, ["louise@courriel.example"]) == set()
