"""The code leaves at once, ahead of notices that wait, and from nowhere too often."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session, scoped_session

from config import Config
from tests.delivery.conftest import MailServer
from tests.reception.answering import ANSWER, code_in
from webapp.accounts import pace
from webapp.accounts.attempts import key_of
from webapp.accounts.models import AttemptCount
from webapp.accounts.pace import LimitReached
from webapp.letters.models import Addressee
from webapp.reception.codes import PURPOSE

Waiting = Callable[..., tuple[Addressee, str]]
Start = Callable[..., tuple[MailServer, dict[str, Any]]]
Configure = Callable[..., Config]


def test_a_code_leaves_while_notices_have_used_up_their_part_of_the_limit(
    client: FlaskClient,
    session: scoped_session[Session],
    waiting: Waiting,
    mail_server: Start,
    configure: Configure,
) -> None:
    server, settings = mail_server()
    config = configure(mail_per_hour=10, **settings)
    _, address = waiting(is_trial=False)
    now = datetime.now(UTC)
    assert pace.take(session, config, now, 10, is_awaited=False) == 9
    with pytest.raises(LimitReached):
        pace.take(session, config, now, 1, is_awaited=False)
    assert client.post(f"{address}/code").status_code == 303
    (message,) = server.messages
    assert message["To"] == "louise@courriel.example"
    assert message["Auto-Submitted"] == "auto-generated"
    given = {**ANSWER, "code": code_in(message.as_bytes())}
    assert client.post(f"{address}/accepter", data=given).status_code == 303


def test_an_address_that_refuses_the_code_is_told_of_and_nothing_is_lost(
    client: FlaskClient,
    session: scoped_session[Session],
    waiting: Waiting,
    mail_server: Start,
    configure: Configure,
) -> None:
    server, settings = mail_server()
    server.refused = {"louise@courriel.example": "550 5.1.1 no such user at lavoir.example"}
    configure(**settings)
    addressee, address = waiting(is_trial=False)
    answer = client.post(f"{address}/code")
    assert answer.status_code == 503
    assert "lavoir.example" not in answer.text
    session.expire_all()
    assert addressee.state == "notified"


def test_one_client_cannot_ask_for_codes_without_end(
    app: Flask, client: FlaskClient, session: scoped_session[Session], waiting: Waiting
) -> None:
    _, address = waiting()
    now = datetime.now(UTC)
    key = key_of("127.0.0.1")
    session.add(AttemptCount(purpose=PURPOSE, key=key, count=62, last_at=now))
    session.commit()
    assert client.post(f"{address}/code").status_code == 429
    elsewhere = {"REMOTE_ADDR": "198.51.100.7"}
    answer = app.test_client().post(f"{address}/code", environ_base=elsewhere)
    assert answer.status_code == 303
