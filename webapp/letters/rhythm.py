"""When reminders leave: every few days after the notice, by day, and never at the last moment."""

from datetime import UTC, datetime, time, timedelta

from webapp.letters.term import DAYS, PARIS

MOST_DAYS = 7
EARLIEST, LATEST = time(8), time(20)
ROOM = timedelta(hours=12)
"""What lies at least between two reminders, and between the last one and the end of the term: one
that comes later finds its reader asleep, or away, and only annoys him afterwards."""


def next_reminder(
    notified_at: datetime, expires_at: datetime, days: int, after: datetime
) -> datetime | None:
    """Give the moment (UTC) of the first reminder later than `after`; None when none is left.

    It keeps the notice's time of day in Europe/Paris, brought between 8 and 20 o'clock. A moment
    that was missed is not made up for: the next one serves.

    :param days: from one reminder to the next; 0: there are none.
    """
    notice = notified_at.astimezone(PARIS)
    hour = min(max(notice.time(), EARLIEST), LATEST)
    for number in range(days, DAYS + 1, days) if days else ():
        day = notice.date() + timedelta(days=number)
        moment = datetime.combine(day, hour, PARIS).astimezone(UTC)
        if moment > expires_at - ROOM:
            break
        if moment > after:
            return moment
    return None


def is_by_day(moment: datetime) -> bool:
    """Say whether a reminder may leave at this moment."""
    return EARLIEST <= moment.astimezone(PARIS).time() <= LATEST


def next_morning(moment: datetime) -> datetime:
    """Give the first moment (UTC) after this one at which a day of reminders begins."""
    here = moment.astimezone(PARIS)
    day = here.date() + timedelta(days=here.time() >= EARLIEST)
    return datetime.combine(day, EARLIEST, PARIS).astimezone(UTC)
