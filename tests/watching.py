"""Asks a database that workers write to meanwhile, and takes no lock: they want it."""

from collections.abc import Iterator
from contextlib import contextmanager

from webapp.database import AnySession, reading_only


@contextmanager
def watching(session: AnySession) -> Iterator[None]:
    """Let a test see what is committed now; it holds nothing, before or after."""
    session.rollback()
    was = reading_only.set(True)
    try:
        yield
    finally:
        session.rollback()
        reading_only.reset(was)
