"""A mailbox whose server is bounded: in the time that it takes, and in how much it says."""

import imaplib
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from imap_tools import BaseMailBox

LONGEST_LINES = 1024 * 1024
"""How many bytes of lines an answer has at most: those of 100,000 messages' numbers."""


class _Incoming:
    """What a server says on one connection, read while there is time left.

    imaplib alone waits anew for each byte: one byte a second would hold it for hours.
    """

    def __init__(self, connection: socket.socket, left: Callable[[], float]) -> None:
        self.connection = connection
        self._left = left
        self._kept = bytearray()

    def line(self, most: int) -> bytes:
        """Give the next line, its end included, or what there is when the connection ends.

        :raises OSError: it is longer than that.
        """
        searched = 0
        while not (end := self._kept.find(b"\n", searched) + 1):
            searched = len(self._kept)
            if searched > most or not self._receive():
                break
        end = end or len(self._kept)
        if end > most:
            raise OSError("too long an answer")
        return self._take(end)

    def literal(self, size: int) -> bytes:
        """Give so many bytes, or fewer when the connection ends."""
        while len(self._kept) < size and self._receive():
            pass
        return self._take(size)

    def _receive(self) -> bool:
        self.connection.settimeout(self._left())
        received = self.connection.recv(64 * 1024)
        self._kept += received
        return bool(received)

    def _take(self, size: int) -> bytes:
        taken = bytes(self._kept[:size])
        del self._kept[:size]
        return taken


class _Bounded(imaplib.IMAP4):
    """An IMAP connection, each answer of which comes in time and within bounds, or not at all.

    :param left: gives how many seconds there are for the next step; it raises once there are none.
    :param longest_literal: how many bytes of literals (RFC 3501, 4.3) an answer has at most.
    """

    def __init__(
        self, host: str, port: int, left: Callable[[], float], longest_literal: int, **options: Any
    ) -> None:
        self._left, self._longest_literal = left, longest_literal
        self._incoming: _Incoming | None = None
        self._begin_answer()
        super().__init__(host, port, timeout=left(), **options)

    def send(self, data: Any) -> None:
        """Send a command; what was said before it is forgotten, or it would pile up."""
        self._begin_answer()
        self.untagged_responses: dict[str, list[Any]] = {}
        self.sock.settimeout(self._left())
        super().send(data)

    def readline(self) -> bytes:
        """Read one line; see `imaplib`.

        :raises OSError: the answer goes on for too long.
        """
        line = self._server().line(self._lines_left)
        self._lines_left -= len(line)
        return line

    def read(self, size: int) -> bytes:
        """Read one literal; see `imaplib`.

        :raises OSError: more is announced than was asked for.
        """
        if size > self._literals_left:
            raise OSError("too long an answer")
        self._literals_left -= size
        return self._server().literal(size)

    def _begin_answer(self) -> None:
        self._lines_left, self._literals_left = LONGEST_LINES, self._longest_literal

    def _server(self) -> _Incoming:
        # What was said in the clear after STARTTLS is not the server's word: anybody may add it.
        if self._incoming is None or self._incoming.connection is not self.sock:
            self._incoming = _Incoming(self.sock, self._left)
        return self._incoming


class _BoundedOverTls(_Bounded, imaplib.IMAP4_SSL):
    """The same, encrypted from the first byte."""


class BoundedMailBox(BaseMailBox):
    """The mailbox of a server that is not trusted; certificates are verified.

    :param security: `tls`, or `starttls`.
    :raises OSError, imaplib.IMAP4.error: it cannot be connected to.
    """

    def __init__(
        self,
        address: tuple[str, int],
        security: str,
        left: Callable[[], float],
        longest_literal: int,
    ) -> None:
        self._address, self._security = address, security
        self._left, self._longest_literal = left, longest_literal
        super().__init__()

    def _get_mailbox_client(self) -> imaplib.IMAP4:
        given = (*self._address, self._left, self._longest_literal)
        context = ssl.create_default_context()
        if self._security == "tls":
            return _BoundedOverTls(*given, ssl_context=context)
        client = _Bounded(*given)
        try:
            client.starttls(context)
        except BaseException:
            with suppress(OSError):
                client.shutdown()
            raise
        return client
