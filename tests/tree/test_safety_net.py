"""Every route, with identifiers that exist, walked by everybody for whom it is not there."""

import hashlib
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import create_engine, select
from werkzeug.test import TestResponse

from config import Config
from tests.conftest import Browser
from tests.tree.audiences import AUDIENCES
from tests.tree.everything import MARK, Ids, addresses
from webapp.accounts.models import User
from webapp.database import Base

pytestmark = pytest.mark.slow


@pytest.fixture
def kept(config: Config) -> Iterator[Callable[[], str]]:
    """Give what stands for all that the database keeps."""

    engine = create_engine(config.database)

    def fingerprint() -> str:
        with engine.connect() as connection:
            whole = [
                connection.execute(select(table).order_by(*table.primary_key)).all()
                for table in Base.metadata.sorted_tables
            ]
        return hashlib.sha256(repr(whole).encode()).hexdigest()

    yield fingerprint
    engine.dispose()


def tells(answer: TestResponse) -> bool:
    """Say whether an answer holds anything of the organisation."""
    return MARK.encode() in answer.data


def test_every_route_says_for_whom_it_is_there(app: Flask) -> None:
    assert {rule.rule for rule in app.url_map.iter_rules()} == set(AUDIENCES)


@pytest.mark.parametrize("htmx", [True, False])
def test_signed_out_nothing_is_seen_and_nothing_changes(
    app: Flask, ids: Ids, kept: Callable[[], str], htmx: bool
) -> None:
    before = kept()
    browser = Browser(app.test_client())
    for method, address, audience in addresses(app, ids):
        if audience in ("everyone", "token"):
            continue
        answer = (
            browser.get(address, htmx=htmx) if method == "GET" else browser.post(address, htmx=htmx)
        )
        leads = answer.headers.get("HX-Redirect") or answer.headers.get("Location", "")
        assert leads.startswith("/connexion"), (method, address, answer.status_code)
        assert not tells(answer), (method, address)
    assert kept() == before


@pytest.mark.parametrize("htmx", [True, False])
@pytest.mark.parametrize(
    ("kind", "closed"),
    [
        ("stranger", {"many": 404, "author": 404, "administrators": 404}),
        ("managed", {"author": 404, "administrators": 403}),
        ("simple", {"many": 403, "author": 404, "administrators": 403}),
    ],
)
def test_whoever_a_route_is_not_for_sees_nothing_and_changes_nothing(
    request: pytest.FixtureRequest,
    app: Flask,
    ids: Ids,
    kept: Callable[[], str],
    sign_in: Callable[[User], Browser],
    kind: str,
    closed: dict[str, int],
    htmx: bool,
) -> None:
    browser = sign_in(request.getfixturevalue(kind))
    before = kept()
    for method, address, audience in addresses(app, ids):
        names_something = any(str(value) in address for value in ids.values())
        status = closed.get(audience)
        if status is None or (status == 404 and not names_something):
            continue
        send = browser.get if method == "GET" else browser.post
        answer = send(address, htmx=htmx)
        assert answer.status_code == status, (kind, method, address, answer.status_code)
        assert not tells(answer), (kind, method, address)
        assert kept() == before, (kind, method, address)


def test_pages_that_are_open_to_a_stranger_show_nothing_of_this_organisation(
    app: Flask, ids: Ids, stranger: User, sign_in: Callable[[User], Browser]
) -> None:
    browser = sign_in(stranger)
    for method, address, audience in addresses(app, ids):
        if method == "GET" and audience in ("all", "many", "administrators"):
            assert not tells(browser.get(address)), address


def test_the_administrator_opens_every_page(app: Flask, ids: Ids, browser: Browser) -> None:
    for method, address, audience in addresses(app, ids):
        if method == "GET" and audience not in ("token", "everyone"):
            answer = browser.get(address)
            if address.endswith("/lecture"):
                # What is read already leads on to its lines.
                assert answer.status_code == 303, address
                answer = browser.get(answer.location)
            answer.close()
            assert answer.status_code == 200, address


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_secret_that_is_guessed_opens_nothing(
    app: Flask, ids: Ids, kept: Callable[[], str], method: str
) -> None:
    before = kept()
    browser = Browser(app.test_client())
    send = browser.get if method == "GET" else browser.post
    for way, address, audience in addresses(app, ids):
        if audience == "token" and way == method:
            assert send(address).status_code == 404, address
    assert kept() == before
