"""Whatever the server of the mailbox does, a reading ends, and takes little memory."""

import resource
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config import Config
from tests.delivery.hostile_mailbox import GREETING, HostileMailbox, Pieces, done, drips, for_ever
from webapp.delivery import mailbox
from webapp.delivery.mailbox import Unreadable
from webapp.delivery.returned_mail import MOST_BYTES
from webapp.delivery.returns import TakenIn

pytestmark = [pytest.mark.usefixtures("session"), pytest.mark.slow]
SHORT = 6
"""Seconds for a reading whose server lets it wait: in half of them a slow machine signs in."""

ENDLESS = 10**12
PASSWORD = "un secret"


@pytest.fixture
def hostile(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[HostileMailbox]:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    server = HostileMailbox(certificate)
    yield server
    server.stop()


@pytest.fixture
def reading(hostile: HostileMailbox, configure: Callable[..., Config]) -> Callable[..., Config]:
    """Start the server, and give the settings for it."""

    def start() -> Config:
        return configure(
            imap_host="localhost",
            imap_port=hostile.start(),
            imap_security="tls" if hostile.is_tls else "starttls",
            imap_username="retours",
            imap_password=PASSWORD,
        )

    return start


def _literal(size: int, content: Pieces) -> Callable[[bytes], Pieces]:
    def answer(_tag: bytes) -> Pieces:
        yield b"* 1 FETCH (BODY[]<0> {%d}\r\n" % size
        yield from content

    return answer


@pytest.mark.parametrize(
    ("verb", "answer"),
    [
        (GREETING, lambda _: for_ever(b"x" * 1000)),
        ("CAPABILITY", lambda _: for_ever(b"* OK and on\r\n")),
        ("LOGIN", lambda _: for_ever(b"* OK and on\r\n")),
        ("SEARCH", lambda _: for_ever(b" 1234" * 1000)),
        ("SEARCH", lambda _: [b"* 1 FETCH {" + b"9" * 5000 + b"}\r\n"]),
        ("RFC822.SIZE", _literal(ENDLESS, for_ever(b"x" * 1000))),
        ("BODY.PEEK", _literal(ENDLESS, for_ever(b"x" * 1000))),
        ("BODY.PEEK", _literal(MOST_BYTES + 1, for_ever(b"x" * 1000))),
        ("BODY.PEEK", lambda _: for_ever(b"* 1 FETCH (BODY[] {1000}\r\n" + b"x" * 1000 + b")\r\n")),
        ("BODY.PEEK", lambda _: for_ever(b"* 1 EXISTS\r\n")),
    ],
)
def test_a_server_that_says_more_than_was_asked_for_is_listened_to_no_longer(
    hostile: HostileMailbox,
    reading: Callable[..., Config],
    verb: str,
    answer: Callable[[bytes], Pieces],
) -> None:
    hostile.answers[verb] = answer
    before = _most_memory()
    with pytest.raises(Unreadable) as caught:
        mailbox.read_all(reading())
    assert PASSWORD not in str(caught.value)
    assert _most_memory() - before < 8 * MOST_BYTES


@pytest.mark.parametrize(
    ("verb", "answer", "stage"),
    [
        (GREETING, lambda _: drips(b"* OK hello\r\n"), "connect"),
        ("LOGIN", lambda _: drips(b"* OK and on and on\r\n"), "login"),
        ("BODY.PEEK", _literal(1000, drips(b"x")), "read"),
        ("BODY.PEEK", lambda _: drips(b"* 1 FETCH (BODY[]<0> {10}\r\n"), "read"),
    ],
)
def test_one_byte_after_the_other_is_not_waited_for_longer_than_a_reading_may_take(
    hostile: HostileMailbox,
    reading: Callable[..., Config],
    verb: str,
    answer: Callable[[bytes], Pieces],
    stage: str,
) -> None:
    hostile.answers[verb] = answer
    with pytest.raises(Unreadable) as caught:
        mailbox.read_all(reading(), longest=SHORT)
    assert caught.value.stage == stage


def test_a_message_that_is_too_large_is_left_to_people_and_the_next_one_is_read(
    hostile: HostileMailbox, reading: Callable[..., Config]
) -> None:
    sizes = iter([MOST_BYTES + 1, 12])

    def size(tag: bytes) -> Pieces:
        return [b"* 1 FETCH (RFC822.SIZE %d UID 1)\r\n" % next(sizes), done(tag)]

    hostile.answers["RFC822.SIZE"] = size
    assert mailbox.read_all(reading())[TakenIn.UNKNOWN] == 2
    fetched = [command for command in hostile.asked if "BODY.PEEK" in command]
    assert fetched == [f"UID FETCH 2 (BODY.PEEK[]<0.{MOST_BYTES}>)"]
    assert sum("\\Flagged" in command for command in hostile.asked) == 2


def test_what_somebody_adds_before_the_encryption_is_not_taken_for_the_servers_word(
    hostile: HostileMailbox, reading: Callable[..., Config]
) -> None:
    hostile.is_tls = False
    added = b"* CAPABILITY IMAP4rev1 MOVE\r\n* BYE added\r\n"
    hostile.answers["STARTTLS"] = lambda tag: [done(tag) + added]
    assert mailbox.read_all(reading())[TakenIn.UNKNOWN] == 2


def test_a_server_that_says_nothing_of_what_it_can_is_read_all_the_same(
    hostile: HostileMailbox, reading: Callable[..., Config]
) -> None:
    said = iter([b"* CAPABILITY IMAP4rev1\r\n", b""])
    hostile.answers["CAPABILITY"] = lambda tag: [next(said), done(tag)]
    assert mailbox.read_all(reading())[TakenIn.UNKNOWN] == 2


def _most_memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
