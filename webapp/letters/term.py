"""The recipient's fifteen days, counted as the law counts them."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
DAYS = 15


def ends_at(notified_at: datetime) -> datetime:
    """Give the moment (UTC) at which the time to answer is over.

    CPCE R53-3: fifteen days counted from the day after the notice was sent; the last is whole, so
    the time ends at midnight, in Paris, after the fifteenth day.

    :param notified_at: the moment (aware) at which the notice left.
    """
    first_day_after = notified_at.astimezone(PARIS).date() + timedelta(days=DAYS + 1)
    return datetime.combine(first_day_after, time.min, PARIS).astimezone(UTC)


def readable_until(accepted_at: datetime) -> datetime:
    """Give the moment (UTC) from which an accepted letter is no longer read on its page.

    CPCE R53-3: it can be had for a year; the last day is whole, in Paris. One that was accepted on
    the 29th of February is read until the 28th a year later.
    """
    day = accepted_at.astimezone(PARIS).date()
    is_leap_day = (day.month, day.day) == (2, 29)
    last = day.replace(year=day.year + 1, day=28) if is_leap_day else day.replace(year=day.year + 1)
    return datetime.combine(last + timedelta(days=1), time.min, PARIS).astimezone(UTC)


def last_day(expires_at: datetime) -> datetime:
    """Give the last second (Europe/Paris) before a time is over, for saying its day."""
    return (expires_at - timedelta(seconds=1)).astimezone(PARIS)
