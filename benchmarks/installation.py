"""An installation of its own to measure: one association, one administrator, signed in.

What the application loads it loads itself, as when it serves: nothing is imported before it.
"""

import re
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from config import Config
from webapp import create_app
from webapp.cycles import keep_for_good

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

    from webapp.accounts.models import User

EMAIL = "odile@lavoir.example"
PASSWORD = "quatre mots pour mesurer"
NOW = datetime.now(UTC)


def opened(directory: Path, **settings: Any) -> "Flask":
    """Start the application on a directory; at first its database and administrator are made."""
    is_new = not (directory / "keys" / "seal.pem").exists()
    app = create_app(Config(data_directory=directory, **settings))
    from webapp.evidence.start import require_sound

    with app.app_context():
        if is_new:
            # An installation that runs has no need of what makes its tables.
            schema = import_module("webapp.desk.schema")
            schema.upgrade()
        require_sound()
        if is_new:
            _open()
    keep_for_good()
    return app


def _open() -> None:
    from tools.demo_people import LAVOIR
    from webapp.accounts.first_run import Opening, open_installation
    from webapp.extensions import db

    opening = Opening(
        sender=LAVOIR,
        administrator_name="Odile Martin",
        administrator_email=EMAIL,
        password=PASSWORD,
        public_url="http://127.0.0.1:8000",
    )
    open_installation(db.session, opening, NOW)
    db.session.commit()


def administrator() -> "User":
    from webapp.accounts.models import User
    from webapp.extensions import db

    return db.session.query(User).filter_by(email=EMAIL).one()


def sign_in(client: "FlaskClient") -> str:
    """Sign in, and give what every form of the session has to send along."""
    page = client.get("/connexion").text
    account = {"email": EMAIL, "password": PASSWORD, "csrf_token": value(page, "csrf_token")}
    client.post("/connexion", data=account)
    return value(client.get("/groupes").text, "csrf_token")


def value(page: str, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)
    assert found is not None, f"no {name} on the page"
    return found[1]
