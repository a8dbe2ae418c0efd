"""One's own account: the name, and the password."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask_security import verify_password
from sqlalchemy.orm import Session, scoped_session

from tests.conftest import PASSWORD, Browser
from webapp.accounts.models import User

pytestmark = pytest.mark.slow

SignIn = Callable[[User], Browser]
Database = scoped_session[Session]
NEW = "cinq autres mots au hasard"


def test_every_page_leads_to_ones_account(browser: Browser) -> None:
    page = browser.get("/").text
    assert 'href="/compte"' in page
    assert "Mon compte" in page


@pytest.mark.parametrize("kind", ["administrator", "managed", "simple"])
def test_every_kind_of_account_has_its_page(
    request: pytest.FixtureRequest, sign_in: SignIn, kind: str
) -> None:
    user = request.getfixturevalue(kind)
    page = sign_in(user).get("/compte").text
    assert user.email in page
    assert "Changer de mot de passe" in page


def test_one_takes_another_name(session: Database, administrator: User, browser: Browser) -> None:
    answer = browser.post("/compte", {"name": "  Odile   Perrin "}, follow_redirects=True)
    assert "Votre nom est enregistré." in answer.text
    session.refresh(administrator)
    assert administrator.name == "Odile Perrin"


def test_an_empty_name_is_refused_and_said(
    session: Database, administrator: User, browser: Browser
) -> None:
    answer = browser.post("/compte", {"name": " "})
    assert answer.status_code == 422
    assert '<a href="#name">Écrivez votre nom.</a>' in answer.text
    assert "<title>Erreur" in answer.text
    session.refresh(administrator)
    assert administrator.name == "Odile Martin"


def test_a_new_password_serves_and_the_other_sessions_are_over(
    app: Flask, session: Database, administrator: User, sign_in: SignIn
) -> None:
    here, there = sign_in(administrator), sign_in(administrator)
    answer = here.post(
        "/compte/mot-de-passe",
        {"current_password": PASSWORD, "password": NEW},
        follow_redirects=True,
    )
    assert "Votre mot de passe est changé. Votre autre session a été fermée." in answer.text
    assert here.get("/compte").status_code == 200
    assert there.get("/compte").status_code == 303
    session.refresh(administrator)
    assert verify_password(NEW, administrator.password)
    again = Browser(app.test_client())
    refused = again.post("/connexion", {"email": administrator.email, "password": PASSWORD})
    accepted = again.post("/connexion", {"email": administrator.email, "password": NEW})
    assert (refused.status_code, accepted.status_code) == (422, 303)


@pytest.mark.parametrize(
    ("current", "new", "error"),
    [
        ("une autre phrase", NEW, "Ce n’est pas votre mot de passe actuel."),
        ("", NEW, "Écrivez votre mot de passe actuel."),
        (PASSWORD, "court", "Le mot de passe doit avoir entre 12 et 256 caractères."),
        (PASSWORD, "motdepasse123", "Ce mot de passe serait vite deviné."),
        (PASSWORD, "OdileMartin2026", "Ce mot de passe serait vite deviné."),
        (PASSWORD, "AmisDuLavoir01", "Ce mot de passe serait vite deviné."),
    ],
)
def test_a_password_that_cannot_be_is_explained_and_the_present_one_stays(
    session: Database, administrator: User, browser: Browser, current: str, new: str, error: str
) -> None:
    answer = browser.post("/compte/mot-de-passe", {"current_password": current, "password": new})
    assert answer.status_code == 422
    assert error in answer.text
    assert "autofocus" in answer.text
    if new:
        assert f'value="{new}"' not in answer.text
    session.refresh(administrator)
    assert verify_password(PASSWORD, administrator.password)


def test_a_stolen_session_cannot_try_passwords_for_ever(browser: Browser) -> None:
    form = {"current_password": "une autre phrase", "password": NEW}
    statuses = [browser.post("/compte/mot-de-passe", form).status_code for _ in range(6)]
    assert statuses == [422] * 5 + [429]
    right = {"current_password": PASSWORD, "password": NEW}
    answer = browser.post("/compte/mot-de-passe", right)
    assert answer.status_code == 429
    assert "Réessayez à partir de" in answer.text


@pytest.mark.parametrize("kind", ["at_once", "daily", "never"])
def test_one_chooses_when_to_be_told_of_answers(
    session: Database, administrator: User, browser: Browser, kind: str
) -> None:
    assert administrator.answers_told == "daily"
    page = browser.post("/compte/reponses", {"answers_told": kind}, follow_redirects=True).text
    assert "C’est enregistré." in page
    session.refresh(administrator)
    assert administrator.answers_told == kind


def test_a_choice_that_is_none_changes_nothing(
    session: Database, administrator: User, browser: Browser
) -> None:
    assert browser.post("/compte/reponses", {"answers_told": "souvent"}).status_code == 422
    session.refresh(administrator)
    assert administrator.answers_told == "daily"
