"""What the public page checks: within bounds, one file at a time, and so often from one place."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import BoundedSemaphore, Lock
from typing import IO

from webapp.accounts.attempts import Allowance, count_from
from webapp.database import AnySession
from webapp.evidence.apart import look_apart
from webapp.evidence.archive_file import Bounds
from webapp.evidence.judging import judged
from webapp.evidence.verdicts import Verdict

PAGE_BOUNDS = Bounds(unfolded=100 * 1024 * 1024, parts=2_000, proofs=200)
"""A proof takes some ten milliseconds: what the page checks is over in a few seconds."""

ALLOWED = Allowance(60, (timedelta(minutes=1),))
"""An office may have all the proofs of a letter checked; then one a minute."""

_WAIT = 10
_turn = Lock()
places = BoundedSemaphore(2)
"""One is checked and one waits: each more that waited would hold a thread that pages need."""


class Busy(Exception):
    """Other files are being checked at this moment, and another waits already."""


def count_check(session: AnySession, client: str, now: datetime) -> None:
    """Count a check that is about to be made; nothing but a keyed hash of the address is kept.

    :param client: the address that it comes from.
    :raises webapp.accounts.attempts.Paused: too many came from there.
    """
    count_from(session, "verification", client, ALLOWED, now)


def checked(session: AnySession, file: IO[bytes]) -> Verdict:
    """Verify a file; nothing of it is kept.

    :raises Busy: the one before takes too long, or another waits for it already.
    :raises webapp.evidence.archive_file.TooLarge: it is an archive beyond what the page checks.
    :raises webapp.evidence.apart.Unreadable: reading it took too long, or too much.
    """
    with _in_turn():
        return judged(session, look_apart(file, PAGE_BOUNDS))


@contextmanager
def _in_turn() -> Iterator[None]:
    """Let one thread of this process check at a time: the other pages must not wait for it."""
    if not places.acquire(blocking=False):
        raise Busy
    try:
        if not _turn.acquire(timeout=_WAIT):
            raise Busy
        try:
            yield
        finally:
            _turn.release()
    finally:
        places.release()
