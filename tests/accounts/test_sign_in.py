"""Signing in and out."""

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.test import TestResponse

from config import Config
from webapp import create_app
from webapp.accounts.models import User
from webapp.extensions import db

EMAIL = "odile@lavoir.example"
PASSWORD = "quatre mots sans rapport"

Press = Callable[..., TestResponse]


def _sign_in(
    press: Press, email: str = EMAIL, password: str = PASSWORD, **more: str
) -> TestResponse:
    return press("/connexion", "/connexion", email=email, password=password, **more)


@pytest.mark.usefixtures("organisation_id")
def test_one_signs_in_and_gets_the_page_that_was_asked(client: FlaskClient, press: Press) -> None:
    asked = client.get("/courriers?page=2")
    assert asked.status_code == 303
    assert asked.location == "/connexion?next=/courriers?page%3D2"
    page = client.get(asked.location).text
    assert "Connectez-vous pour ouvrir cette page." in page
    assert 'value="/courriers?page=2"' in page
    answer = _sign_in(press, "Odile@Lavoir.example", next="/courriers?page=2")
    assert (answer.status_code, answer.location) == (303, "/courriers?page=2")
    assert client.get("/").status_code == 200


@pytest.mark.usefixtures("organisation_id")
@pytest.mark.parametrize(
    "elsewhere",
    ["https://mal.example/", "//mal.example/", "\\\\mal.example", "javascript:alert(1)"],
)
def test_nobody_is_led_out_of_plirec_after_sign_in(press: Press, elsewhere: str) -> None:
    answer = _sign_in(press, next=elsewhere)
    assert answer.status_code == 303
    assert urlsplit(urljoin("http://localhost/connexion", answer.location)).netloc == "localhost"


@pytest.mark.usefixtures("organisation_id")
def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(press: Press) -> None:
    answers = [
        _sign_in(press, password="une autre phrase"),
        _sign_in(press, email="inconnu@lavoir.example", password="une autre phrase"),
    ]
    assert [answer.status_code for answer in answers] == [422, 422]
    assert "L’adresse e-mail ou le mot de passe n’est pas juste." in answers[0].text
    assert "<title>Erreur" in answers[0].text
    assert "une autre phrase" not in answers[0].text
    known, unknown = (
        re.sub(r'(csrf_token|email)"[^>]*value="[^"]*"', "", answer.text) for answer in answers
    )
    assert known == unknown


@pytest.mark.usefixtures("organisation_id")
def test_an_empty_sign_in_form_says_what_is_missing(press: Press) -> None:
    answer = _sign_in(press, email=" ", password="")
    assert answer.status_code == 422
    assert '<a href="#email">Écrivez votre adresse e-mail.</a>' in answer.text
    assert '<a href="#password">Écrivez votre mot de passe.</a>' in answer.text


@pytest.mark.usefixtures("organisation_id")
def test_a_closed_account_neither_signs_in_nor_stays(
    app: Flask, client: FlaskClient, press: Press
) -> None:
    _sign_in(press)
    assert client.get("/").status_code == 200
    with app.app_context():
        db.session.execute(update(User).values(active=False))
        db.session.commit()
    assert client.get("/").status_code == 303
    answer = _sign_in(press)
    assert answer.status_code == 422
    assert "L’adresse e-mail ou le mot de passe n’est pas juste." in answer.text


@pytest.mark.usefixtures("organisation_id")
def test_one_signs_out_by_a_button_and_is_told_so(client: FlaskClient, press: Press) -> None:
    _sign_in(press)
    assert client.get("/deconnexion").status_code == 405
    assert client.post("/deconnexion").status_code == 400
    assert client.get("/").status_code == 200
    answer = press("/", "/deconnexion")
    assert (answer.status_code, answer.location) == (303, "/connexion")
    assert "Vous êtes déconnecté." in client.get("/connexion").text
    assert client.get("/").status_code == 303


@pytest.mark.usefixtures("organisation_id")
def test_a_swap_after_the_session_has_ended_leads_back_to_the_page(client: FlaskClient) -> None:
    answer = client.get(
        "/courriers?page=3",
        headers={"HX-Request": "true", "HX-Current-URL": "http://localhost/courriers?page=1"},
    )
    assert (answer.status_code, answer.text) == (204, "")
    assert answer.headers["HX-Redirect"] == "/connexion?next=/courriers?page%3D1"


@pytest.mark.usefixtures("organisation_id")
def test_the_sign_in_form_answers_a_swap_with_its_part_of_the_page(client: FlaskClient) -> None:
    answer = client.get("/connexion", headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert 'id="sign-in"' in answer.text


@pytest.mark.usefixtures("organisation_id")
def test_a_session_prepared_by_someone_else_does_not_survive_sign_in(
    client: FlaskClient, press: Press
) -> None:
    client.get("/connexion")
    with client.session_transaction() as session:
        session["planted"] = "by someone else"
        before = session["csrf_token"]
    _sign_in(press)
    client.get("/")
    with client.session_transaction() as session:
        assert "planted" not in session
        assert session["csrf_token"] != before


@pytest.mark.usefixtures("organisation_id")
def test_a_forged_sign_in_is_refused(client: FlaskClient) -> None:
    form = {"email": EMAIL, "password": PASSWORD}
    assert client.post("/connexion", data=form).status_code == 400
    assert client.post("/connexion", json=form).status_code == 400
    assert client.get("/").status_code == 303


def test_no_other_page_of_the_sign_in_library_can_be_reached(app: Flask) -> None:
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert {name for name in endpoints if name.startswith("security.")} == {
        "security.login",
        "security.logout",
        "security.recovery_step",
        "security.second_step",
    }


@pytest.mark.usefixtures("organisation_id")
def test_the_session_stays_with_the_browser_and_the_site(client: FlaskClient) -> None:
    cookie = client.get("/connexion").headers["Set-Cookie"]
    assert cookie.startswith("plirec=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Expires" not in cookie


def test_the_session_is_secure_where_the_public_address_is(tmp_path: Path) -> None:
    app = create_app(Config(data_directory=tmp_path, public_url="https://plirec.example"))
    assert app.config["SESSION_COOKIE_SECURE"]
    assert app.config["SESSION_COOKIE_NAME"].startswith("__Host-")
