"""One letter or all notices can be held back, and let go; the journal keeps who decided it."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session, scoped_session

from config import Config
from tests.conftest import Browser
from tests.delivery.conftest import HandOver
from webapp.accounts.models import User
from webapp.delivery.dispatch import carry_due
from webapp.evidence.integrity import verify_chain
from webapp.evidence.journal import entries_about, letter_chain, letter_subject, organisation_chain
from webapp.evidence.kinds import EventKind
from webapp.letters import steps
from webapp.letters.models import Letter

pytestmark = pytest.mark.slow

AnySession = scoped_session[Session]
MAIL = "/organisation/messagerie"


def states(session: AnySession, letter: Letter) -> list[str]:
    session.rollback()
    session.expire_all()
    return [addressee.state for addressee in letter.addressees]


def test_a_paused_letter_waits_while_others_leave_until_it_is_resumed(
    session: AnySession, hand_over: HandOver, config: Config, browser: Browser
) -> None:
    paused, other = hand_over("a@x.example", "b@x.example"), hand_over("c@x.example")
    address = f"/courriers/{paused.number}"
    page = browser.post(f"{address}/pause", follow_redirects=True).text
    assert "En pause depuis le" in page
    assert "2 avis attendent" in page
    assert "et les rappels aussi" in page
    assert "rien à faire" not in page
    carry_due(config)
    assert states(session, paused) == ["submitted"] * 2
    assert states(session, other) == ["notified"]
    page = browser.post(f"{address}/reprise", follow_redirects=True).text
    assert "En pause depuis" not in page
    carry_due(config)
    assert states(session, paused) == ["notified"] * 2


def test_a_pause_says_that_the_notices_in_hand_still_leave(
    hand_over: HandOver, browser: Browser
) -> None:
    address = f"/courriers/{hand_over('a@x.example').number}/pause"
    for asked in (address, f"{MAIL}/pause"):
        page = browser.post(asked, follow_redirects=True).text
        assert "déjà en train de partir arriveront encore" in page
        assert "plus aucun avis" not in page


def test_nobody_is_told_that_notices_leave_which_a_pause_holds(
    hand_over: HandOver, browser: Browser
) -> None:
    soon = datetime.now(UTC) + timedelta(days=3)
    address = f"/courriers/{hand_over('a@x.example', leaves_at=soon).number}"
    browser.post(f"{MAIL}/pause")
    browser.post(f"{address}/pause")
    page = browser.post(f"{address}/depart", {"now": "1"}, follow_redirects=True).text
    assert "ce courrier est en pause" in page
    assert "partent maintenant" not in page
    page = browser.post(f"{address}/reprise", follow_redirects=True).text
    assert "tous les envois sont en pause" in page
    assert "Les avis de ce courrier repartent." not in page


def test_pausing_twice_is_one_event_and_the_journal_names_who_decided(
    session: AnySession, hand_over: HandOver, browser: Browser
) -> None:
    letter = hand_over("a@x.example")
    for word in ("pause", "pause", "reprise", "reprise"):
        browser.post(f"/courriers/{letter.number}/{word}")
    chain = letter_chain(letter.number)
    told = entries_about(session, chain, letter_subject(letter.number))[1:]
    assert [event.kind for event in told] == [EventKind.SENDING_PAUSED, EventKind.SENDING_RESUMED]
    assert {event.facts and event.facts["decided_by"] for event in told} == {"Odile Martin"}
    assert verify_chain(session, chain) == []


def test_in_a_paused_letter_terms_end_as_they_must(
    session: AnySession, hand_over: HandOver, config: Config, browser: Browser
) -> None:
    letter = hand_over("a@x.example", "b@x.example")
    long_ago = datetime.now(UTC) - timedelta(days=17)
    steps.notify(session, letter.addressees[0], "250 OK", long_ago)
    browser.post(f"/courriers/{letter.number}/pause")
    carry_due(config)
    assert states(session, letter) == ["expired", "submitted"]


def test_an_administrator_holds_every_notice_back_and_lets_them_go(
    session: AnySession,
    hand_over: HandOver,
    config: Config,
    browser: Browser,
    administrator: User,
) -> None:
    letters = [hand_over("a@x.example"), hand_over("b@x.example")]
    page = browser.post(f"{MAIL}/pause", follow_redirects=True).text
    assert "Tous les avis sont en pause depuis" in page
    assert "Tous les avis sont en pause depuis" in browser.get("/").text
    assert "Tous les envois sont en pause" in browser.get(f"/courriers/{letters[0].number}").text
    carry_due(config)
    assert [states(session, letter) for letter in letters] == [["submitted"]] * 2
    browser.post(f"{MAIL}/reprise")
    carry_due(config)
    assert [states(session, letter) for letter in letters] == [["notified"]] * 2
    chain = organisation_chain(administrator.organisation_id)
    told = [event.kind for event in entries_about(session, chain, "installation")]
    assert told == [EventKind.SENDING_PAUSED, EventKind.SENDING_RESUMED]


def test_a_page_that_is_open_tells_a_pause_of_all_letters_at_its_next_refresh(
    hand_over: HandOver, browser: Browser
) -> None:
    address = f"/courriers/{hand_over('a@x.example').number}"
    for word, is_paused in (("pause", True), ("reprise", False)):
        shown = re.search(r"vu=([\d.]+)", browser.get(address).text)
        assert shown
        assert browser.get(f"{address}?vu={shown[1]}", htmx=True).status_code == 204
        browser.post(f"{MAIL}/{word}")
        refreshed = browser.get(f"{address}?vu={shown[1]}", htmx=True)
        assert refreshed.status_code == 200
        assert ("Tous les envois sont en pause" in refreshed.text) is is_paused


@pytest.mark.parametrize("word", ["pause", "reprise", "limites"])
def test_only_the_first_organisation_decides_for_all(
    sign_in: Callable[[User], Browser], administrator: User, stranger: User, word: str
) -> None:
    answer = sign_in(stranger).post(f"{MAIL}/{word}", {"per_hour": "5"})
    assert answer.status_code == 403
    assert "la première" in answer.text
