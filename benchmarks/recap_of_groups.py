"""Measures the send form's recap with ten groups of 1,000 contacts, and the sending to all of them.

    python benchmarks/recap_of_groups.py [CONTACTS_A_GROUP]

One process with the application in it, as `plirec web` has, on a database of its own; the wall
clock of a whole request, the best of five. Beside them, the bare reading of the same contacts.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from flask.testing import FlaskClient
from sqlalchemy import func, select

from benchmarks.installation import NOW, administrator, opened, sign_in, value
from webapp.accounts.models import User
from webapp.contacts import book, consents
from webapp.contacts.models import Contact
from webapp.contacts.rules import FIELDS, check
from webapp.extensions import db
from webapp.letters.models import Addressee

GROUPS = 10
TURNS = 5


def fill(size: int) -> None:
    odile = administrator()
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


def every_group(client: FlaskClient) -> dict[str, object]:
    """Give the send form that ticks every group."""
    token = sign_in(client)
    return {
        "csrf_token": token,
        "key": value(client.get("/envoyer").text, "key"),
        "subject": "Convocation",
        "message": "Bonjour.",
        "groups": [str(number) for number in range(1, GROUPS + 1)],
    }


def recap(client: FlaskClient, form: dict[str, object]) -> str:
    answer = client.post("/envoyer/recapitulatif", data=form, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    return answer.text


def main() -> None:
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    with tempfile.TemporaryDirectory() as directory:
        app = opened(Path(directory))
        with app.app_context():
            fill(size)
        measure(app.test_client(), GROUPS * size)


def measure(client: FlaskClient, everyone: int) -> None:
    form = every_group(client)
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
