import hashlib
import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

NAMES = ("plirec.css", "icon.svg", "htmx.min.js")
HEAVIEST = 40_000


def test_the_address_of_style_and_script_changes_with_their_content(app: Flask) -> None:
    with app.test_request_context():
        for name in NAMES:
            content = (Path(app.static_folder or "") / name).read_bytes()
            version = hashlib.sha256(content).hexdigest()[:12]
            assert app.url_for("static", filename=name) == f"/static/{name}?v={version}"


def test_browsers_keep_style_and_script_for_a_year_and_take_them_for_nothing_else(
    client: FlaskClient,
) -> None:
    for name in NAMES:
        with client.get(f"/static/{name}") as answer:
            assert answer.status_code == 200
            assert "max-age=31536000" in answer.headers["Cache-Control"]
            assert "no-store" not in answer.headers["Cache-Control"]
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("name", ["../__init__.py", "..%2f__init__.py", "", "nulle-part.css"])
def test_nothing_else_is_given_away_under_that_address(client: FlaskClient, name: str) -> None:
    assert client.get(f"/static/{name}").status_code == 404


def test_a_page_brings_one_style_and_one_script_both_from_here(client: FlaskClient) -> None:
    page = client.get("/bienvenue").text
    scripts = re.findall(r'<script src="([^"?]+)', page)
    styles = re.findall(r'<link rel="stylesheet" href="([^"?]+)', page)
    assert (scripts, styles) == (["/static/htmx.min.js"], ["/static/plirec.css"])


def test_the_style_loads_nothing_from_elsewhere(app: Flask) -> None:
    style = (Path(app.static_folder or "") / "plirec.css").read_text()
    assert "@import" not in style
    assert "http:" not in style.replace("http://www.w3.org", "")
    assert "https:" not in style
