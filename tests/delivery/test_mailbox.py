"""The mailbox where notices come back, read from a real IMAP server on this machine."""

import contextlib
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from imap_tools import MailBoxStartTls
from sqlalchemy.orm import Session, scoped_session

from config import Config
from tests.browser.installation import free_port
from tests.delivery import mail_shapes, returned_mail
from tests.delivery.conftest import HandOver
from webapp.delivery import mailbox, return_path
from webapp.delivery.mailbox import Unreadable
from webapp.delivery.returns import TakenIn
from webapp.delivery.tasks import read_returns
from webapp.letters import steps
from webapp.letters.models import Addressee

pytestmark = pytest.mark.slow
PASSWORD = "un secret"
NOW = datetime.now(UTC)


@pytest.fixture
def server(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Start an IMAP server with one account, and give its port."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    port = free_port()
    command = [
        str(Path(sys.executable).parent / "pymap"),
        *("--host", "localhost", "--port", str(port)),
        *("--cert", str(certificate), "--key", str(certificate)),
        *("dict", "--demo-user", "retours", "--demo-password", PASSWORD),
    ]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait()


def _wait_for(port: int) -> None:
    for _ in range(600):
        with contextlib.suppress(OSError), _opened(port):
            return
        time.sleep(0.1)
    raise AssertionError("the IMAP server did not start")


def _opened(port: int) -> Any:
    context = ssl.create_default_context()
    box = MailBoxStartTls("localhost", port, timeout=20, ssl_context=context)
    return box.login("retours", PASSWORD)


@pytest.fixture
def reading(server: int, configure: Callable[..., Config]) -> Config:
    return configure(
        mail_from="avis@courrier.example",
        imap_host="localhost",
        imap_port=server,
        imap_security="starttls",
        imap_username="retours",
        imap_password=PASSWORD,
    )


@pytest.fixture
def people(
    session: scoped_session[Session], hand_over: HandOver, reading: Config
) -> list[Addressee]:
    """Two recipients whose notices have left, and one whose notice is leaving."""
    letter = hand_over("a@x.example", "b@x.example", "c@x.example", is_trial=False)
    for addressee in letter.addressees[:2]:
        steps.notify(session, addressee, "250 OK", NOW)
    session.commit()
    return letter.addressees


def arrive(config: Config, *contents: bytes) -> None:
    with _opened(config.imap_port) as box:
        for content in contents:
            box.append(content, "INBOX")


def about(config: Config, build: mail_shapes.Build, addressee: Addressee) -> bytes:
    return build(return_path.of(config, addressee), addressee.message_id)


def test_what_came_back_is_taken_in_and_put_away_and_nothing_is_deleted(
    session: scoped_session[Session], reading: Config, people: list[Addressee]
) -> None:
    ada, bert, carl = people
    arrive(
        reading,
        about(reading, returned_mail.POSTFIX, ada),
        b"\xff\xfe no message at all",
        about(reading, returned_mail.A_PERSON, bert),
        about(reading, returned_mail.EXCHANGE_ABSENCE, bert),
        about(reading, returned_mail.POSTFIX, carl),
        about(reading, returned_mail.GMAIL_FULL, bert),
    )
    session.commit()
    read_returns()
    session.expire_all()
    assert [row.state for row in people] == ["failed", "failed", "submitted"]
    session.commit()
    with _opened(reading.imap_port) as box:
        left = {message.subject: message.flags for message in box.fetch(mark_seen=False)}
        assert len(left) == 3
        assert left["Re: Un courrier recommande"] == ("\\Flagged",)
        assert left["Undelivered Mail Returned to Sender"] == (), "it is read again later"
        box.folder.set(mailbox.FOLDER)
        assert len(box.uids()) == 3
        assert len(box.uids("SEEN")) == 3


def test_what_came_too_early_is_taken_in_at_a_later_reading(
    session: scoped_session[Session], reading: Config, people: list[Addressee]
) -> None:
    carl = people[2]
    arrive(reading, about(reading, returned_mail.QMAIL, carl))
    session.commit()
    assert mailbox.read_all(reading)[TakenIn.EARLY] == 1
    steps.notify(session, carl, "250 OK", NOW)
    session.commit()
    assert mailbox.read_all(reading)[TakenIn.RECORDED] == 1
    assert mailbox.read_all(reading) == dict.fromkeys(TakenIn, 0)
    session.expire_all()
    assert carl.state == "failed"


def test_a_mailbox_that_cannot_be_opened_says_at_which_stage(
    reading: Config, configure: Callable[..., Config], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stage(**changes: Any) -> str:
        values = {
            name: getattr(reading, name) for name in vars(reading) if name.startswith("imap_")
        }
        with pytest.raises(Unreadable) as caught:
            mailbox.read_all(configure(**{**values, **changes}))
        assert PASSWORD not in str(caught.value)
        return caught.value.stage

    assert stage(imap_password="un autre") == "login"
    assert stage(imap_folder="Nulle part") == "folder"
    assert stage(imap_port=free_port()) == "connect"
    monkeypatch.delenv("SSL_CERT_FILE")
    assert stage() == "tls"


def test_a_mailbox_that_fails_stops_nothing_else(
    configure: Callable[..., Config],
    session: scoped_session[Session],
    caplog: pytest.LogCaptureFixture,
) -> None:
    configure(imap_host="localhost", imap_port=free_port(), imap_username="retours")
    read_returns()
    assert "cannot be read at connect" in caplog.text
    assert "retours" not in caplog.text
