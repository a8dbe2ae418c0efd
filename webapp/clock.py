"""The clock that work goes by: it is given, so that a month can be lived through in a test."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

Clock: TypeAlias = Callable[[], datetime]
"""Gives the present moment, aware. It may be set forth or back between two calls."""


_OVERFLOWS_NOTHING = 20


def growing_pause(first: timedelta, longest: timedelta, tries: int) -> timedelta:
    """Give how long to rest after so many tries, one at least: each time twice as long."""
    doubled: int = 2 ** min(tries - 1, _OVERFLOWS_NOTHING)
    return min(first * doubled, longest)


def machine_clock() -> datetime:
    """Give the moment (UTC) by the clock of this machine."""
    return datetime.now(UTC)
