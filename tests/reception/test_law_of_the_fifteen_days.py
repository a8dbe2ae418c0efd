"""CPCE art. R53-3: fifteen days counted from the day after the notice, the last one whole."""

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session, scoped_session

from webapp.letters import steps, term
from webapp.letters.models import Addressee, Letter
from webapp.letters.steps import IllegalStep
from webapp.reception.standing import Standing, standing_of

HandOver = Callable[..., Letter]
PARIS = ZoneInfo("Europe/Paris")
MOMENT = timedelta(microseconds=1)
CLIENT = {"ip": "192.0.2.7", "user_agent": "Un navigateur"}
TURNS = [
    ("2026-03-14 09:00", "2026-03-29"),
    ("2026-03-20 23:30", "2026-04-04"),
    ("2026-10-10 09:00", "2026-10-25"),
    ("2026-10-20 00:30", "2026-11-04"),
    ("2026-12-17 12:00", "2027-01-01"),
    ("2026-12-31 23:59", "2027-01-15"),
    ("2027-01-01 00:00", "2027-01-16"),
    ("2028-02-14 10:00", "2028-02-29"),
]
"""When a notice leaves (in Paris), and its last day: over both changes of the clocks, New Year, and
a day that few years have."""


@pytest.fixture(params=TURNS, ids=lambda turn: str(turn[0]))
def notified(
    request: pytest.FixtureRequest, session: scoped_session[Session], hand_over: HandOver
) -> tuple[Addressee, datetime]:
    """A letter that is notified at such a moment, and the midnight after its last day."""
    sent, last = request.param
    (addressee,) = hand_over("louise@courriel.example").addressees
    at = datetime.fromisoformat(sent).replace(tzinfo=PARIS)
    steps.notify(session, addressee, "250 OK", at)
    midnight = datetime.fromisoformat(last).replace(tzinfo=PARIS) + timedelta(days=1)
    return addressee, midnight


def test_until_the_last_moment_of_the_fifteenth_day_the_letter_waits(
    session: scoped_session[Session], notified: tuple[Addressee, datetime]
) -> None:
    addressee, midnight = notified
    assert addressee.expires_at == midnight
    assert standing_of(addressee, midnight - MOMENT) == Standing.WAITING
    with pytest.raises(IllegalStep):
        steps.expire(session, addressee, midnight - MOMENT)
    steps.accept(session, addressee, "Louise Blanc", CLIENT, midnight - MOMENT)
    assert addressee.state == "accepted"


def test_from_midnight_on_nobody_answers_and_the_letter_is_not_claimed(
    session: scoped_session[Session], notified: tuple[Addressee, datetime]
) -> None:
    addressee, midnight = notified
    assert standing_of(addressee, midnight) == Standing.EXPIRED
    for step in (
        lambda: steps.accept(session, addressee, "Louise", CLIENT, midnight),
        lambda: steps.reject(session, addressee, CLIENT, midnight),
    ):
        with pytest.raises(IllegalStep):
            step()
    steps.expire(session, addressee, midnight)
    assert addressee.state == "expired"


@pytest.mark.parametrize(
    ("accepted", "last"),
    [
        ("2026-04-12 10:00", "2027-04-12"),
        ("2026-03-29 03:30", "2027-03-29"),
        ("2026-10-25 02:30", "2027-10-25"),
        ("2026-12-31 23:59", "2027-12-31"),
        ("2028-02-29 12:00", "2029-02-28"),
    ],
)
def test_what_was_accepted_is_read_for_a_year_whose_last_day_is_whole(
    session: scoped_session[Session], hand_over: HandOver, accepted: str, last: str
) -> None:
    (addressee,) = hand_over("louise@courriel.example").addressees
    at = datetime.fromisoformat(accepted).replace(tzinfo=PARIS)
    steps.notify(session, addressee, "250 OK", at - timedelta(days=1))
    steps.accept(session, addressee, "Louise Blanc", CLIENT, at)
    midnight = datetime.fromisoformat(last).replace(tzinfo=PARIS) + timedelta(days=1)
    assert term.readable_until(at) == midnight
    assert standing_of(addressee, midnight - MOMENT) == Standing.ACCEPTED
    assert standing_of(addressee, midnight) == Standing.OVER
