"""The lines of an SMTP exchange: read in time, and told on one line."""

import re
import smtplib
import socket
from collections.abc import Callable
from typing import Any

LONGEST_WORDS = 500
"""How much of an answer is kept; a server may say as much as it likes."""

CONTENT_WANTED = 354
_POINT = re.compile(rb"^\.", re.MULTILINE)

LONGEST_ANSWER = 256 * 1024
"""How many bytes of an answer are read; smtplib alone reads lines that go on into all memory."""


class _Replies:
    """The server's lines, read while there is time left.

    smtplib alone waits anew for each byte: one byte a second would hold it for hours.
    """

    def __init__(self, connection: socket.socket, left: Callable[[], float]) -> None:
        self._connection, self._left, self._kept = connection, left, b""
        self._length = 0

    def begin(self) -> None:
        """Read another answer from here on."""
        self._length = 0

    def readline(self, most: int) -> bytes:
        """Give the next line, or as much of it as may be read at once; empty at the end.

        :raises OSError: the answer goes on for too long.
        """
        while b"\n" not in self._kept and len(self._kept) < most:
            self._connection.settimeout(self._left())
            received = self._connection.recv(4096)
            if not received:
                break
            self._kept += received
        end = min(self._kept.find(b"\n") + 1 or len(self._kept), most)
        line, self._kept = self._kept[:end], self._kept[end:]
        self._length += len(line)
        if self._length > LONGEST_ANSWER:
            raise OSError("too long an answer")
        return line

    def close(self) -> None:
        """Forget what was received and not read."""
        self._kept = b""


class Hurried(smtplib.SMTP):
    """A connection whose answers come in time, or not at all."""

    def __init__(self, host: str, port: int, left: Callable[[], float], **options: Any) -> None:
        self._left = left
        super().__init__(host, port, timeout=left(), **options)

    def getreply(self) -> tuple[int, bytes]:
        """Read one answer; see `smtplib`."""
        if self.file is None and self.sock is not None:
            self.file = _Replies(self.sock, self._left)
        if self.file is not None:
            self.file.begin()
        return super().getreply()


class HurriedOverTls(Hurried, smtplib.SMTP_SSL):
    """The same, encrypted from the first byte."""


def hand_over(
    connection: smtplib.SMTP, content: bytes, meanwhile: Callable[[], None]
) -> tuple[int, bytes]:
    """Send a message's content, do something else while the server takes it, and give its answer.

    :param content: lines ended by CR and LF.
    :raises smtplib.SMTPDataError: the server does not want it.
    """
    code, words = connection.docmd("DATA")
    if code != CONTENT_WANTED:
        raise smtplib.SMTPDataError(code, words)
    # RFC 5321, 4.5.2: a point at the beginning of a line is doubled, for one alone ends it all.
    end = b".\r\n" if content.endswith(b"\n") else b"\r\n.\r\n"
    connection.send(_POINT.sub(b"..", content) + end)
    meanwhile()
    return connection.getreply()


def is_timeout(error: BaseException) -> bool:
    """Say whether it is that no answer came in time."""
    return isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError)


def words_of(error: BaseException) -> str:
    """Tell on one line what an exchange ended by: the server's words where it said any."""
    if isinstance(error, smtplib.SMTPResponseException):
        return said(error.smtp_code, error.smtp_error)
    if is_timeout(error):
        return "timed out"
    return _cleaned(str(error)) or type(error).__name__


def said(code: int, answer: bytes | str) -> str:
    """Give an answer on one line; what cannot be printed stays out of pages, logs and proofs."""
    words = answer if isinstance(answer, str) else answer.decode(errors="replace")
    return _cleaned(f"{code} {words}" if code > 0 else words) or "no SMTP answer"


def _cleaned(words: str) -> str:
    printable = "".join(letter if letter.isprintable() else " " for letter in words)
    return " ".join(printable.split())[:LONGEST_WORDS]
