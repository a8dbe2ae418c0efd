from datetime import UTC, datetime

import pytest

from webapp.letters import term


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
