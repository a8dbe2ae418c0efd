"""The settings of the mailbox where notices come back."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy.orm import Session, scoped_session

from config import Config
from tests.browser.installation import free_port
from tests.conftest import Browser
from webapp.accounts.mail_settings import with_mail_settings
from webapp.accounts.models import ReturnMailbox, User

pytestmark = pytest.mark.slow

PAGE = "/organisation/messagerie"
SAVE = f"{PAGE}/retours"


def typed(**texts: str) -> dict[str, str]:
    fields = {
        "host": "localhost",
        "security": "tls",
        "port": str(free_port()),
        "username": "retours@lavoir.example",
        "password": "un secret",
        "folder": "INBOX",
        "bounce_address": "retours@lavoir.example",
        **texts,
    }
    return {f"retours-{name}": text for name, text in fields.items()}


def test_a_mailbox_is_kept_with_its_password_encrypted_and_tried_at_once(
    browser: Browser, session: scoped_session[Session], config: Config
) -> None:
    page = browser.post(SAVE, typed(), follow_redirects=True).text
    assert "La boîte des retours est enregistrée." in page
    assert "se connecter au serveur" in page
    assert "Vérifiez le port" in page
    assert "un secret" not in page
    kept = session.get(ReturnMailbox, 1)
    assert kept is not None
    assert "secret" not in kept.password
    in_use = with_mail_settings(session, config)
    assert (in_use.imap_password, in_use.bounce_address) == (
        "un secret",
        "retours@lavoir.example",
    )


def test_the_kept_password_goes_to_no_other_server(
    browser: Browser, session: scoped_session[Session], config: Config
) -> None:
    first = typed()
    browser.post(SAVE, first)
    same = browser.post(SAVE, {**first, "retours-password": "", "retours-folder": "Retours"})
    assert same.status_code == 303
    other = browser.post(
        SAVE, {**first, "retours-password": "", "retours-host": "ailleurs.example"}
    )
    assert other.status_code == 422
    assert "Écrivez le mot de passe" in other.text
    in_use = with_mail_settings(session, config)
    assert (in_use.imap_host, in_use.imap_folder) == ("localhost", "Retours")


def test_a_form_that_is_wrong_says_where(browser: Browser) -> None:
    answer = browser.post(SAVE, typed(host="http://imap", port="x", bounce_address="rien"))
    assert answer.status_code == 422
    for field in ("host", "port", "bounce_address"):
        assert f'href="#retours-{field}"' in answer.text


def test_a_mailbox_is_forgotten(
    browser: Browser, session: scoped_session[Session], config: Config
) -> None:
    browser.post(SAVE, typed())
    browser.post(f"{SAVE}/oublier")
    assert with_mail_settings(session, config).imap_host == ""
    assert (
        "Enregistrez d’abord une boîte" in browser.post(f"{SAVE}/lire", follow_redirects=True).text
    )


def test_what_the_environment_sets_is_only_shown(browser: Browser, app: Flask) -> None:
    config = app.extensions["plirec"]
    app.extensions["plirec"] = replace(config, imap_host="imap.lavoir.example", imap_username="x")
    page = browser.get(PAGE).text
    assert "imap.lavoir.example" in page
    assert "retours-host" not in page
    assert browser.post(SAVE, typed()).status_code == 403


def test_only_the_first_organisation_sets_and_reads_it(
    sign_in: Callable[[User], Browser], stranger: User, app: Flask
) -> None:
    theirs = sign_in(stranger)
    assert theirs.post(SAVE, typed()).status_code == 403
    config = app.extensions["plirec"]
    app.extensions["plirec"] = replace(config, imap_host="imap.lavoir.example", imap_username="x")
    assert "Lire la boîte" not in theirs.get(PAGE).text
    assert theirs.post(f"{SAVE}/lire").status_code == 403
