"""Who runs the service, and what of it tells a sender who is hidden."""

from collections.abc import Callable
from dataclasses import replace

from flask import Flask
from sqlalchemy.orm import Session, scoped_session

from config import Config
from tests.conftest import Browser
from webapp.accounts.models import Installation, User

SERVICE = "/organisation/service"
GUESSED = "on le devine"
SignIn = Callable[[User], Browser]


def test_an_administrator_says_who_runs_the_service(
    browser: Browser, session: scoped_session[Session]
) -> None:
    given = {"operator_name": "Un hébergeur", "operator_address": "9 quai Neuf\r\n69001 Lyon"}
    page = browser.post(SERVICE, given, follow_redirects=True).text
    assert "C’est enregistré" in page
    assert 'value="Un hébergeur"' in page
    assert GUESSED not in page
    session.expire_all()
    assert session.get_one(Installation, 1).operator_address == "9 quai Neuf\n69001 Lyon"


def test_a_name_that_is_too_long_is_said_at_its_field(browser: Browser) -> None:
    answer = browser.post(SERVICE, {"operator_name": "x" * 121})
    assert answer.status_code == 422
    assert 'href="#operator_name"' in answer.text


def test_an_operator_or_a_domain_that_tells_the_hidden_sender_is_warned_of(
    app: Flask, browser: Browser, administrator: User, config: Config
) -> None:
    for page in (SERVICE, "/organisation"):
        assert GUESSED not in browser.get(page).text
    app.extensions["plirec"] = replace(config, public_url="https://lavoir.example")
    browser.post(SERVICE, {"operator_name": "Bureau du Lavoir"})
    for page in (SERVICE, "/organisation"):
        shown = browser.get(page).text
        assert GUESSED in shown
        assert "<code>lavoir.example</code>" in shown
        assert "<code>Bureau du Lavoir</code>" in shown
    assert "Les Amis du Lavoir" not in browser.get(SERVICE).text.partition("<h1>")[2]


def test_only_the_first_organisation_says_who_runs_the_service_for_all(
    sign_in: SignIn, stranger: User, managed: User
) -> None:
    page = sign_in(stranger).get(SERVICE).text
    assert 'name="operator_name"' not in page
    assert sign_in(stranger).post(SERVICE, {"operator_name": "Moi"}).status_code == 403
    assert sign_in(managed).get(SERVICE).status_code == 403
