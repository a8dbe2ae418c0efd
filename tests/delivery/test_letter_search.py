from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session, scoped_session

from tests.conftest import Browser
from tests.delivery.conftest import HandOver
from webapp.letters import steps
from webapp.letters.submission import FrozenRecipient

ELODIE = FrozenRecipient("Élodie Noël", "elodie@x.example", "professional", "", "")
MARC = FrozenRecipient("Marc Dubois", "marc@x.example", "professional", "", "")


@pytest.fixture
def two_letters(hand_over: HandOver, session: scoped_session[Session]) -> None:
    hand_over("a@x.example", recipients=[ELODIE], subject="Assemblée générale", key="une")
    budget = hand_over(
        "b@x.example", recipients=[MARC], subject="Budget", own_reference="REF-7", key="deux"
    )
    budget.submitted_at = datetime.now(UTC) - timedelta(days=40)
    steps.fail(session, budget.addressees[0], "recipient: 550 inconnu", datetime.now(UTC))
    session.commit()


@pytest.mark.parametrize("htmx", [True, False])
@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("recherche=assemblee", "Assemblée générale"),
        ("recherche=NOEL", "Assemblée générale"),
        ("recherche=elodie%40x.example", "Assemblée générale"),
        ("recherche=ref-7", "Budget"),
        ("etat=failed", "Budget"),
        ("etat=submitted", "Assemblée générale"),
        ("jusque=" + (datetime.now(UTC) - timedelta(days=30)).strftime("%d/%m/%Y"), "Budget"),
        ("depuis=" + (datetime.now(UTC) - timedelta(days=30)).strftime("%Y-%m-%d"), "Assemblée"),
    ],
)
def test_a_letter_is_found_by_its_words_its_recipients_its_state_and_its_day(
    browser: Browser, two_letters: None, asked: str, found: str, htmx: bool
) -> None:
    page = browser.get(f"/courriers?{asked}", htmx=htmx).text
    assert "1 courrier trouvé" in page
    assert page.count('<th scope="row"') == 1
    assert found in page


def test_a_search_without_result_says_what_to_try(browser: Browser, two_letters: None) -> None:
    page = browser.get("/courriers?recherche=introuvable").text
    assert "Essayez avec moins de mots" in page
    assert "Écrire un courrier" not in page


def test_a_day_that_is_none_is_said_and_the_rest_still_searched(
    browser: Browser, two_letters: None
) -> None:
    page = browser.get("/courriers?depuis=hier&recherche=budget").text
    assert "Écrivez une date comme 31/12/2026." in page
    assert "1 courrier trouvé" in page


@pytest.mark.parametrize("asked", ["depuis=0001-01-01", "jusque=9999-12-31"])
def test_a_day_that_no_clock_knows_is_told_at_its_field(browser: Browser, asked: str) -> None:
    answer = browser.get(f"/courriers?{asked}")
    assert answer.status_code == 200
    assert "Écrivez une date comme 31/12/2026." in answer.text


def test_a_state_that_does_not_exist_asks_nothing(browser: Browser, two_letters: None) -> None:
    assert browser.get("/courriers?etat=nimporte").text.count('<th scope="row"') == 2


def test_the_pages_of_a_search_keep_the_search(browser: Browser, hand_over: HandOver) -> None:
    for number in range(51):
        hand_over(f"m{number:03}@x.example", subject=f"Avis {number}")
    page = browser.get("/courriers?recherche=avis").text
    assert 'href="/courriers?page=2&amp;recherche=avis"' in page


def test_recipients_of_a_letter_are_found_by_name_and_by_state(
    browser: Browser, hand_over: HandOver, session: scoped_session[Session]
) -> None:
    letter = hand_over("a@x.example", recipients=[ELODIE, MARC])
    steps.notify(session, letter.addressees[1], "250 OK", datetime.now(UTC))
    session.commit()
    named = browser.get(f"/courriers/{letter.number}?recherche=elodie").text
    assert "Élodie Noël" in named
    assert "Marc Dubois" not in named
    told = browser.get(f"/courriers/{letter.number}?etat=notified", htmx=True).text
    assert "Marc Dubois" in told
    assert "Élodie Noël" not in told
    assert "1 destinataire trouvé" in told


@pytest.mark.parametrize("htmx", [True, False])
def test_a_search_that_finds_no_recipient_says_what_to_try(
    browser: Browser, hand_over: HandOver, htmx: bool
) -> None:
    letter = hand_over("a@x.example", recipients=[ELODIE, MARC])
    page = browser.get(f"/courriers/{letter.number}?recherche=introuvable", htmx=htmx).text
    assert "Aucun destinataire ne répond à cette recherche." in page
    assert "Tout montrer" in page
    assert "<table" not in page
