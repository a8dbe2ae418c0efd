"""Moments as a proof writes them: Paris for people, UTC for machines."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date

PARIS = ZoneInfo("Europe/Paris")


def in_paris(at: datetime) -> str:
    """Write an aware moment as the French do, to the second, in legal time (Europe/Paris)."""
    local = at.astimezone(PARIS)
    day = "1er" if local.day == 1 else str(local.day)
    month_and_year = format_date(local, "MMMM y", locale="fr")
    return f"{day} {month_and_year} à {local:%H:%M:%S}"


def in_utc(at: datetime) -> str:
    """Write an aware moment in UTC, to the second."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S UTC}"
