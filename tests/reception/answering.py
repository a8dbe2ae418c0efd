"""What a recipient does on his page: he asks for a code, reads it in his mail, and answers."""

import re
from email import message_from_bytes
from email.policy import default

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session
from werkzeug.test import TestResponse

from webapp.delivery.models import TrialMessage
from webapp.extensions import db

ANSWER = {"declared_name": "Louise Blanc", "entitled": "y"}


def ask_code(client: FlaskClient, address: str) -> str:
    """Press the button, and read the code in the trial box as the mail that came last has it."""
    asked = client.post(f"{address}/code")
    assert asked.status_code == 303, asked.text
    return last_code(db.session)


def last_code(session: scoped_session[Session]) -> str:
    """Read the code in the newest message of the trial box."""
    session.rollback()
    newest = select(TrialMessage.content).order_by(TrialMessage.id.desc()).limit(1)
    return code_in(session.scalars(newest).one())


def code_in(content: bytes) -> str:
    """Read the code in a message, as a person copies it, with its space."""
    message = message_from_bytes(content, policy=default)
    body = message.get_body(("plain",))
    assert body is not None
    found = re.search(r"^(\d{3} \d{3})\r?$", body.get_content(), re.MULTILINE)
    assert found is not None
    return found[1]


def accept(client: FlaskClient, address: str, **changes: str) -> TestResponse:
    """Accept with a code that was asked for."""
    return client.post(
        f"{address}/accepter", data={**ANSWER, "code": ask_code(client, address), **changes}
    )


def refuse(client: FlaskClient, address: str, **changes: str) -> TestResponse:
    """Refuse with a code that was asked for, and say that one means it."""
    given = {**ANSWER, "code": ask_code(client, address), **changes}
    assert client.post(f"{address}/refuser", data=given).status_code == 303
    return client.post(f"{address}/refuser/confirmer")
