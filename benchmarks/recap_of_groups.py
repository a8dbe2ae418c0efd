"""Measures the send form's recap with ten groups of 1,000 contacts, and the sending to all of them.

    python benchmarks/recap_of_groups.py [CONTACTS_A_GROUP]

One process with the application in it, as `plirec web` has, on a database of its own; the wall
clock of a whole request, the best of five. Beside them, the bare reading of the same contacts.
"""

import re
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from flask.testing import FlaskClient
from flask_migrate import upgrade
from sqlalchemy import func, select

from config import Config
from tools.demo_people import LAVOIR
from webapp import create_app
from webapp.accounts.first_run import Opening, open_installation
from webapp.accounts.models import User
from webapp.contacts import book, consents
from webapp.contacts.models import Contact
from webapp.contacts.rules import FIELDS, check
from webapp.evidence.start import require_sound
from webapp.extensions import db
from webapp.letters.models import Addressee

GROUPS = 10
TURNS = 5
PASSWORD = "quatre mots pour mesurer"
NOW = datetime.now(UTC)


def fill(size: int) -> None:
    odile = open_installation(
        db.session,
        Opening(
            sender=LAVOIR,
            administrator_name="Odile Martin",
            administrator_email="odile@lavoir.example",
            password=PASSWORD,
            public_url="http://127.0.0.1:8000",
        ),
        NOW,
    )
    for group in range(GROUPS):
        fill_group(odile, group, size)
    db.session.commit()


def fill_group(odile: User, number: int, size: int) -> None:
    group = book.create_group(db.session, odile.organisation_id, f"Groupe {number}", NOW)
    emails = []
    for person in range(size):
        email = f"personne-{number}-{person}@courriel.example"
        texts = {"email": email, "last_name": f"Nom {person}", "status": "particulier"}
        recipient = check(texts).recipient
        assert recipient is not None
        book.add_contact(db.session, group, recipient, NOW)
        emails.append(email)
    consents.declare(db.session, odile.organisation_id, emails, "bulletin", odile.id, NOW)


def best(act: Callable[[], object], turns: int = TURNS) -> float:
    seconds = []
    for _ in range(turns):
        start = time.perf_counter()
        act()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def sign_in(client: FlaskClient) -> dict[str, object]:
    """Sign in, and give the form that ticks every group."""
    page = client.get("/connexion").text
    account = {"email": "odile@lavoir.example", "password": PASSWORD, "csrf_token": token(page)}
    client.post("/connexion", data=account)
    page = client.get("/envoyer").text
    return {
        "csrf_token": token(page),
        "key": value(page, "key"),
        "subject": "Convocation",
        "message": "Bonjour.",
        "groups": [str(number) for number in range(1, GROUPS + 1)],
    }


def token(page: str) -> str:
    return value(page, "csrf_token")


def value(page: str, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)
    assert found is not None, f"no {name} on the page"
    return found[1]


def recap(client: FlaskClient, form: dict[str, object]) -> str:
    answer = client.post("/envoyer/recapitulatif", data=form, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    return answer.text


def main() -> None:
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    with tempfile.TemporaryDirectory() as directory:
        app = create_app(Config(data_directory=Path(directory)))
        with app.app_context():
            upgrade()
            require_sound()
            fill(size)
        measure(app.test_client(), GROUPS * size)


def measure(client: FlaskClient, everyone: int) -> None:
    form = sign_in(client)
    with client.application.app_context():
        columns = [getattr(Contact, field) for field in FIELDS]
        bare = best(lambda: db.session.execute(select(*columns)).all())
    alone = best(lambda: recap(client, {**form, "groups": []}))
    whole = best(lambda: recap(client, form))
    shown = value(recap(client, form), "shown")
    sending = best(lambda: client.post("/envoyer", data={**form, "shown": shown}), turns=1)
    with client.application.app_context():
        assert db.session.scalar(select(func.count()).select_from(Addressee)) == everyone
    for name, seconds in (
        ("bare reading of the contacts", bare),
        ("recap without any recipient", alone),
        (f"recap of {everyone:,} recipients in {GROUPS} groups", whole),
        (f"sending to all {everyone:,}, proofs apart", sending),
    ):
        print(f"{name:<48} {seconds:7.3f} s   {seconds / bare:6.1f} × the bare reading")


if __name__ == "__main__":
    main()
