from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from config import Config
from webapp import create_app
from webapp.extensions import db

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@pytest.mark.parametrize("address", ["/connexion", "/bienvenue", "/nulle-part", "/r/inconnu"])
def test_every_answer_carries_the_strict_headers(client: FlaskClient, address: str) -> None:
    headers = client.get(address).headers
    assert headers["Content-Security-Policy"] == POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "Strict-Transport-Security" not in headers


def test_an_address_tells_other_sites_nothing_of_where_one_came_from(client: FlaskClient) -> None:
    assert client.get("/connexion").headers["Referrer-Policy"] == "same-origin"
    assert client.get("/r/inconnu").headers["Referrer-Policy"] == "no-referrer"


def test_over_https_browsers_are_told_to_stay_there(client: FlaskClient) -> None:
    headers = client.get("/connexion", base_url="https://courrier.example").headers
    assert headers["Strict-Transport-Security"] == "max-age=31536000"


def test_style_and_script_are_kept_by_browsers_under_an_address_of_their_content(
    client: FlaskClient, app: object
) -> None:
    page = client.get("/bienvenue").text
    address = page.split('rel="stylesheet" href="')[1].split('"')[0]
    assert "?v=" in address
    with client.get(address) as answer:
        assert "max-age=31536000" in answer.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("public_url", "name", "secure"),
    [("", "plirec", False), ("https://courrier.example", "__Host-plirec", True)],
)
def test_the_sessions_cookie_is_out_of_reach_of_scripts_and_of_other_sites(
    config: Config, public_url: str, name: str, secure: bool
) -> None:
    app = create_app(replace(config, public_url=public_url))
    base = public_url or "http://localhost"
    cookie = app.test_client().get("/bienvenue", base_url=base).headers["Set-Cookie"]
    assert cookie.startswith(f"{name}=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert ("Secure" in cookie) is secure
    with app.app_context():
        db.engine.dispose()
