from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.letters import term
from webapp.letters.term import PARIS

DAY = 24 * 3600
TURNS = [
    *(datetime(year, 3, 31, 1, tzinfo=UTC) for year in range(2024, 2040)),
    *(datetime(year, 10, 31, 1, tzinfo=UTC) for year in range(2024, 2040)),
    *(datetime(year, 12, 31, 23, tzinfo=UTC) for year in range(2024, 2040)),
]
"""Near the clock's changes, which are on the last Sunday of March and October, and at New Year."""


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("notified", "ends"),
    [
        ("2026-11-24T10:00:00+01:00", "2026-12-10T00:00:00+01:00"),
        ("2026-11-24T23:59:59+01:00", "2026-12-10T00:00:00+01:00"),
        ("2026-11-25T00:00:00+01:00", "2026-12-11T00:00:00+01:00"),
        ("2026-03-20T09:00:00+01:00", "2026-04-05T00:00:00+02:00"),
        ("2026-10-20T09:00:00+02:00", "2026-11-05T00:00:00+01:00"),
        ("2026-12-24T12:00:00+01:00", "2027-01-09T00:00:00+01:00"),
    ],
)
def test_the_fifteen_days_begin_the_day_after_the_notice_and_the_last_is_whole(
    notified: str, ends: str
) -> None:
    assert term.ends_at(utc(notified)) == utc(ends)


def test_a_notice_sent_late_in_the_evening_in_utc_counts_as_the_next_day_in_paris() -> None:
    evening = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)
    assert term.ends_at(evening) == utc("2026-07-18T00:00:00+02:00")


def test_the_last_day_is_the_fifteenth_after_the_notice() -> None:
    expires_at = term.ends_at(utc("2026-11-24T10:00:00+01:00"))
    assert term.last_day(expires_at).date().isoformat() == "2026-12-09"


@given(st.sampled_from(TURNS), st.integers(-25 * DAY, 8 * DAY))
def test_the_term_ends_at_midnight_in_paris_after_fifteen_whole_days_whatever_the_clocks_do(
    turn: datetime, seconds: int
) -> None:
    notified = turn + timedelta(seconds=seconds)
    end = term.ends_at(notified)
    here = end.astimezone(PARIS)
    assert here.time() == time.min
    assert here.date() - notified.astimezone(PARIS).date() == timedelta(days=16)
    last = term.last_day(end)
    assert last.date() - notified.astimezone(PARIS).date() == timedelta(days=15)
    assert (last.hour, last.minute, last.second) == (23, 59, 59)
    # Sixteen days at most, less a moment, an hour more or less when the clocks change on the way.
    hours = (end - notified) / timedelta(hours=1)
    assert 15 * 24 - 1 <= hours <= 16 * 24 + 1
