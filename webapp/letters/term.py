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


def last_day(expires_at: datetime) -> datetime:
    """Give the last second (Europe/Paris) in which the recipient may answer, for saying its day."""
    return (expires_at - timedelta(seconds=1)).astimezone(PARIS)
