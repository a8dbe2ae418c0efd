import contextlib
import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session, scoped_session

from config import Config
from tests.databases import make_fail
from tests.delivery.conftest import HandOver, MailServer
from webapp.accounts.addresses import host
from webapp.accounts.mail_problems import told
from webapp.delivery import outgoing
from webapp.delivery.dispatch import carry_due, send_notice
from webapp.evidence.integrity import verify_chain
from webapp.evidence.journal import letter_chain
from webapp.letters import steps
from webapp.letters.models import Letter
from webapp.mail import SmtpChannel, Unavailable

pytestmark = pytest.mark.slow

Start = Callable[..., tuple[MailServer, dict[str, Any]]]
Configure = Callable[..., Config]


def states(session: scoped_session[Session], letter: Letter) -> list[str]:
    session.expire_all()
    return [addressee.state for addressee in letter.addressees]


@pytest.mark.parametrize("security", ["none", "starttls", "tls"])
@pytest.mark.parametrize("username", ["", "plirec"])
def test_notices_leave_by_every_kind_of_connection_on_one_that_is_kept(
    session: scoped_session[Session],
    mail_server: Start,
    configure: Configure,
    hand_over: HandOver,
    certificate: Path,
    monkeypatch: pytest.MonkeyPatch,
    security: str,
    username: str,
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    server, settings = mail_server(security, username)
    letter = hand_over("a@b.example", "c@d.example", "e@f.example", is_trial=False)
    carry_due(configure(**settings))
    assert states(session, letter) == ["notified"] * 3
    assert sorted(message["To"] for message in server.messages) == [
        "a@b.example",
        "c@d.example",
        "e@f.example",
    ]
    assert server.connections == (2 if security == "starttls" else 1)
    assert len(server.signed_in) == (1 if username else 0)


def test_the_notice_hides_the_sender_and_holds_the_recipients_own_link(
    mail_server: Start, configure: Configure, hand_over: HandOver
) -> None:
    server, settings = mail_server()
    letter = hand_over("louise@courriel.example", is_trial=False)
    carry_due(configure(**settings))
    (message,) = server.messages
    whole = message.as_string() + "".join(
        part.get_content() for part in message.walk() if not part.is_multipart()
    )
    for secret in (letter.sender_name, letter.sender_email, letter.subject, letter.message):
        assert secret not in whole
    assert "https://courrier.example/r/" in whole
    assert message["Message-ID"] == letter.addressees[0].message_id
    assert message["Auto-Submitted"] == "auto-generated"
    assert "ESSAI" not in whole


def test_a_letter_that_names_its_sender_says_so_in_the_notice(
    session: scoped_session[Session],
    mail_server: Start,
    configure: Configure,
    hand_over: HandOver,
) -> None:
    server, settings = mail_server()
    letter = hand_over("louise@courriel.example", is_trial=False)
    letter.names_sender = True
    session.commit()
    carry_due(configure(**settings))
    body = server.messages[0].get_body(("plain",)).get_content()
    assert "Les Amis du Lavoir vous adresse un courrier" in body


def test_one_recipient_who_is_refused_stops_nobody_else(
    session: scoped_session[Session],
    mail_server: Start,
    configure: Configure,
    hand_over: HandOver,
) -> None:
    server, settings = mail_server()
    server.refused = {"b@x.example": "550 5.1.1 no such user"}
    letter = hand_over("a@x.example", "b@x.example", "c@x.example", is_trial=False)
    carry_due(configure(**settings))
    assert states(session, letter) == ["notified", "failed", "notified"]
    assert letter.addressees[1].problem == "recipient: 550 5.1.1 no such user"
    assert verify_chain(session, letter_chain(letter.number)) == []


def test_a_temporary_refusal_is_tried_again_later_with_growing_pauses(
    session: scoped_session[Session],
    mail_server: Start,
    configure: Configure,
    hand_over: HandOver,
) -> None:
    server, settings = mail_server()
    server.refused = {"a@x.example": "451 4.7.1 come back later"}
    letter = hand_over("a@x.example", is_trial=False)
    config = configure(**settings, delivery_retry=100)
    pauses = []
    for _ in range(3):
        carry_due(config)
        session.expire_all()
        (addressee,) = letter.addressees
        assert addressee.due_at is not None
        pauses.append(round((addressee.due_at - datetime.now(UTC)).total_seconds(), -1))
        addressee.due_at = datetime.now(UTC) - timedelta(seconds=1)
        session.commit()
    assert pauses == [100, 200, 400]
    assert addressee.problem == "recipient: 451 4.7.1 come back later"
    server.refused = {}
    carry_due(config)
    assert states(session, letter) == ["notified"]
    assert len(server.messages) == 1


@pytest.mark.parametrize(
    ("changes", "stage"),
    [
        ({"smtp_host": "nulle-part.invalid"}, "name"),
        ({"smtp_port": 1}, "connect"),
        ({"smtp_security": "starttls"}, "tls"),
        ({"smtp_username": "plirec", "smtp_password": "faux"}, "login"),
        ({"public_url": "http://courrier.example"}, "settings"),
        ({"public_url": "https://127.0.0.1"}, "settings"),
    ],
)
def test_settings_that_do_not_work_lose_no_letter_and_say_at_which_stage(
    session: scoped_session[Session],
    mail_server: Start,
    configure: Configure,
    hand_over: HandOver,
    changes: dict[str, Any],
    stage: str,
) -> None:
    server, settings = mail_server()
    letter = hand_over("a@x.example", is_trial=False)
    carry_due(configure(**{**settings, **changes}))
    assert states(session, letter) == ["submitted"]
    (addressee,) = letter.addressees
    assert addressee.problem.startswith(f"{stage}: ")
    assert addressee.due_at is not None
    assert "faux" not in addressee.problem
    assert server.messages == []


def test_a_certificate_that_nobody_vouches_for_is_not_trusted(
    session: scoped_session[Session],
    mail_server: Start,
    configure: Configure,
    hand_over: HandOver,
) -> None:
    server, settings = mail_server("tls")
    letter = hand_over("a@x.example", is_trial=False)
    carry_due(configure(**settings))
    assert states(session, letter) == ["submitted"]
    assert letter.addressees[0].problem.startswith("tls: ")
    assert server.messages == []


def test_an_address_with_line_breaks_adds_no_header_and_stops_nobody_else(
    session: scoped_session[Session], mail_server: Start, configure: Configure, hand_over: HandOver
) -> None:
    server, settings = mail_server()
    letter = hand_over("a@x.example\r\nBcc: tous@x.example", "b@x.example", is_trial=False)
    carry_due(configure(**settings))
    assert states(session, letter) == ["failed", "notified"]
    assert [message["To"] for message in server.messages] == ["b@x.example"]
    assert all(message["Bcc"] is None for message in server.messages)


def test_an_accented_public_host_stands_in_the_message_id_in_its_ascii_form() -> None:
    assert host("https://lettre-été.fr") == "xn--lettre-t-h1ab.fr"


def test_with_another_key_no_notice_leaves_with_a_link_that_would_be_dead(
    session: scoped_session[Session],
    mail_server: Start,
    configure: Configure,
    hand_over: HandOver,
    config: Config,
) -> None:
    server, settings = mail_server()
    letter = hand_over("a@x.example", is_trial=False)
    (config.keys_directory / "recipients").unlink()
    carry_due(configure(**settings))
    assert states(session, letter) == ["submitted"]
    assert "sauvegarde" in told(letter.addressees[0].problem)
    assert server.messages == []


def test_a_failure_in_the_log_tells_neither_address_nor_message(
    session: scoped_session[Session],
    hand_over: HandOver,
    config: Config,
    caplog: pytest.LogCaptureFixture,
) -> None:
    hand_over("secret@x.example")
    make_fail(session, "UPDATE", "addressee", "NEW.state = 'notified'")
    session.commit()
    carry_due(config)
    assert "could not be worked on" in caplog.text
    assert "secret@x.example" not in caplog.text


def test_a_server_that_cannot_be_reached_is_waited_for_once_and_not_once_a_notice(
    session: scoped_session[Session],
    mail_server: Start,
    configure: Configure,
    hand_over: HandOver,
) -> None:
    _, settings = mail_server()
    letter = hand_over(*(f"m{number}@x.example" for number in range(25)), is_trial=False)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        silent_server = {"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_timeout": 1}
        carry_due(configure(**{**settings, **silent_server}))
        silent.settimeout(0.1)
        connections = 0
        with contextlib.suppress(TimeoutError):
            while True:
                silent.accept()[0].close()
                connections += 1
    assert connections == 1
    assert states(session, letter) == ["submitted"] * 25
    assert all(addressee.problem for addressee in letter.addressees)


def test_the_posts_own_words_are_told_whole() -> None:
    assert told("Pli refusé : M. Noir absent") == "Pli refusé : M. Noir absent"
    assert told("Refusé: M. Noir absent") == "Refusé: M. Noir absent"


def test_a_server_that_is_slow_at_every_step_is_given_up_as_a_whole(
    mail_server: Start, configure: Configure
) -> None:
    server, settings = mail_server()
    server.slowness = 0.6
    message = EmailMessage()
    message["From"], message["To"] = "service@x.example", "a@x.example"
    message.set_content("Bonjour.")
    config = configure(**settings, smtp_timeout=1)
    with SmtpChannel(config) as channel, pytest.raises(Unavailable):
        channel.send(message)
    assert server.messages == []


def test_a_notice_that_was_cancelled_while_the_server_was_asked_is_not_due_again(
    session: scoped_session[Session], mail_server: Start, configure: Configure, hand_over: HandOver
) -> None:
    _, settings = mail_server()
    config = configure(**settings)
    letter = hand_over("a@x.example", is_trial=False)
    addressee = letter.addressees[0]

    class CancelledMeanwhile:
        def send(self, message: EmailMessage, return_path: str = "") -> str:
            steps.cancel(session, addressee, "Odile Martin", datetime.now(UTC))
            session.commit()
            raise Unavailable("connect", "Connection refused")

    (one,) = outgoing.load(session, config, [addressee.id])
    send_notice(config, one, CancelledMeanwhile())
    session.expire_all()
    assert (addressee.state, addressee.due_at) == ("cancelled", None)
