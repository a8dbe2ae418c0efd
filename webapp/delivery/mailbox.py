"""The IMAP mailbox where notices come back: read message by message, and nothing deleted.

What is taken in is moved into a folder of its own, or marked as read where that cannot be. What a
machine cannot make sense of stays unread with a star, for a person to see.
"""

import imaplib
import logging
import re
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from time import monotonic
from typing import Any

from imap_tools.errors import ImapToolsError

from config import Config
from webapp.delivery.imap import BoundedMailBox
from webapp.delivery.returned_mail import MOST_BYTES
from webapp.delivery.returns import TakenIn, take_in
from webapp.extensions import db
from webapp.jobs import is_stopping

log = logging.getLogger(__name__)
FOLDER = "Plirec"
TIMEOUT = 20
LONGEST = 90
"""How many seconds one reading takes at most, whatever the server does: the notices wait behind it.
In the second half of them no other message is begun."""

_WAITING = "UNSEEN UNFLAGGED UNDELETED"
_HANDLED = (TakenIn.RECORDED, TakenIn.REPEATED, TakenIn.IDLE)


class Unreadable(Exception):
    """A mailbox that cannot be read: at which stage, and in which words of the server.

    :param stage: one of `name`, `connect`, `tls`, `login`, `folder`, `read`.
    """

    def __init__(self, stage: str, words: str) -> None:
        super().__init__(f"{stage}: {words}")
        self.stage = stage
        self.words = words


def read_all(config: Config, longest: float = LONGEST) -> dict[TakenIn, int]:
    """Take in what waits in the mailbox; give how many messages were what.

    A message that cannot be taken in stays as it is, and stops no other. One that is larger than
    any returned notice is left to people.

    :param longest: how many seconds this takes at most.
    :raises Unreadable: the mailbox cannot be opened, or the connection broke.
    """
    counts = dict.fromkeys(TakenIn, 0)
    ends_at = monotonic() + longest
    with _opened(config, ends_at) as box:
        folder = _own_folder(box)
        for uid in box.uids(_WAITING, charset=None):
            if monotonic() > ends_at - longest / 2 or is_stopping():
                break
            is_small = _size(box, uid) <= MOST_BYTES
            outcome = _taken_in(config, _content(box, uid)) if is_small else TakenIn.UNKNOWN
            if outcome is None:
                continue
            counts[outcome] += 1
            if outcome in _HANDLED:
                _put_away(box, uid, folder)
            elif outcome is TakenIn.UNKNOWN:
                box.flag(uid, "\\Flagged", True)
    return counts


def _taken_in(config: Config, content: bytes) -> TakenIn | None:
    try:
        outcome = take_in(db.session, config, content, "", datetime.now(UTC))
        db.session.commit()
    except Exception:
        db.session.rollback()
        log.exception("a message that came back could not be taken in")
        return None
    return outcome


class _Connection:
    """A connection that is closed in any case: signed in or not, broken or not."""

    def __init__(self, box: Any) -> None:
        self._client = box.client

    def close(self) -> None:
        """Take leave of the server, where it still listens, and let the socket go."""
        with suppress(OSError, imaplib.IMAP4.error):
            self._client.logout()
        with suppress(OSError):
            self._client.shutdown()


def _time_left(ends_at: float) -> Callable[[], float]:
    def left() -> float:
        seconds = ends_at - monotonic()
        if seconds <= 0:
            raise TimeoutError("timed out")
        return min(TIMEOUT, seconds)

    return left


@contextmanager
def _opened(config: Config, ends_at: float) -> Iterator[Any]:
    """Open the mailbox's folder, and tell at which stage it stops."""
    stage = "connect"
    address = config.imap_host, config.imap_port
    try:
        box = BoundedMailBox(address, config.imap_security, _time_left(ends_at), MOST_BYTES)
        with closing(_Connection(box)):
            stage = "login"
            login = box.login if config.imap_password.isascii() else box.login_utf8
            login(config.imap_username, config.imap_password, initial_folder=None)
            stage = "folder"
            box.folder.set(config.imap_folder)
            stage = "read"
            yield box
    except socket.gaierror as error:
        raise Unreadable("name", _words(error)) from error
    except ssl.SSLError as error:
        raise Unreadable("tls", _words(error)) from error
    except (OSError, ValueError, imaplib.IMAP4.error, ImapToolsError) as error:
        # imaplib stumbles by ValueError over numbers and letters that are none.
        # What a server answers to a sign-in may repeat what was sent to it.
        words = type(error).__name__ if stage == "login" else _words(error)
        raise Unreadable(stage, words) from error


def _own_folder(box: Any) -> str:
    """Give the folder for what is taken in, made where there is none; empty: nothing is moved.

    Without MOVE (RFC 6851) a message would be copied and deleted, and others expunged with it.
    """
    # A server says all that it can only once somebody has signed in.
    _status, told = box.client.capability()
    words = told[0] or b""
    box.client.capabilities = tuple(words.decode("ascii", "replace").upper().split())
    if "MOVE" not in box.client.capabilities:
        return ""
    try:
        if not box.folder.exists(FOLDER):
            box.folder.create(FOLDER)
    except ImapToolsError:
        log.info("the mailbox has no folder of ours, and makes none")
        return ""
    return FOLDER


def _put_away(box: Any, uid: str, folder: str) -> None:
    box.flag(uid, "\\Seen", True)
    if folder:
        box.move(uid, folder)


def _size(box: Any, uid: str) -> int:
    """Ask how large a message is: some servers give a whole one where a part is asked for."""
    _status, answer = box.client.uid("FETCH", uid, "(RFC822.SIZE)")
    said = b" ".join(part for part in answer if isinstance(part, bytes))
    found = re.search(rb"RFC822\.SIZE (\d{1,18})", said, re.IGNORECASE)
    return int(found[1]) if found else 0


def _content(box: Any, uid: str) -> bytes:
    """Fetch the beginning of one message, and leave it unread (BODY.PEEK, RFC 3501)."""
    _status, answer = box.client.uid("FETCH", uid, f"(BODY.PEEK[]<0.{MOST_BYTES}>)")
    return next((part[1] for part in answer if isinstance(part, tuple)), b"")


def _words(error: BaseException) -> str:
    return " ".join(str(error).split())[:300] or type(error).__name__
