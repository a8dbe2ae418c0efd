"""Whatever a mail server answers: the right state, its words, and the batch goes on."""

import ssl
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session, scoped_session

from config import Config
from tests.delivery.conftest import HandOver, make_certificate
from tests.delivery.hostile_server import CLOSE, CONNECT, CONTENT, HostileServer
from webapp.delivery.dispatch import carry_due
from webapp.evidence.integrity import verify_chain
from webapp.evidence.journal import letter_chain
from webapp.letters.models import Addressee, Letter

pytestmark = pytest.mark.slow

ENDED = "Connection unexpectedly closed"
EVERYBODY = ("a@x.example", "b@x.example", "c@x.example")
Hostile = Callable[..., tuple[HostileServer, Config]]


@pytest.fixture
def hostile(config: Config) -> Iterator[Hostile]:
    """Start a server: `hostile(smtp_timeout=1)` gives it and the settings for it."""
    servers = []

    def start(
        context: ssl.SSLContext | None = None, **changes: Any
    ) -> tuple[HostileServer, Config]:
        server = HostileServer(context)
        settings = replace(
            config,
            smtp_host="localhost",
            smtp_port=server.start(),
            smtp_security="tls" if context else "none",
            mail_from="avis@courrier.example",
            public_url="https://courrier.example",
        )
        servers.append(server)
        return server, replace(settings, **changes)

    yield start
    for server in servers:
        server.stop()


def outcome(session: scoped_session[Session], letter: Letter) -> list[tuple[str, str]]:
    session.expire_all()
    assert verify_chain(session, letter_chain(letter.number)) == []
    found = [(addressee.state, addressee.problem) for addressee in letter.addressees]
    session.rollback()
    return found


@pytest.mark.parametrize(
    ("verb", "answer", "problem", "changes"),
    [
        (CONNECT, "554 5.3.2 go away", "connect: 554 5.3.2 go away", {}),
        (CONNECT, "HTTP/1.1 400 Bad Request", "connect: /1.1 400 Bad Request", {}),
        (CONNECT, "220 " + "x" * 20_000, "connect: 500 Line too long.", {}),
        (CONNECT, "220-on and on\r\n" * 20_000, f"connect: {ENDED}: too long an answer", {}),
        (CONNECT, CLOSE, f"connect: {ENDED}", {}),
        ("EHLO", "554 no", "connect: 502 what?", {}),
        ("STARTTLS", "454 4.7.0 no TLS", "tls: 454 4.7.0 no TLS", {"smtp_security": "starttls"}),
        ("AUTH", "535 5.7.8 secret", "login: 535", {"smtp_username": "p", "smtp_password": "s"}),
        ("MAIL", "550 5.7.1 not you", "sender: 550 5.7.1 not you", {}),
        ("MAIL", "530 5.7.0 sign in", "login: 530 5.7.0 sign in", {}),
        ("MAIL", CLOSE, f"sender: {ENDED}", {}),
        ("RCPT", "530 5.7.0 sign in", "login: 530 5.7.0 sign in", {}),
    ],
)
def test_a_server_that_will_not_have_us_costs_nobody_his_letter(
    session: scoped_session[Session],
    hand_over: HandOver,
    hostile: Hostile,
    verb: str,
    answer: str,
    problem: str,
    changes: dict[str, Any],
) -> None:
    server, config = hostile(**changes)
    server.answer(verb, answer)
    letter = hand_over(*EVERYBODY, is_trial=False)
    carry_due(config)
    assert outcome(session, letter) == [("submitted", problem)] * 3
    server.answers.clear()
    make_due(session)
    carry_due(replace(config, smtp_security="none", smtp_username=""))
    assert [state for state, _ in outcome(session, letter)] == ["notified"] * 3


@pytest.mark.parametrize(
    ("verb", "answer", "state", "problem"),
    [
        ("RCPT", "550 5.1.1 unknown", "failed", "recipient: 550 5.1.1 unknown"),
        ("RCPT", "451 4.7.1 later", "submitted", "recipient: 451 4.7.1 later"),
        ("RCPT", "421 4.7.0 later", "submitted", "recipient: 421 4.7.0 later"),
        ("RCPT", CLOSE, "submitted", f"recipient: {ENDED}"),
        ("RCPT", "550 " + "x" * 20_000, "submitted", "recipient: 500 Line too long."),
        ("RCPT", "550 " + "x" * 2_000, "failed", "recipient: 550 " + "x" * 496),
        ("RCPT", "hello there", "submitted", "recipient: o there"),
        (
            "RCPT",
            "550-5.1.1 \x1b[31mnot\x07\r\n550-a  known\x00\r\n550 user",
            "failed",
            "recipient: 550 5.1.1 [31mnot a known user",
        ),
        ("DATA", "554 5.7.1 no", "failed", "data: 554 5.7.1 no"),
        ("DATA", "452 4.3.1 full", "submitted", "data: 452 4.3.1 full"),
        ("DATA", "421 4.3.2 closing", "submitted", "data: 421 4.3.2 closing"),
        (CONTENT, "550 5.6.0 spam", "failed", "data: 550 5.6.0 spam"),
        (CONTENT, "451 4.3.0 later", "submitted", "data: 451 4.3.0 later"),
        (CONTENT, CLOSE, "submitted", "data: Connection unexpectedly closed"),
    ],
)
def test_what_is_answered_to_one_recipient_stops_no_other(
    session: scoped_session[Session],
    hand_over: HandOver,
    hostile: Hostile,
    verb: str,
    answer: str,
    state: str,
    problem: str,
) -> None:
    server, config = hostile()
    server.answer(verb, answer, recipient="b@x.example")
    letter = hand_over(*EVERYBODY, is_trial=False)
    carry_due(config)
    assert outcome(session, letter) == [("notified", ""), (state, problem), ("notified", "")]


@pytest.mark.parametrize("verb", ["MAIL", "RCPT"])
@pytest.mark.parametrize("answer", ["421 4.3.2 that is enough for one connection", CLOSE])
def test_a_connection_that_is_ended_in_the_middle_is_opened_anew_and_nobody_waits(
    session: scoped_session[Session],
    hand_over: HandOver,
    hostile: Hostile,
    verb: str,
    answer: str,
) -> None:
    server, config = hostile()
    letter = hand_over(*EVERYBODY, is_trial=False)

    def from_the_second_on() -> None:
        server.answer(verb, answer, times=1)

    server.answer(CONTENT, "250 taken", times=1, act=from_the_second_on)
    carry_due(config)
    assert outcome(session, letter) == [("notified", "")] * 3
    assert len(server.taken) == 3
    assert server.connections == 2


def test_a_message_that_was_taken_without_an_answer_comes_again_with_the_same_number(
    session: scoped_session[Session], hand_over: HandOver, hostile: Hostile
) -> None:
    server, config = hostile()
    server.answer(CONTENT, CLOSE, times=1)
    letter = hand_over("a@x.example", is_trial=False)
    carry_due(config)
    assert outcome(session, letter) == [("submitted", "data: Connection unexpectedly closed")]
    make_due(session)
    carry_due(config)
    assert outcome(session, letter) == [("notified", "")]
    numbers = {message_from_bytes(content)["Message-ID"] for content in server.taken}
    assert len(server.taken) == 2
    assert numbers == {letter.addressees[0].message_id}


def test_one_byte_after_the_other_is_not_waited_for_longer_than_one_message_may_take(
    session: scoped_session[Session], hand_over: HandOver, hostile: Hostile
) -> None:
    server, config = hostile(smtp_timeout=6)
    server.answer("RCPT", "250 " + "OK" * 1000, recipient="b@x.example", drips=True)
    letter = hand_over(*EVERYBODY, is_trial=False)
    carry_due(config)
    assert outcome(session, letter) == [
        ("notified", ""),
        ("submitted", "recipient: timed out"),
        ("notified", ""),
    ]


@pytest.mark.parametrize("verb", [CONNECT, "EHLO", "RCPT"])
def test_a_server_that_lets_everybody_wait_is_left_alone_until_the_next_run(
    session: scoped_session[Session], hand_over: HandOver, hostile: Hostile, verb: str
) -> None:
    server, config = hostile(smtp_timeout=1)
    server.answer(verb, "250 " + "OK" * 1000, drips=True)
    letter = hand_over(*(f"m{number}@x.example" for number in range(12)), is_trial=False)
    carry_due(config)
    assert {state for state, _ in outcome(session, letter)} == {"submitted"}
    assert server.connections <= 2


@pytest.mark.parametrize(
    ("name", "until", "words"),
    [
        ("localhost", timedelta(minutes=-5), "certificate has expired"),
        ("ailleurs.example", timedelta(hours=1), "Hostname mismatch"),
    ],
)
@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_certificate_that_is_not_good_is_not_trusted_and_the_words_say_why(
    session: scoped_session[Session],
    hand_over: HandOver,
    hostile: Hostile,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    until: timedelta,
    words: str,
    security: str,
) -> None:
    path = make_certificate(tmp_path / "server.pem", name, datetime.now(UTC) + until)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(path)
    server, config = hostile(context if security == "tls" else None, smtp_security=security)
    server.after_starttls = context
    letter = hand_over("a@x.example", is_trial=False)
    carry_due(config)
    ((state, problem),) = outcome(session, letter)
    assert state == "submitted"
    assert problem.startswith("tls: ")
    assert words in problem
    assert server.taken == []


def make_due(session: scoped_session[Session]) -> None:
    session.query(Addressee).update({"due_at": datetime.now(UTC)})
    session.commit()
