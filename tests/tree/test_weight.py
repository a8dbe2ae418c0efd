"""How heavy pages are with their style and script, as a browser fetches them compressed."""

import gzip
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session, scoped_session

from tests.conftest import Browser
from tests.tree.everything import NOW, Ids, addresses
from webapp.contacts import book
from webapp.contacts.models import Group
from webapp.contacts.rules import check

pytestmark = pytest.mark.slow

STATIC = Path(__file__).parents[2] / "webapp" / "static"
LIMIT = 40 * 1024


def compressed(content: bytes) -> int:
    return len(gzip.compress(content, 6))


def test_no_page_with_its_style_and_script_weighs_more_than_40_kilobytes(
    app: Flask, ids: Ids, session: scoped_session[Session], browser: Browser
) -> None:
    group = session.get_one(Group, ids["group_id"])
    for number in range(60):
        texts = {
            "email": f"personne{number}@x.example",
            "last_name": f"Nom{number}",
            "first_name": "Prénom",
            "status": "particulier",
            "address_1": f"{number} rue des Lilas",
            "postal_code": "01000",
            "city": "Bourg-en-Bresse",
        }
        recipient = check(texts).recipient
        assert recipient is not None
        book.add_contact(session, group, recipient, NOW)
    session.commit()
    shared = sum(compressed(path.read_bytes()) for path in STATIC.iterdir())
    heaviest = {}
    for method, address, audience in addresses(app, ids):
        if method == "GET" and audience != "token" and "static" not in address:
            answer = browser.get(address)
            answer.close()
            if answer.mimetype == "text/html":
                heaviest[address] = shared + compressed(answer.data)
    assert len(heaviest) > 15
    assert max(heaviest.values()) < LIMIT, {a: w for a, w in heaviest.items() if w >= LIMIT}
