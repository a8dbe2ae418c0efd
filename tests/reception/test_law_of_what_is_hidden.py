"""CPCE art. R53-3: the recipient is not told who the sender is before he accepts.

A real mail server receives what leaves; every byte of it, and of each page, is looked through.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote_to_bytes

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session, scoped_session
from werkzeug.test import TestResponse

from config import Config
from tests.delivery.conftest import HandOver, MailServer
from tests.reception.answering import ANSWER, code_in
from webapp import keys
from webapp.accounts.models import Installation, User
from webapp.delivery.dispatch import carry_due
from webapp.letters.attachments import AttachedFile
from webapp.letters.models import Addressee
from webapp.letters.numbers import token
from webapp.storage import store

pytestmark = pytest.mark.slow

Start = Callable[..., tuple[MailServer, dict[str, Any]]]
HIDDEN = (
    *("Les Amis du Lavoir", "Lavoir", "lavoir.example", "Odile", "Martin", "Bourg-en-Bresse"),
    *("3 rue du Lavoir", "Convocation", "Rendez-vous", "ordre-du-jour", "AG-2026"),
)
"""Of the sender and of the letter; the recipient and the service are somebody else's names."""


class Seen:
    """All that has reached the recipient so far, decoded in each way in which it may be written."""

    def __init__(self, server: MailServer, client: FlaskClient) -> None:
        self.server, self._client, self._pages = server, client, b""

    def keep(self, answer: TestResponse) -> TestResponse:
        """Keep an answer, with its headers, so its cookies and the names of files."""
        self._pages += str(answer.headers).encode() + answer.data
        answer.close()
        return answer

    def get(self, address: str) -> TestResponse:
        return self.keep(self._client.get(address))

    def post(self, address: str, **fields: str) -> TestResponse:
        return self.keep(self._client.post(address, data=fields))

    def telling(self, names: Iterable[str] = HIDDEN) -> list[str]:
        """Give the names that stand anywhere, whatever the case."""
        whole = b"\n".join([self._pages, unquote_to_bytes(self._pages), *self._messages()]).lower()
        return [name for name in names if name.lower().encode() in whole]

    def _messages(self) -> Iterable[bytes]:
        for message in self.server.messages:
            yield message.as_bytes()
            yield "\n".join(f"{name}: {value}" for name, value in message.items()).encode()
            for part in message.walk():
                yield part.get_payload(decode=True) or b""

    def code(self) -> str:
        """Read the code in the newest message."""
        return code_in(self.server.messages[-1].as_bytes())


@pytest.fixture
def sent(
    app: Flask,
    client: FlaskClient,
    session: scoped_session[Session],
    administrator: User,
    hand_over: HandOver,
    mail_server: Start,
    config: Config,
) -> tuple[Addressee, str, Seen, Config]:
    """A letter of a hidden sender, on a service whose own names are neutral."""
    server, settings = mail_server()
    own = replace(config, **settings)
    app.extensions["plirec"] = own
    installation = session.get_one(Installation, 1)
    installation.operator_name, installation.operator_address = "Un hébergeur", "9 quai Neuf, Lyon"
    digest = store(config.files_directory, b"%PDF-1.7")
    letter = hand_over(
        "louise@courriel.example",
        is_trial=False,
        subject="Convocation du 12 avril",
        own_reference="AG-2026",
        attachments=[AttachedFile("ordre-du-jour.pdf", "application/pdf", 8, digest)],
    )
    (addressee,) = letter.addressees
    addressee.name, addressee.status = "Louise Blanc", "individual"
    session.commit()
    carry_due(own)
    session.expire_all()
    assert addressee.state == "notified"
    key = keys.secret(config.keys_directory, "recipients")
    address = f"/r/{token(key, addressee.number, 1)}"
    session.commit()
    return addressee, address, Seen(server, client), own


def look_everywhere(seen: Seen, address: str) -> None:
    """Open what there is to open, and press what there is to press without a right code."""
    for page in ("", "/refuser", "/rappels", "/fichiers/1"):
        seen.get(address + page)
    seen.post(f"{address}/langue", language="en")
    seen.get(address)
    seen.post(f"{address}/langue", language="fr")
    seen.post(f"{address}/code")
    seen.get(address)
    for word in ("accepter", "refuser", "refuser/confirmer"):
        seen.post(f"{address}/{word}")
        seen.post(f"{address}/{word}", **ANSWER, code="000000")


def test_before_acceptance_no_byte_tells_who_sends_or_what(
    session: scoped_session[Session],
    sent: tuple[Addressee, str, Seen, Config],
) -> None:
    addressee, address, seen, own = sent
    look_everywhere(seen, address)
    assert seen.post(f"{address}/refuser", **ANSWER, code=seen.code()).status_code == 303
    assert "Un refus ne peut pas être repris" in seen.get(f"{address}/refuser").text
    reminded_at = addressee.due_at
    assert reminded_at is not None
    session.commit()
    carry_due(own, lambda: reminded_at)
    subjects = [message["Subject"] for message in seen.server.messages]
    assert [subject.partition(" ")[0] for subject in subjects] == ["Un", "Votre", "Rappel\u00a0:"]
    assert seen.telling() == []
    assert seen.telling(["Un hébergeur", "9 quai Neuf", "Louise Blanc"]) != []


def test_after_acceptance_he_reads_who_sent_what(
    sent: tuple[Addressee, str, Seen, Config],
) -> None:
    _, address, seen, _ = sent
    seen.post(f"{address}/code")
    assert seen.post(f"{address}/accepter", **ANSWER, code=seen.code()).status_code == 303
    seen.get(address)
    assert set(HIDDEN) - set(seen.telling()) == {"Odile", "Martin", "AG-2026"}


def test_after_a_refusal_nothing_tells_it_ever(
    sent: tuple[Addressee, str, Seen, Config],
) -> None:
    addressee, address, seen, own = sent
    seen.post(f"{address}/code")
    seen.post(f"{address}/refuser", **ANSWER, code=seen.code())
    seen.post(f"{address}/refuser/confirmer")
    assert "Vous avez refusé ce courrier" in seen.get(address).text
    look_everywhere(seen, address)
    for days in (4, 20, 400):
        carry_due(own, lambda days=days: datetime.now(UTC) + timedelta(days=days))
    look_everywhere(seen, address)
    assert addressee.state == "rejected"
    assert seen.telling() == []


def test_after_the_fifteen_days_nothing_tells_it_ever(
    session: scoped_session[Session], sent: tuple[Addressee, str, Seen, Config]
) -> None:
    addressee, address, seen, own = sent
    carry_due(own, lambda: datetime.now(UTC) + timedelta(days=17))
    session.expire_all()
    assert addressee.state == "expired"
    session.commit()
    assert "non réclamé" in seen.get(address).text
    look_everywhere(seen, address)
    assert seen.telling() == []


def test_a_sender_who_names_himself_is_named_and_the_content_stays_hidden(
    session: scoped_session[Session], sent: tuple[Addressee, str, Seen, Config]
) -> None:
    addressee, address, seen, _ = sent
    addressee.letter.names_sender = True
    session.commit()
    look_everywhere(seen, address)
    assert seen.telling(["Les Amis du Lavoir"]) == ["Les Amis du Lavoir"]
    assert seen.telling(["Convocation", "Rendez-vous", "ordre-du-jour", "Odile"]) == []
