"""An application on a database of its own, made by the migrations, and people who use it."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextvars import Context
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, has_app_context
from flask.testing import FlaskClient
from sqlalchemy.orm import Session, scoped_session
from werkzeug.test import TestResponse

from config import Config
from tests.databases import ON_POSTGRESQL, Server, on_database, running_server
from webapp import create_app
from webapp.accounts.models import Installation, Kind, Organisation, User
from webapp.accounts.users import create_user
from webapp.desk.schema import upgrade
from webapp.evidence import seal
from webapp.evidence.proofs import Progress
from webapp.extensions import db, security

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PASSWORD = "quatre mots sans rapport"
TEMPLATE, COPY = "plirec_template", "plirec_test"
"""The databases that a PostgreSQL server holds while tests run."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is about the other database, and on PostgreSQL what touches none."""
    left_out = [item for item in items if not _belongs_here(item)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if _belongs_here(item)]


def _belongs_here(item: pytest.Item) -> bool:
    if not ON_POSTGRESQL:
        return not any(item.iter_markers("postgresql"))
    touches_database = "database_server" in getattr(item, "fixturenames", ())
    return touches_database and not any(item.iter_markers("sqlite"))


@pytest.fixture(scope="session")
def database_server() -> Iterator[Server | None]:
    """The PostgreSQL server that the tests run on, or none."""
    if not ON_POSTGRESQL:
        yield None
        return
    with running_server() as running:
        yield running


@pytest.fixture(scope="session")
def empty_installation(
    tmp_path_factory: pytest.TempPathFactory, database_server: Server | None
) -> Path:
    """A data directory whose database the migrations made, with a seal: copied for each test."""
    directory = tmp_path_factory.mktemp("installation")
    app = create_app(on_database(Config(data_directory=directory), database_server, TEMPLATE))
    with app.app_context():
        upgrade()
        seal.register(db.session, directory / "keys", NOW)
        db.session.commit()
    _leave(app)
    return directory


@pytest.fixture
def config(
    tmp_path: Path,
    empty_installation: Path,
    database_server: Server | None,
    monkeypatch: pytest.MonkeyPatch,
) -> Config:
    """Settings of an installation of its own; the commands that a test runs find its server too."""
    directory = tmp_path / "var"
    shutil.copytree(empty_installation, directory)
    if database_server is None:
        return Config(data_directory=directory)
    address = database_server.create(COPY, TEMPLATE)
    monkeypatch.setenv("DATABASE_URL", address)
    return Config(data_directory=directory, database_url=address)


@pytest.fixture
def bare_config(
    tmp_path: Path, database_server: Server | None, monkeypatch: pytest.MonkeyPatch
) -> Config:
    """Settings on which nothing was installed yet: the database has no table."""
    bare = on_database(Config(data_directory=tmp_path), database_server, COPY)
    if database_server:
        monkeypatch.setenv("DATABASE_URL", bare.database_url)
    return bare


class SeparateClient(FlaskClient):
    """Asks as a browser does, from outside: shares no context with the test that is running."""

    def open(self, *arguments: Any, **named: Any) -> TestResponse:
        if has_app_context():
            # What the test prepared is there for all; the test sees afterwards what became of it.
            db.session.commit()
        return Context().run(super().open, *arguments, **named)


@pytest.fixture(scope="session")
def shared_app(
    tmp_path_factory: pytest.TempPathFactory,
    empty_installation: Path,
    database_server: Server | None,
) -> Flask:
    """The one application that tests use in turn: its routes, templates and queries stay compiled.

    Its data directory is a link, which leads to the data of the test that is running.
    """
    link = tmp_path_factory.mktemp("shared") / "var"
    link.symlink_to(empty_installation)
    database = (
        database_server.address(COPY) if database_server else f"sqlite:///{link / 'plirec.sqlite'}"
    )
    app = create_app(Config(data_directory=link, database_url=database))
    app.test_client_class = SeparateClient
    if database_server:
        database_server.create(COPY, TEMPLATE)
    # Flask lets nobody add a route from now on, which would stay for the other tests.
    app.test_client().get("/connexion")
    _leave(app)
    return app


def _leave(app: Flask) -> None:
    with app.app_context():
        db.engine.dispose()
    app.extensions["plirec-queue"].storage.close()


@pytest.fixture
def app(config: Config, shared_app: Flask) -> Iterator[Flask]:
    """The application on the data of this test; what a test sets in it is forgotten afterwards."""
    link: Path = shared_app.extensions["plirec"].data_directory
    settings, extensions = dict(shared_app.config), dict(shared_app.extensions)
    link.unlink()
    link.symlink_to(config.data_directory)
    shared_app.extensions["plirec"] = config
    shared_app.extensions["plirec-sealing"] = Progress()  # of this test's journal
    shared_app.config.update(TESTING=True)
    # Passwords are hashed by argon2 here too, with less work; `separate_app` has the real cost.
    security.pwd_context = security.pwd_context.copy(argon2__memory_cost=8, argon2__time_cost=1)
    yield shared_app
    shared_app.config.clear()
    shared_app.config.update(settings)
    shared_app.extensions.clear()
    shared_app.extensions.update(extensions)
    _leave(shared_app)


@pytest.fixture
def separate_app(config: Config) -> Iterator[Flask]:
    """An application for this test alone, to which it may add routes; all as in real use."""
    app = create_app(config)
    app.config.update(TESTING=True)
    app.test_client_class = SeparateClient
    yield app
    _leave(app)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def session(app: Flask) -> Iterator[scoped_session[Session]]:
    """The database's session, as a function that is called without a request has it."""
    with app.app_context():
        yield db.session
        db.session.rollback()


@pytest.fixture
def organisation(session: scoped_session[Session]) -> Organisation:
    """An installation that is open for one organisation, « Les Amis du Lavoir »."""
    session.add(Installation(id=1, public_url="http://localhost", created_at=NOW))
    return new_organisation(session, "Les Amis du Lavoir")


def new_organisation(session: scoped_session[Session], name: str) -> Organisation:
    """Make an organisation; two of the same name may be on one installation."""
    organisation = Organisation(
        name=name,
        address_1="3 rue du Lavoir",
        address_2="",
        postal_code="01000",
        city="Bourg-en-Bresse",
        country="",
        email="bureau@lavoir.example",
        names_sender=False,
        created_at=NOW,
    )
    session.add(organisation)
    session.commit()
    return organisation


def new_user(
    session: scoped_session[Session], organisation: Organisation, kind: Kind, email: str
) -> User:
    """Make an account that signs in with `PASSWORD`."""
    user = create_user(session, organisation.id, "Odile Martin", email, PASSWORD, kind, NOW)
    session.commit()
    return user


@pytest.fixture
def administrator(session: scoped_session[Session], organisation: Organisation) -> User:
    return new_user(session, organisation, Kind.ADMINISTRATOR, "odile@lavoir.example")


@pytest.fixture
def managed(session: scoped_session[Session], organisation: Organisation) -> User:
    return new_user(session, organisation, Kind.MANAGED, "paul@lavoir.example")


@pytest.fixture
def simple(session: scoped_session[Session], organisation: Organisation) -> User:
    return new_user(session, organisation, Kind.SIMPLE, "rose@lavoir.example")


@pytest.fixture
def stranger(session: scoped_session[Session], organisation: Organisation) -> User:
    """The administrator of another organisation on the same installation."""
    assert organisation.id
    other = new_organisation(session, "Une autre association")
    return new_user(session, other, Kind.ADMINISTRATOR, "zoe@autre.example")


class Browser:
    """A person's browser without JavaScript: sends the forms that pages hold, tokens and all."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, address: str, *, htmx: bool = False, **arguments: Any) -> TestResponse:
        return self.client.get(address, headers=_headers(htmx), **arguments)

    def post(
        self, address: str, data: Any = None, *, htmx: bool = False, **arguments: Any
    ) -> TestResponse:
        fields = {"csrf_token": self.token(), **(data or {})}
        return self.client.post(address, data=fields, headers=_headers(htmx), **arguments)

    def token(self) -> str:
        """Take the token against forged requests from the lightest page that has one."""
        shown = self.client.get("/une-page-qui-manque")
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', shown.text)
        assert found is not None, "the page holds no token"
        return found[1]


def _headers(htmx: bool) -> dict[str, str]:
    return {"HX-Request": "true"} if htmx else {}


@pytest.fixture
def sign_in(app: Flask) -> Callable[[User], Browser]:
    """Sign an account in, in a browser of its own: `sign_in(administrator)`."""

    def browser_of(user: User) -> Browser:
        browser = Browser(app.test_client())
        browser.post("/connexion", {"email": user.email, "password": PASSWORD})
        return browser

    return browser_of


@pytest.fixture
def browser(sign_in: Callable[[User], Browser], administrator: User) -> Browser:
    """The browser of the organisation's administrator, signed in."""
    return sign_in(administrator)


@pytest.fixture
def signed_in_client(browser: Browser) -> FlaskClient:
    return browser.client


@pytest.fixture(scope="session")
def chromium() -> str:
    """Where the browser for tests is: `make test` finds or installs it and says so here."""
    path = os.environ.get("PLIREC_CHROMIUM") or shutil.which("chromium")
    assert path, "no Chromium: run `make test`, or set PLIREC_CHROMIUM to its path"
    return path


@pytest.fixture
def by_mail(app: Flask, config: Config) -> None:
    """A mail server is set; nothing is sent to it here."""
    app.extensions["plirec"] = replace(
        config,
        smtp_host="localhost",
        mail_from="avis@courrier.example",
        public_url="https://courrier.example",
    )
