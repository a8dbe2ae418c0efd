"""A group, people at its pages, and lists brought to it."""

import re
from collections.abc import Callable
from contextvars import Context
from datetime import UTC, datetime
from functools import partial
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session, scoped_session
from werkzeug.test import TestResponse

from webapp.accounts.models import User
from webapp.contacts.book import create_group
from webapp.contacts.models import Group
from webapp.contacts.rules import FIELDS
from webapp.extensions import db
from webapp.imports.checking import check_rows
from webapp.imports.models import Import
from webapp.imports.staging import stage
from webapp.sheets.reader import Row

PASSWORD = "quatre mots sans rapport"
NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


@pytest.fixture
def group(session: scoped_session[Session], administrator: User) -> Group:
    made = create_group(session, administrator.organisation_id, "Adhérents", NOW)
    session.commit()
    return made


class Visitor:
    """Somebody at the pages; `htmx` asks for fragments, as the pages do with JavaScript on."""

    def __init__(self, client: FlaskClient, email: str) -> None:
        self.client = client
        form: dict[str, Any] = {"email": email, "password": PASSWORD}
        self.token = _token(self.get("/connexion"))
        assert self.post("/connexion", **form).status_code in (302, 303)
        self.token = _token(self.get("/"))

    def get(self, address: str, *, htmx: bool = False) -> TestResponse:
        return self._ask("GET", address, htmx)

    def post(self, address: str, *, htmx: bool = False, **data: Any) -> TestResponse:
        return self._ask("POST", address, htmx, data={"csrf_token": self.token, **data})

    def upload(
        self, address: str, content: bytes, name: str = "liste.csv", *, htmx: bool = False
    ) -> TestResponse:
        if len(content) < 400_000:
            return self.post(address, htmx=htmx, file=(BytesIO(content), name))
        # Werkzeug's own client would write a large form to a file that it never closes.
        parts = (
            f'Content-Disposition: form-data; name="csrf_token"\r\n\r\n{self.token}'.encode(),
            f'Content-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode()
            + content,
        )
        body = b"".join(b"--limit\r\n" + part + b"\r\n" for part in parts) + b"--limit--\r\n"
        kind = "multipart/form-data; boundary=limit"
        return self._ask("POST", address, htmx, data=body, content_type=kind)

    def _ask(self, method: str, address: str, htmx: bool, **options: Any) -> TestResponse:
        # What the test holds of the database must neither wait for the request nor be seen by it.
        db.session.rollback()
        headers = {"HX-Request": "true"} if htmx else {}
        ask = partial(self.client.open, address, method=method, headers=headers, **options)
        return Context().run(ask)


def _token(page: TestResponse) -> str:
    found = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', page.text)
    assert found
    return found[1]


@pytest.fixture
def visitor(app: Flask, administrator: User) -> Visitor:
    return Visitor(app.test_client(), administrator.email)


@pytest.fixture
def visiting_stranger(app: Flask, stranger: User) -> Visitor:
    return Visitor(app.test_client(), stranger.email)


@pytest.fixture
def visiting_simple(app: Flask, simple: User) -> Visitor:
    return Visitor(app.test_client(), simple.email)


@pytest.fixture
def stage_lines(
    session: scoped_session[Session], administrator: User, group: Group
) -> Callable[..., Import]:
    """Stage lines given as « e-mail;nom;prénom;raison sociale;statut;… », numbered from 2."""

    def staged(*lines: str) -> Import:
        rows = [Row(number, line.split(";")) for number, line in enumerate(lines, start=2)]
        report = check_rows(rows, dict(enumerate(FIELDS)))
        import_ = stage(session, group, administrator.id, "liste.csv", report, NOW)
        session.commit()
        return import_

    return staged
