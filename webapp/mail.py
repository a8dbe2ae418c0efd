"""The mail server: one connection that is kept from message to message, and what it refuses."""

import contextlib
import smtplib
import socket
import ssl
from collections.abc import Sequence
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime, formataddr, parseaddr
from time import monotonic
from types import TracebackType
from typing import Self

from config import Config
from webapp.message import Following, Mail, Nothing
from webapp.smtp import Hurried, HurriedOverTls, hand_over, is_timeout, said, words_of

PERMANENT = range(500, 600)
CLOSING = 421
"""With this answer a server ends the connection, whatever it was asked (RFC 5321, 3.8)."""

LOGIN_WANTED = (530, 535, 538)
"""Answers that ask for a sign-in (RFC 4954): no fault of the recipient's."""

HANGS_AT_MOST = 2
"""After how many messages in a row that the server left hanging it is asked no more."""


ABOUT_THE_MESSAGE = ("recipient", "data")
"""The stages at which the server was asked about this recipient or message, not about us."""


class DeliveryProblem(Exception):
    """A message that did not leave: at which stage, and in which words of the server.

    :param stage: one of `settings` (nothing was tried), `name`, `connect`, `tls`, `login`,
        `sender`, `recipient`, `data`.
    """

    def __init__(self, stage: str, words: str) -> None:
        super().__init__(f"{stage}: {words}")
        self.stage = stage
        self.words = words

    @property
    def is_about_the_message(self) -> bool:
        """Say whether the server was asked about this recipient or message, not about us."""
        return self.stage in ABOUT_THE_MESSAGE


class Refused(DeliveryProblem):
    """The server will not take this message, now or later."""


class Unavailable(DeliveryProblem):
    """The server cannot take it now; nothing says that it will not later."""


class _Closed(Unavailable):
    """The connection ended before anything of the message was handed over."""


def automatic(
    sender: tuple[str, str], recipient: str, subject: str, message_id: str, now: datetime
) -> EmailMessage:
    """Begin a message that no person writes: its headers, and nothing in it yet.

    :param sender: a name and an address.
    :param now: the moment (aware) that it bears.
    :raises Refused: the recipient's address cannot stand in a message.
    """
    message = EmailMessage(policy=SMTP)
    message["From"] = formataddr(sender)
    try:
        message["To"] = recipient
    except ValueError as error:
        raise Refused("recipient", str(error)) from error
    message["Subject"], message["Date"] = subject, format_datetime(now)
    message["Message-ID"] = message_id
    # RFC 3834: holiday answers to a machine are not wanted.
    message["Auto-Submitted"] = "auto-generated"
    return message


class SmtpChannel:
    """The mail server of the settings; certificates are verified. Use it in a `with` block.

    While a message is recorded, the server already hears who sends the next one: its envelope is
    begun, and nothing else of it.
    """

    def __init__(self, config: Config, following: Following | None = None) -> None:
        self._config, self._following = config, following or Nothing()
        self._begun = ""
        self._connection: smtplib.SMTP | None = None
        self._deadline = 0.0
        self._stage = "sender"
        self._hung = 0
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

    def send(self, message: Mail, return_path: str = "") -> str:
        """Hand one message over and give the server's answer; a broken connection is opened anew.

        :param return_path: where the message comes back to; empty: to the address it is from.
        :raises Refused: this message will never be taken.
        :raises Unavailable: it may be taken later.
        """
        if self._is_down is not None:
            # One that hangs is waited for once, not once a message: proofs wait behind them.
            raise self._is_down
        self._deadline = monotonic() + self._config.smtp_timeout
        was_kept = self._connection is not None
        try:
            return self._attempt(message, return_path)
        except _Closed as problem:
            if not was_kept:
                if problem.stage == "sender":
                    self._is_down = problem
                raise
        # Servers end a connection after so many messages, or minutes: that is nobody's fault.
        return self._attempt(message, return_path)

    def _attempt(self, message: Mail, return_path: str) -> str:
        try:
            connection = self._connection = self._connection or self._connect()
        except Unavailable as problem:
            self._is_down = problem
            raise
        try:
            answer = self._exchange(connection, message, return_path)
        except smtplib.SMTPNotSupportedError as error:
            raise Refused("recipient", words_of(error)) from error
        except smtplib.SMTPDataError as error:
            raise self._refusal(error.smtp_code, error.smtp_error) from error
        except (OSError, smtplib.SMTPException) as error:
            raise self._broken(error) from error
        self._hung = 0
        return answer

    def _exchange(self, connection: smtplib.SMTP, message: Mail, return_path: str) -> str:
        sender = return_path or parseaddr(message["From"])[1]
        recipient = parseaddr(message["To"])[1]
        options = ["SMTPUTF8"] if not (sender + recipient).isascii() else []
        self._begin("sender", connection)
        self._require(*self._mail(connection, sender, options))
        self._begin("recipient", connection)
        self._require(*connection.rcpt(recipient))
        policy = SMTPUTF8 if options else SMTP
        self._begin("data", connection)
        content = message.as_bytes(policy=policy)
        answer = self._require(*hand_over(connection, content, self._following.prepare))
        self._begin_next(connection)
        return said(*answer)

    def _begin_next(self, connection: smtplib.SMTP) -> None:
        sender = self._following.sender()
        if sender and sender.isascii():
            # A connection that ended by now is met again, and opened anew, in its turn.
            with contextlib.suppress(OSError, smtplib.SMTPException):
                connection.putcmd("mail", f"FROM:{smtplib.quoteaddr(sender)}")
                self._begun = sender

    def _mail(
        self, connection: smtplib.SMTP, sender: str, options: Sequence[str]
    ) -> tuple[int, bytes]:
        begun, self._begun = self._begun, ""
        if begun:
            answer = connection.getreply()
            if begun == sender and not options:
                return answer
            connection.rset()
        return connection.mail(sender, options)

    def _begin(self, stage: str, connection: smtplib.SMTP) -> None:
        self._stage = stage
        self._hurry(connection)

    def _require(self, code: int, answer: bytes) -> tuple[int, bytes]:
        if code not in (250, 251):
            raise self._refusal(code, answer)
        return code, answer

    def _refusal(self, code: int, answer: bytes | str) -> DeliveryProblem:
        """Tell what an answer that is no consent means, and make the connection ready again."""
        self._hung = 0
        words = said(code, answer)
        if code == CLOSING:
            self._close()
            return (Unavailable if self._stage == "data" else _Closed)(self._stage, words)
        if self._connection is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                self._connection.rset()
        if code in LOGIN_WANTED:
            return Unavailable("login", words)
        # A sender that is refused is no fault of the recipient's.
        is_final = code in PERMANENT and self._stage != "sender"
        return (Refused if is_final else Unavailable)(self._stage, words)

    def _broken(self, error: OSError) -> Unavailable:
        """Tell what it means that the connection ended, or that an answer never came."""
        self._close()
        if not is_timeout(error):
            # After the first byte of a message nobody knows whether it was taken.
            return (Unavailable if self._stage == "data" else _Closed)(self._stage, words_of(error))
        problem = Unavailable(self._stage, words_of(error))
        self._hung += 1
        if self._hung >= HANGS_AT_MOST:
            self._is_down = problem
        return problem

    def _connect(self) -> smtplib.SMTP:
        config = self._config
        try:
            if config.smtp_security == "tls":
                verified = ssl.create_default_context()
                connection: smtplib.SMTP = HurriedOverTls(
                    config.smtp_host, config.smtp_port, self._left, context=verified
                )
            else:
                connection = Hurried(config.smtp_host, config.smtp_port, self._left)
        except ssl.SSLError as error:
            raise Unavailable("tls", words_of(error)) from error
        except socket.gaierror as error:
            raise Unavailable("name", words_of(error)) from error
        except (OSError, smtplib.SMTPException) as error:
            raise Unavailable("connect", words_of(error)) from error
        try:
            self._secure_and_sign_in(connection)
        except Unavailable:
            connection.close()
            raise
        return connection

    def _secure_and_sign_in(self, connection: smtplib.SMTP) -> None:
        config = self._config
        stage = "connect"
        try:
            self._hurry(connection)
            connection.ehlo_or_helo_if_needed()
            if config.smtp_security == "starttls":
                stage = "tls"
                self._hurry(connection)
                connection.starttls(context=ssl.create_default_context())
                self._hurry(connection)
                connection.ehlo()
        except (OSError, smtplib.SMTPException) as error:
            raise Unavailable(stage, words_of(error)) from error
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
                if self._begun:
                    self._connection.getreply()
                self._connection.quit()
            self._begun = ""
            self._connection.close()
            self._connection = None
