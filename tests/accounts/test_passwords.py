"""Passwords that are guessed first, and those that are not."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from webapp.accounts.models import User
from webapp.accounts.passwords import is_common
from webapp.accounts.users import CommonPassword, WeakPassword, check_password
from webapp.database import AnySession
from webapp.extensions import db

pytestmark = pytest.mark.slow

PEOPLE = ("Odile Martin", "odile@lavoir.example", "Les Amis du Lavoir")


@pytest.mark.parametrize(
    "password",
    [
        "motdepasse123",
        "M0tdep@sse2024",
        "Bonjour12345!",
        "Marseille13013",
        "jetaime12345",
        "soleilsoleil",
        "doudou lapinou",
        "azertyuiop12",
        "qwertyuiop[]",
        "1q2w3e4r5t6y",
        "zaq12wsxcde3",
        "aaaaaaaaaaaa",
        "abcabcabcabc",
        "123456789012",
        "25121985marie",
        "010203040506",
        "liverpool1234",
        "unbelievable",
        "justinbieber",
        "Christophe1985",
        "changezmoi2026",
    ],
)
def test_a_favourite_word_a_date_or_a_walk_over_the_keyboard_is_common(password: str) -> None:
    assert is_common(password)


@pytest.mark.parametrize(
    "password", ["Plirec2026!!", "AmisduLavoir26", "odilemartin01", "Lavoir.Odile"]
)
def test_the_names_of_the_person_and_of_the_organisation_are_common(password: str) -> None:
    assert is_common(password, PEOPLE)


@pytest.mark.parametrize(
    "password",
    [
        "quatre mots sans rapport",
        "cheval batterie agrafe juste",
        "Nous étions cinq hier",
        "k8Dw2pQz7xLm",
        "été, œuvre et forêt",
    ],
)
def test_a_phrase_or_what_a_safe_of_passwords_draws_is_not_common(password: str) -> None:
    assert not is_common(password, PEOPLE)


def test_more_than_three_thousand_usual_passwords_are_refused() -> None:
    """ASVS 6.2.4: words and usual endings make the lists that are going round."""
    words = "soleil doudou marseille chocolat football bonjour jetaime princesse nicolas thomas"
    usual = {
        f"{start}{end}"
        for word in [*words.split(), "password", "dragon", "monkey", "superman", "michael"]
        for start in (word, word.capitalize(), word * 2)
        for end in ("123456", "12345678", "1234567!", *range(194000, 194060), *range(2000, 2026))
        if len(f"{start}{end}") >= 12
    }
    assert len(usual) > 3000
    assert [password for password in usual if not is_common(password)] == []


def test_a_long_password_is_measured_at_once() -> None:
    assert is_common("a" * 256)


def test_length_is_looked_at_before_all_else() -> None:
    with pytest.raises(WeakPassword):
        check_password("x" * 100_000)
    with pytest.raises(CommonPassword):
        check_password("motdepasse123")


@pytest.mark.usefixtures("app")
def test_the_first_run_refuses_a_common_password_and_says_what_to_do(
    app: Flask, client: FlaskClient, press: Callable[..., TestResponse]
) -> None:
    answer = press(
        "/bienvenue",
        "/bienvenue",
        organisation_name="Les Amis du Lavoir",
        address_1="3 rue du Lavoir",
        postal_code="01000",
        city="Bourg-en-Bresse",
        administrator_name="Odile Martin",
        administrator_email="odile@lavoir.example",
        password="LavoirOdile2026",
        organisation_email="bureau@lavoir.example",
        names_sender="no",
        public_url="http://localhost",
    )
    assert answer.status_code == 422
    assert '<a href="#password">Ce mot de passe serait vite deviné.' in answer.text
    with app.app_context():
        assert _accounts(db.session) == 0


def _accounts(session: AnySession) -> int:
    return session.scalar(select(func.count()).select_from(User)) or 0
