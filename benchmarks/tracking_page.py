"""Measures the page of a letter to 10,000 recipients against that of one to 50.

    python benchmarks/tracking_page.py [RECIPIENTS]

One process with the application in it, as `plirec web` has, on a database of its own; the CPU time
of a whole request, the median of twenty-one, taken in turns. Every third recipient was told, every
seventh notice failed; the others wait.
"""

import re
import sys
import tempfile
from collections.abc import Callable
from html import unescape
from pathlib import Path

from flask.testing import FlaskClient
from sqlalchemy import update

from benchmarks.group_pages import SMALL, medians, tell
from benchmarks.installation import NOW, opened, sign_in
from benchmarks.notices import letter_to
from webapp.extensions import db
from webapp.letters import term
from webapp.letters.models import Addressee


def fill(count: int, turn: int) -> str:
    """Hand a letter over to so many; give its address."""
    letter = letter_to(count, turn)
    mine = Addressee.letter_id == letter.id
    told = {"state": "notified", "notified_at": NOW, "expires_at": term.ends_at(NOW)}
    failed = {"state": "failed", "problem": "recipient: 550 5.1.1 unknown", "due_at": None}
    third, seventh = Addressee.position % 3 == 0, Addressee.position % 7 == 0
    db.session.execute(update(Addressee).where(mine, third).values(told))
    db.session.execute(update(Addressee).where(mine, seventh, ~third).values(failed))
    db.session.commit()
    return f"/courriers/{letter.number}"


def asking(client: FlaskClient, address: str, good: int = 200) -> Callable[[], None]:
    headers = {"HX-Request": "true"}

    def ask() -> None:
        assert client.get(address, headers=headers).status_code == good

    return ask


def unchanged(client: FlaskClient, address: str) -> Callable[[], None]:
    found = re.search(r'hx-get="([^"]*vu=[^"]*)"', client.get(address).text)
    assert found is not None
    return asking(client, unescape(found[1]), 204)


def measure(client: FlaskClient, few: str, many: str, count: int) -> None:
    places = {
        "first page": "",
        "last page": f"?page={count}",
        "filter: failed": "?etat=failed",
        "search that finds one": "?recherche=membre-1-77@courriel.example",
    }
    for name, place in places.items():
        small, large = medians(asking(client, few + place), asking(client, many + place))
        tell(f"{name}, {SMALL} recipients", small)
        tell(f"{name}, {count:,} recipients", large, f"{large / small:6.2f} ×")
    small, large = medians(unchanged(client, few), unchanged(client, many))
    tell(f"refresh, nothing changed, {SMALL} recipients", small)
    tell(f"refresh, nothing changed, {count:,} recipients", large, f"{large / small:6.2f} ×")


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as directory:
        app = opened(Path(directory))
        with app.app_context():
            few, many = fill(SMALL, 0), fill(count, 1)
            db.session.remove()
        client = app.test_client()
        sign_in(client)
        measure(client, few, many, count)


if __name__ == "__main__":
    main()
