"""Moments as a proof writes them: Paris for people, UTC for machines."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date

PARIS = ZoneInfo("Europe/Paris")


def in_paris(at: datetime) -> str:
    """Write an aware moment as the French do, to the second, in legal time (Europe/Paris)."""
    local = at.astimezone(PARIS)
    return f"{_day(local)} à {local:%H:%M:%S}"


def last_day_in_paris(ends_at: datetime) -> str:
    """Write the last whole day (Europe/Paris) before an aware moment that ends a time."""
    return _day((ends_at - timedelta(microseconds=1)).astimezone(PARIS))


def day_in_paris(at: datetime) -> str:
    """Write the day (Europe/Paris) of an aware moment."""
    return _day(at.astimezone(PARIS))


def in_utc(at: datetime) -> str:
    """Write an aware moment in UTC, to the second."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S UTC}"


def _day(local: datetime) -> str:
    day = "1er" if local.day == 1 else str(local.day)
    return f"{day} {format_date(local, 'MMMM y', locale='fr')}"
