from datetime import date

import pytest

from tests.conftest import Browser
from webapp.compose.meeting import last_days

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("meeting", "usual", "co_ownership"),
    [
        (date(2026, 4, 23), date(2026, 4, 8), date(2026, 4, 1)),
        (date(2026, 3, 1), date(2026, 2, 14), date(2026, 2, 7)),
        (date(2028, 3, 1), date(2028, 2, 15), date(2028, 2, 8)),
        (date(2026, 1, 5), date(2025, 12, 21), date(2025, 12, 14)),
    ],
)
def test_the_last_day_to_send_is_counted_back_from_the_meeting(
    meeting: date, usual: date, co_ownership: date
) -> None:
    counted = last_days(meeting)
    assert (counted.usual, counted.co_ownership) == (usual, co_ownership)


def test_in_co_ownership_twenty_one_whole_days_lie_between_the_notice_and_the_meeting() -> None:
    meeting = date(2026, 6, 30)
    assert (meeting - last_days(meeting).co_ownership).days - 1 == 21


def test_the_page_says_the_last_day_to_send_and_that_it_is_over(browser: Browser) -> None:
    far = browser.post("/envoyer/recapitulatif", {"meeting_on": "2099-04-23"}, htmx=True).text
    assert 'id="meeting" hx-swap-oob="true"' in far
    assert "mercredi 8 avril 2099" in far
    assert "mercredi 1 avril 2099" in far
    assert "ce jour est passé" not in far
    past = browser.post("/envoyer/recapitulatif", {"meeting_on": "2020-04-23"}, htmx=True).text
    assert past.count("ce jour est passé") == 2


@pytest.mark.parametrize("typed", ["demain", "2026-02-30", "0001-01-02", "2026-04-12T10:00"])
def test_a_date_that_is_none_says_no_day_and_breaks_nothing(browser: Browser, typed: str) -> None:
    answer = browser.post("/envoyer/recapitulatif", {"meeting_on": typed}, htmx=True)
    assert answer.status_code == 200
    assert "l’avis doit partir" not in answer.text
