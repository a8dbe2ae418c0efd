"""The mail server: one connection that is kept from message to message, and what it refuses."""

import contextlib
import smtplib
import socket
import ssl
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import parseaddr
from time import monotonic
from types import TracebackType
from typing import Self

from config import Config

PERMANENT = range(500, 600)


class DeliveryProblem(Exception):
    """A message that did not leave: at which stage, and in which words of the server.

    :param stage: one of `settings` (nothing was tried), `name`, `connect`, `tls`, `login`,
        `sender`, `recipient`, `data`.
    """

    def __init__(self, stage: str, words: str) -> None:
        super().__init__(f"{stage}: {words}")
        self.stage = stage
        self.words = words


class Refused(DeliveryProblem):
    """The server will not take this message, now or later."""


class Unavailable(DeliveryProblem):
    """The server cannot take it now; nothing says that it will not later."""


class SmtpChannel:
    """The mail server of the settings; certificates are verified. Use it in a `with` block."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._connection: smtplib.SMTP | None = None
        self._deadline = 0.0
        self._is_down: Unavailable | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._close()

    def send(self, message: EmailMessage) -> str:
        """Hand one message over and give the server's answer; a broken connection is opened anew.

        :raises Refused: this message will never be taken.
        :raises Unavailable: it may be taken later.
        """
        if self._is_down is not None:
            # One that hangs is waited for once, not once a message: proofs wait behind them.
            raise self._is_down
        self._deadline = monotonic() + self._config.smtp_timeout
        try:
            connection = self._connection = self._connection or self._connect()
        except Unavailable as problem:
            self._is_down = problem
            raise
        try:
            return self._exchange(connection, message)
        except smtplib.SMTPNotSupportedError as error:
            raise Refused("recipient", _words(error)) from error
        except smtplib.SMTPDataError as error:
            kind = Refused if error.smtp_code in PERMANENT else Unavailable
            raise kind("data", _words(error)) from error
        except (OSError, smtplib.SMTPServerDisconnected) as error:
            self._close()
            raise Unavailable("data", _words(error)) from error

    def _exchange(self, connection: smtplib.SMTP, message: EmailMessage) -> str:
        sender = parseaddr(message["From"])[1]
        recipient = parseaddr(message["To"])[1]
        options = ["SMTPUTF8"] if not (sender + recipient).isascii() else []
        self._hurry(connection)
        _require("sender", *connection.mail(sender, options), connection=connection)
        self._hurry(connection)
        _require("recipient", *connection.rcpt(recipient), connection=connection)
        policy = SMTPUTF8 if options else SMTP
        self._hurry(connection)
        answer = connection.data(message.as_bytes(policy=policy))
        _require("data", *answer, connection=connection)
        return f"{answer[0]} {answer[1].decode(errors='replace')}"

    def _connect(self) -> smtplib.SMTP:
        config = self._config
        context = ssl.create_default_context()
        try:
            if config.smtp_security == "tls":
                connection: smtplib.SMTP = smtplib.SMTP_SSL(
                    config.smtp_host,
                    config.smtp_port,
                    timeout=self._left(),
                    context=context,
                )
            else:
                connection = smtplib.SMTP(config.smtp_host, config.smtp_port, timeout=self._left())
        except ssl.SSLError as error:
            raise Unavailable("tls", _words(error)) from error
        except socket.gaierror as error:
            raise Unavailable("name", _words(error)) from error
        except (OSError, smtplib.SMTPException) as error:
            raise Unavailable("connect", _words(error)) from error
        try:
            self._secure_and_sign_in(connection, context)
        except Unavailable:
            connection.close()
            raise
        return connection

    def _secure_and_sign_in(self, connection: smtplib.SMTP, context: ssl.SSLContext) -> None:
        config = self._config
        try:
            self._hurry(connection)
            connection.ehlo_or_helo_if_needed()
            if config.smtp_security == "starttls":
                self._hurry(connection)
                connection.starttls(context=context)
                self._hurry(connection)
                connection.ehlo()
        except (OSError, smtplib.SMTPException) as error:
            raise Unavailable("tls", _words(error)) from error
        if not config.smtp_username:
            return
        try:
            self._hurry(connection)
            connection.login(config.smtp_username, config.smtp_password)
        except (OSError, smtplib.SMTPException) as error:
            # The server's answer may repeat what was sent to it; the code alone is kept.
            code = getattr(error, "smtp_code", type(error).__name__)
            raise Unavailable("login", str(code)) from error

    def _left(self) -> float:
        """Give how many seconds are left of those that one message may take in all.

        A server that is slow at each step would otherwise hold a notice longer than its lease.
        """
        left = self._deadline - monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        return left

    def _hurry(self, connection: smtplib.SMTP) -> None:
        if connection.sock is not None:
            connection.sock.settimeout(self._left())

    def _close(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                self._connection.quit()
            self._connection = None


def _require(stage: str, code: int, answer: bytes, *, connection: smtplib.SMTP) -> None:
    if code in (250, 251):
        return
    words = f"{code} {answer.decode(errors='replace')}"
    with contextlib.suppress(OSError, smtplib.SMTPException):
        connection.rset()
    # A sender that is refused, or a sign-in that is asked for, is no fault of the recipient's.
    is_final = code in PERMANENT and stage != "sender" and code != 530
    raise (Refused if is_final else Unavailable)(stage, words)


def _words(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__
