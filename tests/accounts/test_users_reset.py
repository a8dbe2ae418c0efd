"""`plirec users disable` and `plirec users reset`."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from flask import Flask
from flask_security import verify_password
from sqlalchemy.orm import Session, scoped_session
from werkzeug.test import TestResponse

from tests.conftest import Browser
from webapp.accounts import second_factor
from webapp.accounts.commands import users
from webapp.accounts.models import User

pytestmark = pytest.mark.slow

AnySession = scoped_session[Session]
Run = Callable[..., Result]
NEW = "six mots sans le moindre rapport"


@pytest.fixture
def run(app: Flask, session: AnySession) -> Run:
    """Run `plirec users` on the application's data."""
    directory: Path = app.extensions["plirec"].data_directory

    def run_command(*words: str, typed: str = "") -> Result:
        session.commit()
        return CliRunner(env={"PLIREC_DATA": str(directory)}).invoke(users, words, input=typed)

    return run_command


def test_a_disabled_account_is_out_at_once(
    session: AnySession,
    run: Run,
    sign_in: Callable[[User], Browser],
    managed: User,
    browser: object,
) -> None:
    paul = sign_in(managed)
    result = run("disable", "--email", "Paul@lavoir.example")
    assert (result.exit_code, result.output) == (
        0,
        "Compte désactivé : Odile Martin <paul@lavoir.example>.\n",
    )
    assert paul.get("/").status_code == 303
    session.expire_all()
    assert (managed.active, managed.disabled_by_id) == (False, None)
    assert run("reset", "--email", managed.email).exit_code == 1


def test_the_last_administrator_and_an_unknown_address_are_refused(
    run: Run, administrator: User
) -> None:
    last = run("disable", "--email", administrator.email)
    assert last.exit_code == 1
    assert "dernier administrateur" in last.output
    unknown = run("disable", "--email", "qui@lavoir.example")
    assert unknown.exit_code == 1
    assert "aucun compte" in unknown.output


def test_a_reset_prints_a_link_that_lets_one_choose(
    app: Flask,
    run: Run,
    administrator: User,
    links: Callable[[str, str], str],
    send_form: Callable[..., TestResponse],
) -> None:
    result = run("reset", "--email", administrator.email)
    assert result.exit_code == 0
    link = links(result.output, "mot-de-passe")
    client = app.test_client()
    assert send_form(client, link, password=NEW).location == "/connexion"


def test_a_reset_takes_the_password_from_standard_input(
    session: AnySession, run: Run, sign_in: Callable[[User], Browser], administrator: User
) -> None:
    odile = sign_in(administrator)
    words = ("reset", "--email", administrator.email, "--password-stdin")
    assert "entre 12 et 256" in run(*words, typed="court\n").output
    assert odile.get("/").status_code == 200
    assert run(*words, typed=f"{NEW}\n").exit_code == 0
    session.expire_all()
    assert verify_password(NEW, administrator.password)
    assert odile.get("/").status_code == 303


def test_who_lost_telephone_and_codes_is_let_in_by_whoever_runs_the_machine(
    app: Flask, session: AnySession, run: Run, administrator: User
) -> None:
    with app.test_request_context():
        sealed = second_factor.begin(administrator)
        secret = second_factor.begun(administrator, sealed)
        code = TOTP(secret, 6, SHA1(), 30).generate(int(datetime.now(UTC).timestamp())).decode()
        second_factor.turn_on(session, administrator, sealed, code, datetime.now(UTC))
    words = ("reset", "--email", administrator.email, "--password-stdin")
    assert run(*words, typed=f"{NEW}\n").exit_code == 0
    assert second_factor.is_on(session, administrator.id), "a new password alone leaves it"
    assert run(*words, "--lost-telephone", typed=f"{NEW}\n").exit_code == 0
    session.expire_all()
    assert not second_factor.is_on(session, administrator.id)
