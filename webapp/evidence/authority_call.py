"""One question to a time-stamp authority over HTTP (RFC 3161, 3.4): bounded in time and in size.

No redirection is followed and no proxy is asked: nothing is called but the address that was given.
"""

import contextlib
import http.client
import socket
import ssl
from threading import Event, Timer
from urllib.parse import SplitResult, urlsplit

LONGEST_ANSWER = 128 * 1024
"""A stamp with a whole chain of certificates weighs some ten thousand bytes."""
LONGEST_WORDS = 300
HEADERS = {
    "Content-Type": "application/timestamp-query",
    "Accept": "application/timestamp-reply",
    "User-Agent": "Plirec",
}


class NoStamp(Exception):
    """There is no stamp to be had now: at which stage it stopped, and in which words.

    :param stage: one of `name`, `connect`, `tls`, `time`, `answer`, `status`, `imprint`, `nonce`,
        `signature`.
    """

    def __init__(self, stage: str, words: str) -> None:
        super().__init__(f"{stage}: {words}")
        self.stage, self.words = stage, words


def is_address(url: str) -> bool:
    """Say whether this is an address that an authority may have: http or https, without a secret.

    Many authorities are reached over http only: what they answer is signed.
    """
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    is_plain = url.isascii() and url.isprintable() and " " not in url
    return (
        parts.scheme in ("http", "https")
        and bool(parts.hostname)
        and is_plain
        and (parts.username is None)
    )


def cleaned(words: str) -> str:
    """Give words of the other side on one short line that can be shown."""
    printable = "".join(letter if letter.isprintable() else " " for letter in words)
    return " ".join(printable.split())[:LONGEST_WORDS]


def post(url: str, question: bytes, seconds: float) -> bytes:
    """Hand a question over and give the answer's bytes; a certificate must be vouched for.

    :param seconds: how long it may take from connection to last byte, however slowly they come.
    :raises NoStamp: no answer came in time, or none that can be used.
    """
    parts, is_late = urlsplit(url), Event()
    try:
        with _opened(parts, seconds) as line:
            clock = Timer(seconds, _cut_off, (line, is_late))
            clock.start()
            try:
                content = _exchange(line, parts, question)
            finally:
                clock.cancel()
    except (OSError, http.client.HTTPException, ValueError) as error:
        stage = "time" if is_late.is_set() else _stage(error)
        raise NoStamp(stage, cleaned(str(error)) or type(error).__name__) from error
    if is_late.is_set():
        raise NoStamp("time", "timed out")
    return content


def _stage(error: Exception) -> str:
    if isinstance(error, ssl.SSLError):
        return "tls"
    if isinstance(error, socket.gaierror):
        return "name"
    return "time" if isinstance(error, TimeoutError) else "connect"


def _opened(parts: SplitResult, seconds: float) -> socket.socket:
    """Open the connection; over TLS, what is said first is said within the time of the exchange."""
    host, is_https = parts.hostname or "", parts.scheme == "https"
    port = parts.port or (http.client.HTTPS_PORT if is_https else http.client.HTTP_PORT)
    line = socket.create_connection((host, port), seconds)
    if not is_https:
        return line
    context = ssl.create_default_context()
    return context.wrap_socket(line, server_hostname=host, do_handshake_on_connect=False)


def _exchange(line: socket.socket, parts: SplitResult, question: bytes) -> bytes:
    kind: type[http.client.HTTPConnection] = http.client.HTTPConnection
    if isinstance(line, ssl.SSLSocket):
        line.do_handshake()
        kind = http.client.HTTPSConnection
    connection = kind(parts.hostname or "", parts.port)
    connection.sock = line
    place = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection.request("POST", place, question, HEADERS)
    with connection.getresponse() as answer:
        if answer.status != http.client.OK:
            raise NoStamp("answer", cleaned(f"HTTP {answer.status} {answer.reason}"))
        content = answer.read(LONGEST_ANSWER + 1)
    if len(content) > LONGEST_ANSWER:
        raise NoStamp("answer", "too long an answer")
    return content


def _cut_off(line: socket.socket, is_late: Event) -> None:
    """End an exchange that goes on: a byte now and then would otherwise hold it for hours."""
    is_late.set()
    with contextlib.suppress(OSError):  # it may have ended by itself at this very moment
        # Not the TLS socket's own word for it, which also takes its state away from the reader.
        socket.socket.shutdown(line, socket.SHUT_RDWR)
