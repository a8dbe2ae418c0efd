from datetime import datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.letters.test_term import DAY, TURNS, utc
from webapp.letters import rhythm, term
from webapp.letters.term import PARIS


def all_after(notified: datetime, days: int) -> list[datetime]:
    """Give every reminder of a notice, each looked for after the one before it."""
    end, found = term.ends_at(notified), [notified]
    while moment := rhythm.next_reminder(notified, end, days, found[-1]):
        found.append(moment)
    return found[1:]


@pytest.mark.parametrize(
    ("notified", "days", "reminders"),
    [
        (
            "2026-11-24T10:00:00+01:00",
            3,
            ["27T10:00", "30T10:00", "03T10:00", "06T10:00", "09T10:00"],
        ),
        ("2026-11-24T15:00:00+01:00", 3, ["27T15:00", "30T15:00", "03T15:00", "06T15:00"]),
        ("2026-11-24T22:30:00+01:00", 7, ["01T20:00", "08T20:00"]),
        ("2026-11-24T03:00:00+01:00", 7, ["01T08:00", "08T08:00"]),
        ("2026-11-24T10:00:00+01:00", 0, []),
    ],
)
def test_reminders_come_every_few_days_at_the_notices_time_of_day_kept_between_8_and_20_oclock(
    notified: str, days: int, reminders: list[str]
) -> None:
    moments = [moment.astimezone(PARIS) for moment in all_after(utc(notified), days)]
    assert [f"{moment:%dT%H:%M}" for moment in moments] == reminders


@given(
    st.sampled_from(TURNS),
    st.integers(-25 * DAY, 8 * DAY),
    st.integers(1, rhythm.MOST_DAYS),
)
def test_no_reminder_comes_at_night_or_in_the_last_twelve_hours_whatever_the_clocks_do(
    turn: datetime, seconds: int, days: int
) -> None:
    notified = turn + timedelta(seconds=seconds)
    moments = all_after(notified, days)
    assert moments
    for moment in moments:
        assert rhythm.is_by_day(moment)
        assert moment <= term.ends_at(notified) - timedelta(hours=12)
    here = [moment.astimezone(PARIS) for moment in [notified, *moments]]
    for earlier, later in pairwise(here):
        assert later.date() - earlier.date() == timedelta(days=days)
    assert len({moment.time() for moment in here[1:]}) == 1


@given(st.sampled_from(TURNS), st.integers(-3 * DAY, 3 * DAY))
def test_the_next_morning_is_the_first_8_oclock_in_paris_that_is_still_to_come(
    turn: datetime, seconds: int
) -> None:
    moment = turn + timedelta(seconds=seconds)
    morning = rhythm.next_morning(moment)
    assert morning.astimezone(PARIS).time() == time(8)
    assert timedelta(0) < morning - moment <= timedelta(hours=25)
