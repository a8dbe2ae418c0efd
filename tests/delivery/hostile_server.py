"""A mail server that answers as it is told to, verb by verb: wrong, late, or not at all."""

import contextlib
import re
import socketserver
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

CONNECT, CONTENT = "CONNECT", "."
"""What is asked of a server without a word: to greet, and to take what follows DATA."""

CLOSE = "close"
"""An answer: the connection ends instead."""

USUAL = {
    CONNECT: "220 hostile.example ready",
    "EHLO": "250-hostile.example\r\n250-STARTTLS\r\n250 AUTH PLAIN",
    "STARTTLS": "220 go ahead",
    "AUTH": "235 welcome",
    "MAIL": "250 OK",
    "RCPT": "250 OK",
    "DATA": "354 go on",
    CONTENT: "250 2.0.0 taken",
    "RSET": "250 OK",
    "QUIT": "221 bye",
}


@dataclass
class Answer:
    """One answer that is not the usual one: to whom it is given, how often, and how slowly."""

    text: str
    recipient: str | None = None
    times: float = float("inf")
    drips: bool = False
    act: Callable[[], None] = lambda: None


@dataclass
class HostileServer:
    """Listens on this machine; `taken` holds each whole message, `connections` counts."""

    context: ssl.SSLContext | None = None
    after_starttls: ssl.SSLContext | None = None
    answers: dict[str, Answer] = field(default_factory=dict)
    taken: list[bytes] = field(default_factory=list)
    connections: int = 0

    def answer(self, verb: str, text: str, **how: Any) -> None:
        """From now on give this answer to a verb: `answer("RCPT", "550 no", recipient="a@b")`."""
        self.answers[verb] = Answer(text, **how)

    def start(self) -> int:
        """Begin to listen, and give the port."""
        hostile = self

        class Conversation(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                hostile.connections += 1
                with contextlib.suppress(OSError, EOFError):
                    hostile.converse(self.request)

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Conversation)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return int(self._server.server_address[1])

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def converse(self, connection: Any) -> None:
        if self.context is not None:
            connection = self.context.wrap_socket(connection, server_side=True)
        recipient = ""
        with connection, connection.makefile("rb") as lines:
            self._say(connection, CONNECT, recipient)
            while line := lines.readline():
                verb = line.split()[0].decode().upper() if line.split() else ""
                if verb == "RCPT":
                    found = re.search(rb"<([^>]*)>", line)
                    recipient = found[1].decode() if found else ""
                answer = self._say(connection, verb, recipient)
                if verb == "STARTTLS" and self.after_starttls is not None:
                    # All that matters is whether the client goes on.
                    connection = self.after_starttls.wrap_socket(connection, server_side=True)
                    raise EOFError
                if answer.startswith("354"):
                    content = b"".join(iter(lines.readline, b".\r\n"))
                    self.taken.append(content)
                    self._say(connection, CONTENT, recipient)

    def _say(self, connection: Any, verb: str, recipient: str) -> str:
        usual = Answer(USUAL.get(verb, "502 what?"))
        told = self.answers.get(verb, usual)
        if told.times < 1 or told.recipient not in (None, recipient):
            told = usual
        told.times -= 1
        told.act()
        if told.text == CLOSE:
            raise EOFError
        for piece in told.text if told.drips else (told.text,):
            connection.sendall(piece.encode())
            if told.drips:
                time.sleep(0.3)
        connection.sendall(b"\r\n")
        if told.text.startswith("421"):
            raise EOFError
        return told.text
