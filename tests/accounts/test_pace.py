"""Limits a minute and an hour, with a reserve, counted for every process together."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from config import Config
from webapp.accounts import pace
from webapp.accounts.pace import Ledger, LimitReached, Limits
from webapp.accounts.pace_models import Departures

NOON = datetime(2026, 3, 2, 12, 0, 30, tzinfo=UTC)
MINUTE = NOON.replace(second=0)
MINUTES = timedelta(minutes=1)
AnySession = scoped_session[Session]
PATIENTLY = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=50)
counts = st.dictionaries(st.integers(-70, 0), st.integers(0, 30), max_size=20)
limit = st.none() | st.integers(1, 50)


def take(session: AnySession, config: Config, now: datetime, wanted: int, **how: bool) -> int:
    return pace.take(session, config, now, wanted, **{"is_awaited": False, **how})


def test_without_limits_everything_leaves_and_is_counted_nevertheless(
    session: AnySession, config: Config
) -> None:
    assert take(session, config, NOON, 500) == 500
    assert session.scalar(select(Departures.count)) == 500


@pytest.mark.parametrize(("limit", "kept"), [(1, 0), (2, 1), (10, 1), (19, 1), (20, 2), (200, 20)])
def test_a_tenth_is_kept_for_what_a_person_waits_for(limit: int, kept: int) -> None:
    assert pace.reserve(limit) == kept


@pytest.mark.parametrize("name", ["mail_per_minute", "mail_per_hour"])
def test_notices_stop_before_the_reserve_and_a_password_link_may_use_it(
    session: AnySession, config: Config, name: str
) -> None:
    limited = replace(config, **{name: 20})
    assert take(session, limited, NOON, 100) == 18
    with pytest.raises(LimitReached) as reached:
        take(session, limited, NOON, 1)
    assert reached.value.until == MINUTE + (61 if name == "mail_per_hour" else 1) * MINUTES
    assert take(session, limited, NOON, 100, is_awaited=True) == 2
    with pytest.raises(LimitReached):
        take(session, limited, NOON, 1, is_awaited=True)
    assert take(session, limited, reached.value.until, 100) == 18


def test_no_hour_has_more_than_the_limit_at_whatever_second_it_begins(
    session: AnySession, config: Config
) -> None:
    limited = replace(config, mail_per_hour=20)
    take(session, limited, MINUTE + timedelta(seconds=59), 18)
    with pytest.raises(LimitReached) as reached:
        take(session, limited, MINUTE + timedelta(hours=1), 18)
    assert reached.value.until == MINUTE + timedelta(hours=1, minutes=1)


def test_what_did_not_leave_is_given_back(session: AnySession, config: Config) -> None:
    limited = replace(config, mail_per_hour=20)
    assert take(session, limited, NOON, 18) == 18
    pace.give_back(session, MINUTE, 5)
    assert take(session, limited, NOON, 18) == 5


def test_the_environments_limits_come_first_and_as_a_whole(
    session: AnySession, config: Config
) -> None:
    pace.set_limits(session, Limits(per_minute=5, per_hour=100))
    session.commit()
    assert pace.limits(session, config) == Limits(5, 100)
    assert pace.limits(session, replace(config, mail_per_hour=50)) == Limits(None, 50)


def test_minutes_of_the_day_before_are_swept(session: AnySession, config: Config) -> None:
    take(session, config, NOON - timedelta(days=2), 1)
    take(session, config, NOON, 1)
    assert session.scalar(select(func.count()).select_from(Departures)) == 1


@PATIENTLY
@given(counts, limit, limit, st.integers(1, 600))
def test_the_reckoned_moment_is_that_at_which_a_worker_would_have_sent_the_last(
    gone: dict[int, int], per_minute: int | None, per_hour: int | None, number: int
) -> None:
    limits = Limits(per_minute, per_hour)
    before = {MINUTE + minute * MINUTES: count for minute, count in gone.items()}
    promised = Ledger(limits, dict(before)).moment_of(number, NOON)
    worker, left, minute = Ledger(limits, dict(before)), number, MINUTE
    while True:
        sent = min(left, worker.room(minute))
        worker.counts[minute] = worker.counts.get(minute, 0) + sent
        worker.counts.pop(minute - 60 * MINUTES, None)
        left -= sent
        if not left:
            break
        minute += MINUTES
    assert promised == max(minute, NOON)


@pytest.mark.parametrize(
    ("limits", "minutes"),
    [
        (Limits(per_minute=1), 99_999),
        (Limits(per_hour=100), 100_000 // 90 * 61),
        (Limits(per_minute=20, per_hour=100), 100_000 // 90 * 61),
        (Limits(per_minute=2, per_hour=20), 100_000 // 18 * 61 + 9),
    ],
)
def test_the_moment_of_a_hundred_thousand_is_reckoned_too(limits: Limits, minutes: int) -> None:
    assert Ledger(limits).moment_of(100_000, NOON) == MINUTE + minutes * MINUTES


def test_what_a_clock_that_was_set_back_left_in_the_future_counts_for_nothing() -> None:
    ahead = {MINUTE + place * MINUTES: 5 for place in (59, 118)}
    assert Ledger(Limits(per_hour=1), ahead).moment_of(3, NOON) == MINUTE + 122 * MINUTES


@PATIENTLY
@given(counts, limit, limit)
def test_the_next_minute_with_room_is_the_first_one(
    gone: dict[int, int], per_minute: int | None, per_hour: int | None
) -> None:
    before = {MINUTE + minute * MINUTES: count for minute, count in gone.items()}
    ledger = Ledger(Limits(per_minute, per_hour), before)
    found = ledger.next_with_room(MINUTE)
    assert ledger.room(found)
    minute = MINUTE
    while minute < found:
        assert not ledger.room(minute)
        minute += MINUTES
