"""The clock that sending goes by: it is given, so that a month can be lived through in a test."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeAlias

Clock: TypeAlias = Callable[[], datetime]
"""Gives the present moment, aware. It may be set forth or back between two calls."""


def machine_clock() -> datetime:
    """Give the moment (UTC) by the clock of this machine."""
    return datetime.now(UTC)
