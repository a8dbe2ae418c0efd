import io
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from config import Config
from tests.conftest import NOW, PASSWORD, Browser
from webapp.accounts.models import User
from webapp.contacts.models import Group
from webapp.imports.models import Import

pytestmark = pytest.mark.slow


@pytest.fixture
def app(separate_app: Flask) -> Flask:
    """Some tests here add a page of their own."""
    return separate_app


@pytest.fixture
def broken(app: Flask) -> Flask:
    """An application with a page that fails in a way nobody foresaw."""

    def fail() -> NoReturn:
        raise RuntimeError("secret détail")

    app.add_url_rule("/cassé", "broken", fail)
    app.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False)
    return app


@pytest.mark.parametrize("htmx", [True, False])
def test_an_unforeseen_failure_shows_a_page_without_a_trace(
    broken: Flask, browser: Browser, htmx: bool
) -> None:
    answer = browser.get("/cassé", htmx=htmx)
    assert answer.status_code == 500
    assert "Rien de ce qui était enregistré n’est perdu" in answer.text
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    assert (answer.headers.get("HX-Retarget") == "#announcement") is htmx
    assert ("<title>" in answer.text) is not htmx


@pytest.mark.parametrize(("method", "address", "status"), [
    ("get", "/nulle-part", 404),
    ("get", "/groupes/999", 404),
    ("get", "/groupes/99999999999999999999999", 404),
        ("get", "/deconnexion", 405),
    ("delete", "/envoyer", 405),
])  # fmt: skip
def test_a_wrong_address_says_what_to_do(
    browser: Browser, method: str, address: str, status: int
) -> None:
    answer = browser.client.open(address, method=method)
    assert answer.status_code == status
    assert "<h1>" in answer.text


def test_a_form_without_its_token_changes_nothing_and_says_why(
    browser: Browser, session: scoped_session[Session]
) -> None:
    answer = browser.client.post("/groupes", data={"name": "Volé"})
    assert answer.status_code == 400
    assert "rechargez la page" in answer.text
    assert session.scalar(select(func.count()).select_from(Group)) == 0


@pytest.mark.parametrize("htmx", [True, False])
def test_an_error_is_a_whole_page_or_is_told_beside_what_was_typed(
    browser: Browser, htmx: bool
) -> None:
    forged = browser.client.post("/groupes", headers={"HX-Request": "true"} if htmx else {})
    unknown = browser.get("/nulle-part", htmx=htmx)
    for answer, status in ((forged, 400), (unknown, 404)):
        assert answer.status_code == status
        assert ("<!doctype html>" in answer.text) is not htmx
        assert answer.headers.get("HX-Retarget") == ("#announcement" if htmx else None)
        assert answer.headers.get("HX-Reswap") == ("innerHTML" if htmx else None)


def test_a_file_that_is_too_big_is_refused_before_it_is_read(
    browser: Browser, app: Flask, session: scoped_session[Session]
) -> None:
    browser.post("/groupes", {"name": "Adhérents"})
    token = browser.token()
    app.config["MAX_CONTENT_LENGTH"] = 10_000
    file = (io.BytesIO(b"x" * 20_000), "liste.xlsx")
    answer = browser.client.post(
        "/groupes/1/importer",
        data={"csrf_token": token, "file": file},
        content_type="multipart/form-data",
    )
    assert answer.status_code == 413
    assert "<h1>" in answer.text
    assert "Request Entity" not in answer.text
    assert session.scalar(select(func.count()).select_from(Import)) == 0


@pytest.mark.parametrize("htmx", [True, False])
def test_a_page_that_an_account_may_not_open_says_whom_to_ask(
    sign_in: Callable[[User], Browser], simple: User, htmx: bool
) -> None:
    answer = sign_in(simple).get("/groupes", htmx=htmx)
    assert answer.status_code == 403
    assert "administrateur" in answer.text
    assert (answer.headers.get("HX-Retarget") == "#announcement") is htmx


@pytest.mark.sqlite
@pytest.mark.slow
def test_while_the_database_is_locked_by_another_program_the_page_says_to_try_again(
    browser: Browser, config: Config
) -> None:
    token = browser.token()
    path = Path(config.data_directory) / "plirec.sqlite"
    with sqlite3.connect(path, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        assert browser.get("/groupes").status_code == 200, "reading goes on"
        answer = browser.client.post("/groupes", data={"csrf_token": token, "name": "Bureau"})
        other.execute("ROLLBACK")
    other.close()
    assert answer.status_code == 503
    assert "Rien n’a été changé" in answer.text
    assert (
        browser.client.post("/groupes", data={"csrf_token": token, "name": "Bureau"}).status_code
        == 303
    )


@pytest.mark.parametrize(
    "address", ["/courriers?page=" + "1" * 5000, "/groupes/1?recherche=" + "mot+" * 2000]
)
def test_an_address_that_asks_for_too_much_is_answered(
    browser: Browser, administrator: User, session: scoped_session[Session], address: str
) -> None:
    session.add(
        Group(
            organisation_id=administrator.organisation_id,
            name="Un",
            folded_name="un",
            created_at=NOW,
        )
    )
    session.commit()
    assert browser.get(address).status_code == 200


@pytest.mark.parametrize("page", ["/connexion", "/langue"])
def test_a_line_break_in_the_page_to_return_to_leads_nowhere_else(
    app: Flask, administrator: User, page: str
) -> None:
    visitor = Browser(app.test_client())
    form = {"email": administrator.email, "password": PASSWORD, "language": "fr"}
    answer = visitor.post(page, {**form, "next": "/courriers\r\nX-Evil: 1"})
    assert answer.location == "/"
    assert "X-Evil" not in answer.headers


def test_an_unforeseen_failure_leaves_no_secret_address_in_the_log(
    app: Flask, administrator: User, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(token: str) -> NoReturn:
        raise RuntimeError("détail")

    app.add_url_rule("/secret/<token>", "broken", fail)
    app.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False)
    assert app.test_client().get("/secret/un-jeton").status_code == 500
    assert "Exception on broken [GET]" in caplog.text
    assert "un-jeton" not in caplog.text
