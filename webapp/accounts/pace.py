"""How many messages may leave, and when the next ones may: counted in minutes of the clock."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from math import ceil

from sqlalchemy import delete, select

from config import Config
from webapp.accounts import mail_problems
from webapp.accounts.pace_models import Departures, MailPace
from webapp.database import AnySession
from webapp.mail import Unavailable

MINUTE = timedelta(minutes=1)
COUNTED_MINUTES = 61
"""The minutes of the clock that an hour touches: sixty-one, unless it begins with one of them.

With sixty, what left at 10:00:59 would let as much again leave at 11:00:00, within the same hour.
"""

WINDOW = COUNTED_MINUTES * MINUTE
KEPT = timedelta(days=1)
WITHOUT_LIMIT = 1_000_000
"""What may leave in a minute in which nothing stands against it."""


class LimitReached(Unavailable):
    """Nothing more may leave before `until`, an aware moment; nothing was tried."""

    def __init__(self, until: datetime) -> None:
        super().__init__(mail_problems.SETTINGS, f"{mail_problems.LIMIT} {until.isoformat()}")
        self.until = until


@dataclass(frozen=True)
class Limits:
    """How many messages may leave in a minute and in an hour; None: as many as there are."""

    per_minute: int | None = None
    per_hour: int | None = None

    def __bool__(self) -> bool:
        """Say whether there is any limit."""
        return bool(self.per_minute or self.per_hour)


def reserve(limit: int) -> int:
    """Give how much of a limit is kept for what a person waits for: a tenth, and at least one.

    A limit of one keeps nothing back, for no notice would ever leave.
    """
    return min(limit - 1, max(1, limit // 10))


@dataclass
class Ledger:
    """What left in each minute, and what the limits still allow; reckons, and writes nothing.

    The hour is all the minutes of the clock (`WINDOW`) that end with the one asked for, so that no
    hour has more, at whatever second it begins.
    """

    limits: Limits
    counts: dict[datetime, int] = field(default_factory=dict)

    def room(self, minute: datetime, *, is_awaited: bool = False) -> int:
        """Give how many messages may still leave in this minute.

        :param is_awaited: a person waits for them; these may use the reserve.
        """
        gone = self.counts.get(minute, 0)
        of_the_minute = _room(self.limits.per_minute, gone, is_awaited=is_awaited)
        return min(of_the_minute, self._room_of_the_hour(minute, is_awaited=is_awaited))

    def next_with_room(self, minute: datetime, *, is_awaited: bool = False) -> datetime:
        """Give the first minute, this one or a later one, in which a message may leave."""
        while not self.room(minute, is_awaited=is_awaited):
            if self._room_of_the_hour(minute, is_awaited=is_awaited):
                minute += MINUTE
            else:
                minute = min(self._within_the_hour(minute)) + WINDOW
        return minute

    def moment_of(self, number: int, now: datetime) -> datetime:
        """Give when the last of so many waiting notices may leave, if nothing else does.

        Two hours are reckoned minute by minute, and each later one is like the second: what left
        before counts no longer, and a minute that its own limit did not stop was stopped by that of
        the hour, which is used up and stays so.
        """
        first = minute_of(now)
        gone = list(accumulate(self._filling(first)))
        an_hour = gone[-1] - gone[COUNTED_MINUTES - 1]
        hours = max(0, ceil((number - gone[-1]) / an_hour))
        minutes = bisect_left(gone, number - hours * an_hour)
        return max(first + minutes * MINUTE + hours * WINDOW, now)

    def _filling(self, first: datetime) -> Iterator[int]:
        """Give how many leave in each minute of two such windows, if as many do as may."""
        past = {at: count for at, count in self.counts.items() if at <= first}
        reckoned = Ledger(self.limits, past)
        for minute in (first + place * MINUTE for place in range(2 * COUNTED_MINUTES)):
            room = reckoned.room(minute)
            reckoned.counts[minute] = reckoned.counts.get(minute, 0) + room
            yield room

    def _room_of_the_hour(self, minute: datetime, *, is_awaited: bool) -> int:
        gone = sum(self._within_the_hour(minute).values())
        return _room(self.limits.per_hour, gone, is_awaited=is_awaited)

    def _within_the_hour(self, minute: datetime) -> dict[datetime, int]:
        start = minute - WINDOW
        return {at: count for at, count in self.counts.items() if count and start < at <= minute}


def _room(limit: int | None, gone: int, *, is_awaited: bool) -> int:
    if limit is None:
        return WITHOUT_LIMIT
    return max(0, limit - (0 if is_awaited else reserve(limit)) - gone)


def minute_of(now: datetime) -> datetime:
    """Give the minute of the clock in which a moment lies."""
    return now.astimezone(UTC).replace(second=0, microsecond=0)


def are_in_environment(config: Config) -> bool:
    """Say whether the environment sets the limits; the page then only shows them."""
    return bool(config.mail_per_minute or config.mail_per_hour)


def limits(session: AnySession, config: Config) -> Limits:
    """Give the limits in use: the environment's, as a whole, else those of the page."""
    if are_in_environment(config):
        return Limits(config.mail_per_minute or None, config.mail_per_hour or None)
    kept = session.get_one(MailPace, 1)
    return Limits(kept.per_minute, kept.per_hour)


def set_limits(session: AnySession, wanted: Limits) -> None:
    """Keep the limits; they hold from the next message on. Whoever asked commits."""
    kept = session.get_one(MailPace, 1)
    kept.per_minute, kept.per_hour = wanted.per_minute, wanted.per_hour


def hold(session: AnySession) -> MailPace:
    """Hold the one row of limits and pause, until the transaction ends: others wait for it."""
    return session.get_one(MailPace, 1, with_for_update=True)


def ledger(session: AnySession, config: Config, now: datetime) -> Ledger:
    """Read what left in the last hour."""
    lately = select(Departures.minute, Departures.count).where(
        Departures.minute > minute_of(now) - WINDOW
    )
    counts: dict[datetime, int] = dict(session.execute(lately).all())
    return Ledger(limits(session, config), counts)


def take(
    session: AnySession, config: Config, now: datetime, wanted: int, *, is_awaited: bool
) -> int:
    """Count messages as leaving in this minute, before they do; commits.

    Several processes ask at once: each waits here for the one before it.

    :param wanted: at most so many.
    :returns: how many may leave, at least one; what does not leave is given back.
    :raises LimitReached: none may.
    """
    hold(session)
    book, minute = ledger(session, config, now), minute_of(now)
    taken = min(wanted, book.room(minute, is_awaited=is_awaited))
    if not taken:
        session.rollback()
        raise LimitReached(book.next_with_room(minute, is_awaited=is_awaited))
    _count(session, minute, taken)
    session.commit()
    return taken


def give_back(session: AnySession, minute: datetime, number: int) -> None:
    """Count messages that were to leave in a minute, and did not, as not having left; commits."""
    hold(session)
    _count(session, minute, -number)
    session.commit()


def _count(session: AnySession, minute: datetime, number: int) -> None:
    counted = session.get(Departures, minute)
    if counted is not None:
        counted.count += number
        return
    session.execute(delete(Departures).where(Departures.minute < minute - KEPT))
    session.add(Departures(minute=minute, count=number))
