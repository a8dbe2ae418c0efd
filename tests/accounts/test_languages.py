from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale, ngettext
from flask_security.utils import get_message
from sqlalchemy.orm import Session, scoped_session
from wtforms import IntegerField
from wtforms.validators import NumberRange

from tests.conftest import Browser
from webapp.accounts.models import Organisation, User
from webapp.web.forms import Form
from webapp.web.templating import day, moment, number

SignIn = Callable[[User], Browser]
ENGLISH = {"Accept-Language": "en-GB,en;q=0.8,fr;q=0.5"}


def test_a_page_speaks_what_the_browser_prefers_until_something_is_chosen(
    app: Flask, organisation: Organisation
) -> None:
    client = app.test_client()
    assert '<html lang="fr">' in client.get("/connexion").text
    assert '<html lang="fr">' in client.get("/connexion", headers={"Accept-Language": "de"}).text
    page = client.get("/connexion", headers=ENGLISH).text
    assert '<html lang="en">' in page
    assert "Sign in" in page


def test_signed_out_the_choice_is_kept_in_this_browser(
    app: Flask, organisation: Organisation
) -> None:
    browser = Browser(app.test_client())
    answer = browser.post("/langue", {"language": "en", "next": "/connexion?next=/groupes"})
    assert (answer.status_code, answer.location) == (303, "/connexion?next=/groupes")
    page = browser.get("/connexion").text
    assert "Sign in" in page
    assert 'value="en" lang="en" aria-current="true"' in page
    browser.post("/langue", {"language": "fr", "next": "/connexion"})
    assert "Se connecter" in browser.client.get("/connexion", headers=ENGLISH).text


def test_before_the_first_run_the_language_can_be_chosen(app: Flask) -> None:
    browser = Browser(app.test_client())
    browser.post("/langue", {"language": "en", "next": "/bienvenue"})
    assert "Welcome to Plirec" in browser.get("/bienvenue").text


def test_signed_in_the_choice_is_the_accounts_and_speaks_wherever_it_signs_in(
    session: scoped_session[Session], managed: User, sign_in: SignIn
) -> None:
    here = sign_in(managed)
    here.post("/langue", {"language": "en", "next": "/"})
    assert "Dashboard" in here.get("/").text
    session.refresh(managed)
    assert managed.language == "en"
    assert "Dashboard" in sign_in(managed).get("/").text


def test_an_account_without_a_choice_keeps_what_was_chosen_in_the_browser(
    app: Flask, managed: User
) -> None:
    browser = Browser(app.test_client())
    browser.post("/langue", {"language": "en", "next": "/connexion"})
    sign_in = {"email": managed.email, "password": "quatre mots sans rapport"}
    assert browser.post("/connexion", sign_in).status_code in (302, 303)
    assert "Dashboard" in browser.get("/").text


@pytest.mark.parametrize(
    "address",
    [
        *("https://ailleurs.example/", "//ailleurs.example", "/\\ailleurs.example"),
        *("/envoyer/recapitulatif", "/une-page-qui-manque", "", "javascript:alert(1)"),
    ],
)
def test_the_switch_leads_to_no_other_site_and_to_no_page_that_cannot_be_shown(
    browser: Browser, address: str
) -> None:
    assert browser.post("/langue", {"language": "en", "next": address}).location == "/"


def test_a_language_that_plirec_does_not_speak_is_refused(browser: Browser) -> None:
    assert browser.post("/langue", {"language": "de", "next": "/"}).status_code == 400
    assert "Tableau de bord" in browser.get("/").text


def test_the_switch_asks_for_a_token_against_forged_requests(
    app: Flask, organisation: Organisation
) -> None:
    client = app.test_client()
    client.post("/langue", data={"language": "en", "next": "/"})
    assert '<html lang="fr">' in client.get("/connexion").text


def test_numbers_moments_and_counts_follow_the_language(
    app: Flask, session: scoped_session[Session], administrator: User
) -> None:
    at = datetime(2026, 3, 2, 9, 5, tzinfo=UTC)
    with force_locale("fr"):
        assert moment(at) == "2 mars 2026 à 10\u00a0h\u00a005"
        assert day(at) == "lundi 2 mars 2026"
        assert number(12345) == "12\u202f345"
        assert ngettext("%(num)d contact", "%(num)d contacts", 0) == "0 contact"
    with force_locale("en"):
        assert moment(at) == "2 March 2026 at 10:05"
        assert day(at) == "Monday 2 March 2026"
        assert number(12345) == "12,345"
        assert ngettext("%(num)d contact", "%(num)d contacts", 0) == "0 contacts"
        assert ngettext("%(num)d contact", "%(num)d contacts", 1) == "1 contact"


class Asked(Form):
    count = IntegerField(validators=[NumberRange(min=1)])


@pytest.mark.parametrize(
    ("language", "wtforms", "security"),
    [
        ("en", "Not a valid integer value.", "Invalid password"),
        ("fr", "N'est pas un entier valide.", "Mot de passe non valide"),
    ],
)
def test_the_texts_of_the_libraries_follow_too(
    app: Flask, language: str, wtforms: str, security: str
) -> None:
    asked: dict[str, Any] = {"headers": {"Accept-Language": language}, "data": {"count": "x"}}
    with app.test_request_context("/", method="POST", **asked):
        form = Asked(meta={"csrf": False})
        assert not form.validate()
        assert form.count.errors[0] == wtforms
        assert get_message("INVALID_PASSWORD")[0] == security
