"""The first run's page."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from config import Config
from webapp import create_app
from webapp.accounts.models import Installation, Organisation, User
from webapp.database import Base
from webapp.desk.forms import FirstRunForm
from webapp.extensions import db

Press = Callable[..., TestResponse]

FILLED_IN = {
    "organisation_name": "Les Amis  du Lavoir",
    "address_1": "3 rue du Lavoir",
    "address_2": "",
    "postal_code": "1000",
    "city": "Bourg-en-Bresse",
    "country": "",
    "administrator_name": "Odile Martin",
    "administrator_email": "Odile@Lavoir.example",
    "password": "cheval agrafe pile lavoir",
    "organisation_email": "bureau@lavoir.example",
    "names_sender": "no",
    "public_url": "http://localhost/",
}


@pytest.mark.parametrize("address", ["/", "/connexion", "/groupes", "/envoyer", "/courriers"])
def test_while_no_account_exists_every_page_leads_to_the_first_run(
    client: FlaskClient, address: str
) -> None:
    answer = client.get(address)
    assert (answer.status_code, answer.location) == (303, "/bienvenue")
    answer = client.get(address, headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"] == "/bienvenue"


def test_style_and_the_recipients_pages_do_not_wait_for_the_first_run(client: FlaskClient) -> None:
    with client.get("/static/plirec.css") as style:
        assert style.status_code == 200
    assert client.get("/r/inconnu").status_code == 404
    assert client.get("/nulle-part").status_code == 404


def test_the_first_run_is_one_form_that_hides_the_sender_unless_one_chooses(
    client: FlaskClient,
) -> None:
    page = client.get("/bienvenue").text
    assert 'value="http://localhost"' in page
    assert "R53-3" in page
    assert re.findall(r'<input checked[^>]*name="(.*?)"[^>]*value="(.*?)"', page) == [
        ("names_sender", "no")
    ]
    assert page.count("<legend>") == 4
    fragment = client.get("/bienvenue", headers={"HX-Request": "true"}).text
    assert "<html" not in fragment
    assert 'id="first-run"' in fragment


def test_a_newcomer_opens_plirec_and_is_signed_in(
    app: Flask, client: FlaskClient, press: Press
) -> None:
    answer = press("/bienvenue", **FILLED_IN)
    assert (answer.status_code, answer.location) == (303, "/")
    page = client.get("/").text
    assert "Plirec est prêt. Vous êtes connecté comme administrateur." in page
    assert "Bonjour Odile Martin" in page
    with app.app_context():
        organisation = db.session.scalars(select(Organisation)).one()
        assert organisation.name == "Les Amis du Lavoir"
        assert organisation.postal_code == "01000"
        assert organisation.names_sender is False
        assert db.session.scalars(select(Installation.public_url)).one() == "http://localhost"
        assert db.session.scalars(select(User.email)).one() == "odile@lavoir.example"


def test_a_swap_of_the_form_leads_to_the_dashboard_too(press: Press) -> None:
    answer = press("/bienvenue", htmx=True, **FILLED_IN)
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, "/")


@pytest.mark.parametrize(
    ("field", "text", "message"),
    [
        ("organisation_name", " ", "Écrivez le nom de l’association ou de l’organisme."),
        ("postal_code", "123", "Ce code postal n’existe pas en France"),
        ("city", "", "Écrivez la ville."),
        ("administrator_name", "x" * 121, "Écrivez 120 caractères au plus."),
        ("administrator_email", "odile", "Cette adresse e-mail n’est pas valable"),
        ("password", "onze lettre", "Le mot de passe doit avoir entre 12 et 256 caractères."),
        ("names_sender", "", "Choisissez si l’avis nomme l’expéditeur."),
        ("public_url", "localhost:8000", "Écrivez l’adresse seule"),
        ("public_url", "https://a.example/plirec", "Écrivez l’adresse seule"),
        ("public_url", "https://a.example:port", "Écrivez l’adresse seule"),
        ("public_url", "https://[::1", "Écrivez l’adresse seule"),
    ],
)
def test_a_wrong_field_is_told_in_the_summary_and_under_it(
    app: Flask, press: Press, field: str, text: str, message: str
) -> None:
    answer = press("/bienvenue", **{**FILLED_IN, field: text})
    assert answer.status_code == 422
    assert f'<a href="#{field}">{message}' in answer.text
    assert answer.text.count(message) == 2
    assert 'value="Bourg-en-Bresse"' in answer.text or field == "city"
    assert "cheval agrafe pile lavoir" not in answer.text
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Installation)) == 0


def test_the_form_with_an_error_answers_a_swap_with_its_part(press: Press) -> None:
    answer = press("/bienvenue", htmx=True, **{**FILLED_IN, "city": ""})
    assert answer.status_code == 422
    assert "<html" not in answer.text
    assert 'href="#city"' in answer.text


def test_of_two_who_open_at_once_the_late_one_is_sent_to_sign_in(app: Flask) -> None:
    at_once = Barrier(2)

    def open_as(name: str) -> tuple[int, str | None]:
        client = app.test_client()
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/bienvenue").text)
        assert token is not None
        form = {**FILLED_IN, "administrator_name": name, "csrf_token": token[1]}
        at_once.wait(timeout=10)
        answer = client.post("/bienvenue", data=form)
        return answer.status_code, answer.location

    with ThreadPoolExecutor(2) as threads:
        outcomes = sorted(threads.map(open_as, ("Anne", "Zoé")))
    assert outcomes == [(303, "/"), (303, "/connexion")]
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(User)) == 1


@pytest.mark.usefixtures("organisation_id")
def test_an_open_installation_sends_the_first_run_to_sign_in(client: FlaskClient) -> None:
    answer = client.get("/bienvenue")
    assert (answer.status_code, answer.location) == (303, "/connexion")


def test_a_public_address_of_the_settings_is_not_asked(tmp_path: Path) -> None:
    config = Config(data_directory=tmp_path, public_url="https://plirec.example")
    app = create_app(config)
    with app.app_context():
        Base.metadata.create_all(db.engine)
    page = app.test_client().get("/bienvenue", base_url="https://plirec.example").text
    assert "public_url" not in page
    with app.test_request_context("/"):
        assert FirstRunForm(meta={"csrf": False}).public_url is not None
    with app.app_context():
        db.engine.dispose()
