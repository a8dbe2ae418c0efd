"""Measures the pages of a group of 100,000 contacts against those of one of 50.

    python benchmarks/group_pages.py [CONTACTS]

One process with the application in it, as `plirec web` has, on a database of its own; the CPU
time of a whole request, the median of twenty-one, taken in turns. Then what ten thousand contacts
that are moved at once cost, against the bare insertion of as many pairs of numbers.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from flask.testing import FlaskClient
from sqlalchemy import func, select

from benchmarks.installation import NOW, administrator, opened, sign_in
from webapp.contacts import book, consents, several
from webapp.contacts.models import Contact, Group, Membership
from webapp.contacts.rules import Recipient, check
from webapp.contacts.several import Choice
from webapp.extensions import db

SMALL, MOVED, TURNS = 50, 10_000, 21
TOWNS = ("Bourg-en-Bresse", "Lyon", "Mâcon", "Saint-Étienne", "Chambéry")


def person(number: int) -> Recipient:
    shuffled = number * 7919 % 1_000_003
    texts = {
        "email": f"prenom.nom{shuffled}@courriel.example" if number % 10 else "",
        "last_name": f"Nom{shuffled:06}",
        "first_name": f"Prénom{number % 200}",
        "company": "Atelier" if number % 5 == 0 else "",
        "status": "professional" if number % 5 == 0 else "individual",
        "address_1": f"{number % 90 + 1} rue du Lavoir",
        "postal_code": "01000",
        "city": TOWNS[number % len(TOWNS)],
    }
    recipient = check(texts).recipient
    assert recipient is not None
    return recipient


def fill(size: int) -> None:
    odile = administrator()
    for count in (SMALL, size):
        group = book.create_group(db.session, odile.organisation_id, f"Groupe de {count}", NOW)
        start = time.process_time()
        book.add_contacts(db.session, group, map(person, range(count)), NOW)
        seconds = time.process_time() - start
    print(f"{f'adding {size:,} contacts to a group':<58} {seconds * 1000:8.1f} ms")
    emails = [person(number).email for number in range(0, size, 2)]
    consents.declare(db.session, odile.organisation_id, filter(None, emails), "oral", odile.id, NOW)
    db.session.commit()


def medians(*acts: Callable[[], object]) -> list[float]:
    """Take the acts in turns, so that what else the machine does falls on all of them alike."""
    seconds: list[list[float]] = [[] for _ in acts]
    for _ in range(TURNS + 1):
        for act, taken in zip(acts, seconds, strict=True):
            start = time.process_time()
            act()
            taken.append(time.process_time() - start)
    return [statistics.median(taken[1:]) for taken in seconds]


def asking(client: FlaskClient, group: int, place: str) -> Callable[[], None]:
    def ask() -> None:
        answer = client.get(f"/groupes/{group}{place}")
        assert answer.status_code == 200

    return ask


def measure_pages(client: FlaskClient, size: int) -> None:
    sign_in(client)
    with client.application.app_context():
        middle = db.session.scalar(
            select(Contact.id)
            .join(Membership)
            .where(Membership.group_id == 2)
            .order_by(Contact.sort_name)
            .offset(size // 2)
        )
    for name, place in (("first", ""), ("last", "?avant=fin")):
        few, many = medians(asking(client, 1, place), asking(client, 2, place))
        tell(f"{name} page of {SMALL}", few)
        tell(f"{name} page of {size:,}", many, f"{many / few:6.2f} × the page of {SMALL}")
    for name, place in (
        ("page in the middle", f"?apres={middle}"),
        ("newest first", "?tri=recents"),
        ("search that finds one", f"?recherche=nom{7919 * 77 % 1_000_003:06}"),
        ("search that finds nobody", "?recherche=introuvable"),
        ("search that finds a fifth", "?recherche=chambery"),
        ("search that finds a fifth, its last page", "?recherche=chambery&avant=fin"),
        ("filter: professionals", "?voir=professionnels"),
        ("filter: without e-mail, last page", "?voir=sans-email&avant=fin"),
        ("filter: without a postal address (nobody)", "?voir=sans-adresse"),
        ("filter: without consent", "?voir=sans-accord"),
        ("filter, search and newest first", "?voir=sans-accord&recherche=lyon&tri=recents"),
    ):
        plain, seconds = medians(asking(client, 2, ""), asking(client, 2, place))
        tell(name, seconds, f"{(seconds - plain) * 1000:+6.1f} ms beside the plain first page")


def measure_moving() -> None:
    crowd = db.session.get_one(Group, 2)
    target = book.create_group(db.session, crowd.organisation_id, "Ailleurs", NOW)
    ids = db.session.scalars(
        select(Membership.contact_id).where(Membership.group_id == crowd.id).limit(MOVED)
    ).all()
    rows = [{"group": target.id, "contact": number} for number in ids]
    table = "CREATE TEMP TABLE bare (g INTEGER, c INTEGER, PRIMARY KEY (g, c))"
    cursor = db.session.connection().connection.cursor()
    cursor.execute(table)
    start = time.process_time()
    cursor.executemany("INSERT INTO bare VALUES (:group, :contact)", rows)
    bare = time.process_time() - start
    start = time.process_time()
    chosen = Choice(crowd, ids, everyone=False, search="")
    moved = several.move(db.session, chosen, target)
    db.session.commit()
    seconds = time.process_time() - start
    assert moved == len(ids)
    told = select(func.count()).select_from(Membership).where(Membership.group_id == target.id)
    assert db.session.scalar(told) == moved
    tell(f"{moved:,} contacts moved to another group", seconds, f"{seconds / bare:6.1f} × bare")


def tell(name: str, seconds: float, beside: str = "") -> None:
    print(f"{name:<58} {seconds * 1000:8.1f} ms   {beside}")


def main() -> None:
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as directory:
        app = opened(Path(directory))
        with app.app_context():
            fill(size)
            db.session.remove()
        measure_pages(app.test_client(), size)
        with app.app_context():
            measure_moving()


if __name__ == "__main__":
    main()
