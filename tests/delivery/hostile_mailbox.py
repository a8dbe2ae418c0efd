"""An IMAP server over TLS that answers as it is told to: without end, byte by byte, or a lie."""

import contextlib
import itertools
import socketserver
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Pieces = Iterable[bytes]
GREETING = "GREETING"
"""What is asked of a server without a word."""

USUAL: dict[str, Callable[[bytes], Pieces]] = {
    GREETING: lambda _: [b"* OK hello\r\n"],
    "CAPABILITY": lambda tag: [b"* CAPABILITY IMAP4rev1 STARTTLS\r\n", done(tag)],
    "SEARCH": lambda tag: [b"* SEARCH 1 2\r\n", done(tag)],
    "RFC822.SIZE": lambda tag: [b"* 1 FETCH (RFC822.SIZE 12 UID 1)\r\n", done(tag)],
    "BODY.PEEK": lambda tag: [b"* 1 FETCH (BODY[]<0> {12}\r\n", b"Subject: a\r\n)\r\n", done(tag)],
}


def done(tag: bytes) -> bytes:
    return tag + b" OK done\r\n"


def drips(said: bytes) -> Iterator[bytes]:
    """Say it one byte a second, and then the last one again for ever."""
    for letter in itertools.chain(said, itertools.repeat(said[-1])):
        yield bytes([letter])
        time.sleep(1)


def for_ever(said: bytes) -> Iterator[bytes]:
    return itertools.repeat(said)


@dataclass
class HostileMailbox:
    """Listens on this machine; `asked` holds each command without its tag."""

    certificate: Path
    is_tls: bool = True
    answers: dict[str, Callable[[bytes], Pieces]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def start(self) -> int:
        """Begin to listen, and give the port."""
        hostile = self

        class Conversation(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                with contextlib.suppress(OSError):
                    hostile.converse(self.request)

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Conversation)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return int(self._server.server_address[1])

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def converse(self, plain: Any) -> None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.certificate)
        with contextlib.ExitStack() as opened:

            def encrypted() -> Any:
                return opened.enter_context(context.wrap_socket(plain, server_side=True))

            connection = encrypted() if self.is_tls else plain
            self._say(connection, GREETING, b"")
            while line := _line(connection):
                tag, _, command = line.partition(b" ")
                self.asked.append(command.decode().strip())
                self._say(connection, self._verb(), tag)
                if self.asked[-1] == "STARTTLS":
                    connection = encrypted()

    def _verb(self) -> str:
        known = {**USUAL, **self.answers}
        return next((verb for verb in known if verb in self.asked[-1]), "")

    def _say(self, connection: Any, verb: str, tag: bytes) -> None:
        usual = USUAL.get(verb, lambda tag: [done(tag)])
        for piece in self.answers.get(verb, usual)(tag):
            connection.sendall(piece)


def _line(connection: Any) -> bytes:
    """Read no further than the line: what follows STARTTLS is not for us."""
    line = b""
    while not line.endswith(b"\n") and (letter := connection.recv(1)):
        line += letter
    return line
