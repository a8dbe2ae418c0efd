"""Measures the recipient's page against a static page.

    python benchmarks/acceptance_page.py

One process with the application in it, as `plirec web` has, on a database of its own; the CPU time
of a whole request, the median of twenty-one, taken in turns: the stylesheet that every page takes,
the page of a letter that waits, the same once it is accepted, and one that is nobody's.
"""

import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from flask.testing import FlaskClient
from sqlalchemy import update

from benchmarks.group_pages import medians, tell
from benchmarks.installation import opened
from benchmarks.notices import letter_to
from webapp import keys
from webapp.extensions import db
from webapp.letters import term
from webapp.letters.models import Addressee
from webapp.letters.numbers import token
from webapp.web.settings import current

STATIC = "/static/plirec.css"


def fill() -> dict[str, str]:
    """Make the addresses of a letter that waits, of an accepted one, and of nobody's."""
    waiting, accepted = letter_to(2, 0).addressees
    now = datetime.now(UTC)
    told = {"state": "notified", "notified_at": now, "expires_at": term.ends_at(now)}
    answered = told | {"state": "accepted", "answered_at": now}
    for row, state in ((waiting, told), (accepted, answered)):
        db.session.execute(update(Addressee).where(Addressee.id == row.id).values(state))
    db.session.commit()
    key = keys.secret(current().keys_directory, "recipients")
    secrets = {
        "a letter that waits": token(key, waiting.number, 1),
        "an accepted letter": token(key, accepted.number, 1),
        "nobody's address": "x" * 43,
    }
    return {name: f"/r/{secret}" for name, secret in secrets.items()}


def asking(client: FlaskClient, address: str, good: int = 200) -> Callable[[], None]:
    def ask() -> None:
        answer = client.get(address)
        assert answer.status_code == good, answer.status
        assert answer.data

    return ask


def main() -> None:
    with tempfile.TemporaryDirectory() as directory:
        app = opened(Path(directory))
        with app.app_context():
            addresses = fill()
            db.session.remove()
        client = app.test_client()
        for name, address in addresses.items():
            good = 404 if name.startswith("nobody") else 200
            static, page = medians(asking(client, STATIC), asking(client, address, good))
            tell(f"static file, beside {name}", static)
            tell(name, page, f"{page / static:6.2f} ×")


if __name__ == "__main__":
    main()
