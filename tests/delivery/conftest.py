"""Letters ready to be carried, and a real mail server on this machine."""

import asyncio
import ssl
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from flask import Flask
from sqlalchemy.orm import Session as DatabaseSession
from sqlalchemy.orm import scoped_session

from config import Config
from tests.browser.installation import free_port
from webapp import keys
from webapp.accounts.models import User
from webapp.clock import Clock, machine_clock
from webapp.letters.models import Letter
from webapp.letters.submission import FrozenRecipient, Submission, submit

HandOver = Callable[..., Letter]


@pytest.fixture
def hand_over(
    session: scoped_session[DatabaseSession], administrator: User, config: Config
) -> HandOver:
    """Hand a letter over to some addresses: `hand_over("a@b.example", is_trial=False)`."""

    def submitted(*emails: str, **changes: Any) -> Letter:
        submission = Submission(
            organisation=administrator.organisation,
            author=administrator,
            subject="Convocation",
            message="Rendez-vous le 12 avril.",
            is_trial=True,
            recipients=[
                FrozenRecipient(f"Nom {email}", email, "professional", "", "") for email in emails
            ],
            key=f"clef-{emails[0]}-{len(emails)}",
            token_key=keys.secret(config.keys_directory, "recipients"),
            host="courrier.example",
        )
        letter = submit(session, replace(submission, **changes), datetime.now(UTC))
        session.commit()
        return letter

    return submitted


class MailServer(Message):
    """Keeps what it is sent; refuses whoever is named in `refused`, with the answer given there.

    The moment at which each came is noted by `clock`, which may be given.
    """

    def __init__(self) -> None:
        super().__init__()
        self.messages: list[Any] = []
        self.clock: Clock = machine_clock
        self.moments: list[datetime] = []
        self.refused: dict[str, str] = {}
        self.connections = 0
        self.signed_in: list[bytes] = []
        self.pause = 0.0
        self.slowness = 0.0

    async def handle_EHLO(  # noqa: N802 - the server's own name for it
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, answers: list[str]
    ) -> list[str]:
        self.connections += 1
        await asyncio.sleep(self.slowness)
        session.host_name = hostname
        return answers

    async def handle_RCPT(  # noqa: N802 - the server's own name for it
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        await asyncio.sleep(self.slowness)
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    def handle_message(self, message: Any) -> None:
        time.sleep(self.pause)
        self.moments.append(self.clock())
        self.messages.append(message_from_bytes(message.as_bytes(), policy=default))

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        if isinstance(data, LoginPassword) and data.password == b"secret":
            self.signed_in.append(data.login)
            return AuthResult(success=True)
        return AuthResult(success=False, handled=False)


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate and its key for localhost, which its own file is enough to trust."""
    until = datetime.now(UTC) + timedelta(hours=1)
    return make_certificate(tmp_path / "localhost.pem", "localhost", until)


def make_certificate(path: Path, host: str, until: datetime) -> Path:
    """Write a certificate with its key; its file is enough to trust it, until then."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(until)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    plain = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(signed.public_bytes(Encoding.PEM) + plain)
    return path


@pytest.fixture
def mail_server(certificate: Path) -> Iterator[Callable[..., tuple[MailServer, dict[str, Any]]]]:
    """Start a server: `mail_server("tls", username="plirec")` gives it and the settings for it."""
    controllers: list[Controller] = []

    def start(security: str = "none", username: str = "") -> tuple[MailServer, dict[str, Any]]:
        server = MailServer()
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate)
        options: dict[str, Any] = {"enable_SMTPUTF8": True}
        if security == "tls":
            options["ssl_context"] = context
        if security == "starttls":
            options.update(tls_context=context, require_starttls=True)
        if username:
            options.update(
                authenticator=server.authenticate,
                auth_required=security == "starttls",
                auth_require_tls=security == "starttls",
            )
        controller = Controller(server, hostname="localhost", port=free_port(), **options)
        controller.start()
        controllers.append(controller)
        return server, {
            "smtp_host": "localhost",
            "smtp_port": controller.port,
            "smtp_security": security,
            "smtp_username": username,
            "smtp_password": "secret" if username else "",
            "mail_from": "avis@courrier.example",
            "public_url": "https://courrier.example",
        }

    yield start
    for controller in controllers:
        controller.stop()


@pytest.fixture
def configure(app: Flask, config: Config) -> Callable[..., Config]:
    """Give the application other settings: `configure(smtp_host="localhost")`."""

    def apply(**changes: Any) -> Config:
        changed = replace(config, **changes)
        app.extensions["plirec"] = changed
        return changed

    return apply
