"""An installation that is open, and forms sent as a browser sends them."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.delivery.conftest import certificate, configure, mail_server
from tools.demo_people import LAVOIR
from webapp.accounts.first_run import Opening, open_installation
from webapp.extensions import db

__all__ = ["certificate", "configure", "mail_server"]

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
Press = Callable[..., TestResponse]


def _opening(**changes: str) -> Opening:
    """What the first run would ask, with what a test wants otherwise."""
    values: dict[str, object] = {
        "sender": LAVOIR,
        "administrator_name": "Odile Martin",
        "administrator_email": "odile@lavoir.example",
        "password": "quatre mots sans rapport",
        "public_url": "http://localhost",
        **changes,
    }
    return Opening(**values)  # type: ignore[arg-type]


@pytest.fixture
def opening() -> Callable[..., Opening]:
    """Make what the first run asks: `opening(password="court")`."""
    return _opening


@pytest.fixture
def organisation_id(app: Flask) -> int:
    """The organisation of an installation that Odile has opened."""
    with app.app_context():
        identifier = open_installation(db.session, _opening(), NOW).organisation_id
        db.session.commit()
    return identifier


@pytest.fixture
def press(client: FlaskClient) -> Press:
    """Open a page, fill its form in and send it: `press(page, address, **fields)`."""

    def send(page: str, address: str, **fields: str) -> TestResponse:
        shown = client.get(page).text
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', shown)
        assert token is not None
        return client.post(address, data={"csrf_token": token[1], **fields})

    return send


class Links:
    """Finds the secret links that pages and messages hold."""

    def __call__(self, text: str, path: str) -> str:
        """Give the one link to this path, as the path alone: `links(page, "invitation")`."""
        found = set(re.findall(rf"https?://[^/\s\"<]+(/{path}/[\w-]+)", text))
        assert len(found) == 1, found
        return str(found.pop())


@pytest.fixture
def links() -> Links:
    return Links()


@pytest.fixture
def send_form() -> Callable[..., TestResponse]:
    """Fill in the form of a page and send it: `send_form(client, "/invitation/…", name="Zoé")`."""

    def send(client: FlaskClient, page: str, /, **fields: str) -> TestResponse:
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(page).text)
        assert token is not None, page
        return client.post(page, data={"csrf_token": token[1], **fields})

    return send
