"""Accounts: who may get one, and with which password."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask_security import hash_password, verify_password
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from webapp.accounts import users
from webapp.accounts.models import Kind, User
from webapp.accounts.users import create_user
from webapp.database import AnySession
from webapp.extensions import db

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PASSWORD = "cinq mots sans aucun rapport"


def test_an_account_signs_in_with_its_address_in_lower_case(
    session: AnySession, organisation_id: int
) -> None:
    user = create_user(
        session, organisation_id, " Paul  Roux ", "Paul@Lavoir.example", PASSWORD, Kind.SIMPLE, NOW
    )
    assert (user.name, user.email, user.active) == ("Paul Roux", "paul@lavoir.example", True)
    assert user.password.startswith("$argon2id$")
    assert PASSWORD not in user.password
    assert verify_password(PASSWORD, user.password)


def test_a_password_costs_whoever_guesses_the_work_that_owasp_asks_for(separate_app: Flask) -> None:
    with separate_app.app_context():
        assert hash_password(PASSWORD).startswith("$argon2id$v=19$m=19456,t=2,p=1$")


@pytest.mark.parametrize(
    ("name", "email", "password", "refusal"),
    [
        ("Paul", "ODILE@lavoir.example", PASSWORD, users.EmailTaken),
        ("Paul", "paul@", PASSWORD, users.EmailInvalid),
        ("Paul", "paul@lavoir.example", "onze lettre", users.WeakPassword),
        ("Paul", "paul@lavoir.example", "x" * 257, users.WeakPassword),
        ("  ", "paul@lavoir.example", PASSWORD, users.NameMissing),
    ],
)
def test_an_account_that_cannot_be_is_refused_and_leaves_nothing(
    session: AnySession,
    organisation_id: int,
    name: str,
    email: str,
    password: str,
    refusal: type[users.AccountError],
) -> None:
    with pytest.raises(refusal):
        create_user(session, organisation_id, name, email, password, Kind.MANAGED, NOW)
    session.commit()
    assert session.scalar(select(func.count()).select_from(User)) == 1


@pytest.mark.parametrize(
    ("kind", "many", "all_letters"),
    [
        (Kind.ADMINISTRATOR, True, True),
        (Kind.MANAGED, True, False),
        (Kind.SIMPLE, False, False),
    ],
)
def test_only_administrators_and_managed_accounts_write_to_many(
    session: AnySession, organisation_id: int, kind: Kind, many: bool, all_letters: bool
) -> None:
    user = create_user(session, organisation_id, "Paul", "paul@lavoir.example", PASSWORD, kind, NOW)
    assert (user.may_send_to_many, user.sees_all_letters) == (many, all_letters)


def test_a_password_with_accents_signs_in_as_it_was_chosen(
    app: Flask, organisation_id: int, press: Callable[..., TestResponse]
) -> None:
    password = "été, œuvre et forêt"
    with app.app_context():
        create_user(
            db.session, organisation_id, "Zoé", "zoe@lavoir.example", password, Kind.MANAGED, NOW
        )
        db.session.commit()
    answer = press("/connexion", "/connexion", email="zoe@lavoir.example", password=password)
    assert answer.status_code in (302, 303)
