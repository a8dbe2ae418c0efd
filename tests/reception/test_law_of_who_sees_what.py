"""Who sees what in each state: the recipient, a stranger without a token, sender, others."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session, scoped_session

from config import Config
from tests.conftest import Browser
from webapp.accounts.models import User
from webapp.letters import steps
from webapp.letters.models import Addressee, Attachment
from webapp.letters.steps import State
from webapp.storage import store

pytestmark = pytest.mark.slow

Waiting = Callable[..., tuple[Addressee, str]]
CLIENT = {"ip": "192.0.2.7", "user_agent": "Un navigateur"}
NOW = datetime.now(UTC)

SENDER, CONTENT, FILE, RECIPIENT = "Les Amis du Lavoir", "Rendez-vous", "plan.pdf", "Louise Blanc"
TOKENS = {"sender": SENDER, "content": CONTENT, "file": FILE, "recipient": RECIPIENT}

TABLE = """
state      recipient                      own            colleague  stranger  nobody
submitted  -                              all            -          -         -
waiting    recipient                      all            -          -         -
accepted   recipient,sender,content,file  all            -          -         -
over       -                              all            -          -         -
rejected   -                              all            -          -         -
expired    -                              all            -          -         -
failed     -                              all            -          -         -
"""
"""`own`: who wrote the letter; `colleague`: a simple account of the same organisation; `stranger`:
the administrator of another one; `nobody`: without an account and with a wrong token."""

ROWS = [line.split() for line in TABLE.strip().splitlines()[1:]]


def bring(session: scoped_session[Session], addressee: Addressee, state: str) -> None:
    """Bring a letter that waits into a state, by the steps that lead there."""
    if state in ("submitted", "failed"):
        addressee.state = State.SUBMITTED
        addressee.notified_at = addressee.expires_at = None
    if state == "failed":
        steps.fail(session, addressee, "recipient: 550 no such user", NOW)
    elif state in ("accepted", "over"):
        steps.accept(session, addressee, RECIPIENT, CLIENT, NOW)
    elif state == "rejected":
        steps.reject(session, addressee, CLIENT, NOW)
    elif state == "expired":
        steps.expire(session, addressee, NOW + timedelta(days=20))
    if state == "over":
        addressee.answered_at = NOW - timedelta(days=370)
    session.commit()


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_each_sees_what_the_table_says(
    app: Flask,
    session: scoped_session[Session],
    waiting: Waiting,
    config: Config,
    sign_in: Callable[[User], Browser],
    administrator: User,
    simple: User,
    stranger: User,
    row: list[str],
) -> None:
    table = dict(zip(TABLE.split(maxsplit=6)[:6], row, strict=True))
    digest = store(config.files_directory, b"%PDF-1.7")
    file = Attachment(position=1, name=FILE, media_type="application/pdf", size=8, digest=digest)
    addressee, address = waiting(attachments=[file])
    bring(session, addressee, table["state"])
    number = addressee.letter.number
    session.commit()
    page = f"/courriers/{number}?ouvert={addressee.number}"
    wrong = address[:-1] + ("A" if address[-1] != "A" else "B")
    shown = {
        "recipient": app.test_client().get(address).text,
        "own": sign_in(administrator).get(page).text,
        "colleague": sign_in(simple).get(page).text,
        "stranger": sign_in(stranger).get(page).text,
        "nobody": app.test_client().get(wrong).text + app.test_client().get(page).text,
    }
    told = {
        who: {name for name, text in TOKENS.items() if text in _body(who, whole)}
        for who, whole in shown.items()
    }
    for who, names in told.items():
        wanted = table[who]
        expected = set(TOKENS) if wanted == "all" else set(wanted.split(",")) - {"-"}
        assert names == expected, (table["state"], who)
    reads = "file" in table["recipient"]
    answer = app.test_client().get(f"{address}/fichiers/1")
    assert answer.status_code == (200 if reads else 404)
    assert app.test_client().get(f"{wrong}/fichiers/1").status_code == 404


def _body(who: str, page: str) -> str:
    """Leave out the frame of a signed-in page, which names the reader's own organisation."""
    return page.partition("<main")[2] if who in ("colleague", "stranger") else page
