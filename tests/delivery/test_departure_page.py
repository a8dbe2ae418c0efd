import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session, scoped_session

from tests.conftest import Browser
from tests.delivery.conftest import HandOver
from webapp.delivery.tasks import do_all_due
from webapp.evidence.journal import entries_about, letter_chain, letter_subject
from webapp.evidence.kinds import EventKind
from webapp.letters.models import Letter
from webapp.letters.term import PARIS

pytestmark = pytest.mark.slow

SOON = datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(days=10)


@pytest.fixture
def waiting(hand_over: HandOver) -> Letter:
    """A letter to two recipients that leaves in ten days."""
    return hand_over("a@x.example", "b@x.example", leaves_at=SOON)


def fields(moment: datetime) -> dict[str, str]:
    here = moment.astimezone(PARIS)
    return {"leaves_on": f"{here:%Y-%m-%d}", "leaves_time": f"{here:%H:%M}"}


def due(session: scoped_session[Session], letter: Letter) -> set[datetime | None]:
    session.expire_all()
    return {addressee.due_at for addressee in letter.addressees}


def test_the_letters_page_says_when_it_leaves_and_nothing_leaves_before(
    browser: Browser, session: scoped_session[Session], waiting: Letter
) -> None:
    do_all_due()
    page = browser.get(f"/courriers/{waiting.number}").text
    assert "Les avis partent le" in page
    assert "2 avis partiront tout seuls le" in page
    assert f"{SOON.astimezone(PARIS):%H}\u00a0h\u00a0{SOON.astimezone(PARIS):%M}" in page
    assert [addressee.state for addressee in waiting.addressees] == ["submitted", "submitted"]


def test_one_slip_on_the_letters_page_sends_nothing(browser: Browser, waiting: Letter) -> None:
    page = browser.get(f"/courriers/{waiting.number}").text
    assert "Changer la date, ou envoyer maintenant" in page
    assert f'action="/courriers/{waiting.number}/depart"' not in page
    form = browser.get(f"/courriers/{waiting.number}/depart").text
    assert "cela ne se défait pas" in form
    assert 'name="now"' in form


def test_a_pause_is_not_contradicted_by_the_date_that_has_come(
    browser: Browser, waiting: Letter
) -> None:
    browser.post(f"/courriers/{waiting.number}/pause")
    address = f"/courriers/{waiting.number}/depart"
    page = browser.post(address, {"now": "1"}, follow_redirects=True).text
    assert "Départ des avis" in page
    assert "Les avis partent" not in page


def test_the_date_can_be_changed_as_long_as_the_letter_waits(
    browser: Browser, session: scoped_session[Session], waiting: Letter
) -> None:
    address, later = f"/courriers/{waiting.number}/depart", SOON + timedelta(days=20)
    form = browser.get(address).text
    for value in fields(SOON).values():
        assert f'value="{value}"' in form
    assert due(session, waiting) == {SOON}, "asking changes nothing"
    page = browser.post(address, fields(later), follow_redirects=True).text
    assert "Les avis partiront le" in page
    assert due(session, waiting) == {later}
    assert waiting.leaves_at == later
    chain = letter_chain(waiting.number)
    *_, event = entries_about(session, chain, letter_subject(waiting.number))
    assert event.kind == EventKind.DEPARTURE_CHANGED
    assert event.facts == {"leaves_at": later.isoformat(), "changed_by": "Odile Martin"}
    number = waiting.addressees[0].number
    story = browser.get(f"/courriers/{waiting.number}?ouvert={number}").text
    assert "Date de départ changée" in story
    assert "Par Odile Martin." in story


def test_a_letter_that_waits_can_leave_now(
    browser: Browser, session: scoped_session[Session], waiting: Letter
) -> None:
    address = f"/courriers/{waiting.number}/depart"
    page = browser.post(address, {"now": "1"}, follow_redirects=True).text
    assert "Les avis partent maintenant." in page
    do_all_due()
    session.expire_all()
    assert [addressee.state for addressee in waiting.addressees] == ["notified", "notified"]
    again = browser.post(address, {"now": "1"}, follow_redirects=True).text
    assert "leur date ne peut plus être changée" in again
    assert browser.get(address).status_code == 303


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (fields(datetime.now(UTC) - timedelta(days=1)), "Ce moment est passé"),
        (fields(datetime.now(UTC) + timedelta(days=367)), "un an au plus"),
        ({"leaves_on": "", "leaves_time": "09:00"}, "Choisissez le jour du départ"),
        ({"leaves_on": "2026-02-30", "leaves_time": "09:00"}, "Écrivez une date comme"),
        ({"leaves_on": "2099-01-01", "leaves_time": "demain"}, "Écrivez une heure comme"),
    ],
)
def test_a_date_that_is_over_too_far_away_or_none_is_asked_for_again(
    browser: Browser,
    session: scoped_session[Session],
    waiting: Letter,
    typed: dict[str, str],
    words: str,
) -> None:
    answer = browser.post(f"/courriers/{waiting.number}/depart", typed)
    assert answer.status_code == 422
    assert words in answer.text
    assert re.search(r"<title>Erreur\s:", answer.text)
    assert due(session, waiting) == {SOON}


def test_a_letter_that_waits_is_taken_back_as_any_other(
    browser: Browser, session: scoped_session[Session], waiting: Letter
) -> None:
    browser.post(f"/courriers/{waiting.number}/annuler")
    browser.post(f"/courriers/{waiting.number}/depart", {"now": "1"})
    do_all_due()
    session.expire_all()
    assert [addressee.state for addressee in waiting.addressees] == ["cancelled", "cancelled"]
