"""An installation that is open, and people of each kind who are signed in."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.delivery.conftest import certificate, configure, hand_over, mail_server
from webapp.accounts.first_run import Opening, open_installation
from webapp.accounts.models import Kind
from webapp.accounts.users import create_user
from webapp.extensions import db

__all__ = ["certificate", "configure", "hand_over", "mail_server"]

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PASSWORD = "quatre mots sans rapport"

Press = Callable[..., TestResponse]


def token_on(page: str) -> str:
    """Find the token that a page's form carries against forgery."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found is not None
    return found[1]


@pytest.fixture
def press(client: FlaskClient) -> Press:
    """Open a page, fill its form in and send it: `press(address, htmx=False, **fields)`."""

    def send(address: str, *, htmx: bool = False, **fields: str) -> TestResponse:
        token = token_on(client.get(address).text)
        headers = {"HX-Request": "true"} if htmx else {}
        return client.post(address, data={"csrf_token": token, **fields}, headers=headers)

    return send


@pytest.fixture
def organisation_id(app: Flask) -> int:
    """The organisation of an installation with an account of each kind, named after it."""
    opening = Opening(
        organisation_name="Les Amis du Lavoir",
        address_1="3 rue du Lavoir",
        address_2="",
        postal_code="01000",
        city="Bourg-en-Bresse",
        country="",
        organisation_email="bureau@lavoir.example",
        names_sender=False,
        administrator_name="Odile Martin",
        administrator_email="administrator@lavoir.example",
        password=PASSWORD,
        public_url="http://localhost",
    )
    with app.app_context():
        identifier = open_installation(db.session, opening, NOW).organisation_id
        for kind in (Kind.MANAGED, Kind.SIMPLE):
            email = f"{kind}@lavoir.example"
            create_user(db.session, identifier, kind.title(), email, PASSWORD, kind, NOW)
        db.session.commit()
    return identifier


@pytest.fixture
def signed_in_as(client: FlaskClient, organisation_id: int) -> Callable[[Kind], FlaskClient]:
    """Sign in with the account of this kind, and give the browser."""
    assert organisation_id

    def as_kind(kind: Kind) -> FlaskClient:
        form = {"email": f"{kind}@lavoir.example", "password": PASSWORD}
        token = token_on(client.get("/connexion").text)
        client.post("/connexion", data={"csrf_token": token, **form})
        return client

    return as_kind
