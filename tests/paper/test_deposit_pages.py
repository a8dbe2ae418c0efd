"""Letters that wait for the post, put together, printed, found again and taken apart."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from tests.conftest import Browser
from tests.paper.conftest import on_paper
from tests.paper.reading import (
    TODAY,
    key_on,
    numbered,
    posted,
    text_of,
    ticked_on,
)
from webapp.accounts.models import Kind, User
from webapp.letters.cancellation import cancel_unsent
from webapp.letters.models import Letter
from webapp.paper.models import Deposit
from webapp.web.paging import PAGE_SIZE

pytestmark = pytest.mark.slow


def test_paper_letters_wait_by_letter_with_their_addresses(
    browser: Browser, letter: Letter
) -> None:
    page = browser.get("/a-poster").text
    assert "3 lettres à poster" in page
    assert "MARIE ROUX, 4 RUE DES LILAS" in page
    assert "Paul" not in page
    assert 'href="/a-poster"' in browser.get("/").text


def test_without_any_the_page_says_what_would_appear(browser: Browser) -> None:
    assert "Aucun courrier n’attend d’être posté" in browser.get("/a-poster").text


def test_a_double_press_makes_one_deposit(
    browser: Browser, letter: Letter, session: scoped_session[Session]
) -> None:
    page = browser.get("/a-poster").text
    number = letter.addressees[1].number
    fields = {"key": key_on(page), "level": "R2", "numbers": [number]}
    first, second = (browser.post("/a-poster", fields).location for _ in range(2))
    assert first == second
    assert len(session.scalars(select(Deposit)).all()) == 1
    assert "2 lettres à poster" in browser.get("/a-poster").text


def test_nothing_ticked_is_said(browser: Browser, letter: Letter) -> None:
    page = browser.get("/a-poster").text
    answer = browser.post("/a-poster", {"key": key_on(page), "level": "R1"})
    assert answer.status_code == 422
    assert "Cochez au moins un courrier" in answer.text
    assert 'aria-describedby="letters-error"' in answer.text


def test_trials_and_real_letters_do_not_go_together_and_the_real_ones_are_ticked_at_first(
    browser: Browser,
    letter: Letter,
    hand_over: Callable[..., Letter],
    session: scoped_session[Session],
) -> None:
    real = hand_over("r@x.example", recipients=[on_paper("Anne Vrai")], is_trial=False)
    page = browser.get("/a-poster").text
    number = real.addressees[0].number
    assert ticked_on(page) == [number]
    both = [letter.addressees[1].number, number]
    answer = browser.post("/a-poster", {"key": key_on(page), "level": "R1", "numbers": both})
    assert answer.status_code == 422
    assert "Les essais ne vont pas à la poste" in answer.text
    assert ticked_on(answer.text) == both
    fields = {"key": key_on(page), "level": "R1", "numbers": [number]}
    browser.post("/a-poster", fields)
    assert session.scalars(select(Deposit.is_trial)).one() is False


def test_after_an_error_the_letters_are_ticked_as_they_came(
    browser: Browser, letter: Letter
) -> None:
    page = browser.get("/a-poster").text
    numbers = [row.number for row in letter.addressees[1:]]
    assert ticked_on(page) == numbers
    fields = {"key": key_on(page), "level": "R9", "numbers": numbers[1:2]}
    answer = browser.post("/a-poster", fields)
    assert answer.status_code == 422
    assert ticked_on(answer.text) == numbers[1:2]


def test_the_letters_are_printed_each_on_its_own_sheet_with_the_address_in_the_window(
    browser: Browser, place: str
) -> None:
    answer = browser.get(f"{place}/lettres.pdf")
    pages = PdfReader(BytesIO(answer.data)).pages
    answer.close()
    assert len(pages) == 6, "one page each, and its blank back"
    assert "Lettre recommandée avec avis de réception" in pages[0].extract_text()
    assert "ESSAI" in pages[0].extract_text()
    assert pages[1].extract_text() == ""
    places = {}

    def note(text: str, page: list[float], line: list[float], *_others: object) -> None:
        if "MARIE ROUX" in text:
            across = line[4] * page[0] + line[5] * page[2] + page[4]
            up = line[4] * page[1] + line[5] * page[3] + page[5]
            places[text.strip()] = (across / 72 * 25.4, 297 - up / 72 * 25.4)

    pages[0].extract_text(visitor_text=note)
    ((left, top),) = places.values()
    assert 110 <= left <= 195
    assert 55 <= top <= 88


def test_the_window_can_be_elsewhere_and_tried_on_a_sheet(browser: Browser) -> None:
    page = browser.post("/a-poster/fenetre", {"top": "45", "left": "20"}, follow_redirects=True)
    assert 'value="45"' in page.text
    sheet = browser.get("/a-poster/fenetre.pdf")
    assert "LOUISE EXEMPLE" in text_of(sheet.data)[0]
    sheet.close()
    wrong = browser.post("/a-poster/fenetre", {"top": "400", "left": "20"})
    assert wrong.status_code == 422


def test_the_slip_lists_what_the_law_asks(browser: Browser, place: str) -> None:
    numbered(browser, place)
    answer = browser.get(f"{place}/bordereau.pdf")
    text = " ".join(text_of(answer.data))
    answer.close()
    for item in ("Les Amis du Lavoir", "3 rue du Lavoir", "Marie Roux", "R1", "RK 123 456 785 FR"):
        assert item in text


def test_a_deposit_is_found_again_from_the_letter_and_from_the_menu_when_nothing_waits(
    browser: Browser, place: str, letter: Letter
) -> None:
    posted(browser, place)
    fields = {"items": ["1", "2", "3"], "outcome": "delivered", "on": TODAY.isoformat()}
    browser.post(f"{place}/suites", fields)
    for htmx in (False, True):
        page = browser.get(f"/courriers/{letter.number}", htmx=htmx).text
        assert page.count(f'href="{place}"') == 3
    assert 'href="/a-poster"' in browser.get("/").text
    assert f'href="{place}"' in browser.get("/a-poster").text


def test_more_deposits_than_a_page_holds_stand_on_the_next(
    browser: Browser, place: str, letter: Letter, session: scoped_session[Session]
) -> None:
    first = session.scalars(select(Deposit)).one()
    for number in range(PAGE_SIZE):
        session.add(
            Deposit(
                organisation_id=first.organisation_id,
                number=f"N{number}",
                key=f"une-clef-de-depot-{number}",
                level="R1",
                reference="",
                is_trial=True,
                made_at=first.made_at + timedelta(hours=1),
                made_by_id=first.made_by_id,
            )
        )
    session.commit()
    page = browser.get("/a-poster").text
    assert f'href="{place}"' not in page
    assert 'href="/a-poster?page=2#deposits"' in page
    assert f'href="{place}"' in browser.get("/a-poster?page=2").text


def test_a_deposit_is_taken_apart_after_a_question_unless_it_was_posted(
    browser: Browser, place: str
) -> None:
    assert "Défaire ce dépôt" in browser.get(f"{place}/defaire").text
    browser.post(f"{place}/defaire")
    assert browser.get(place).status_code == 404
    assert "3 lettres à poster" in browser.get("/a-poster").text


def test_a_letter_cancelled_meanwhile_is_neither_printed_nor_numbered_nor_on_the_slip(
    browser: Browser, place: str, letter: Letter, session: scoped_session[Session]
) -> None:
    cancel_unsent(session, letter, letter.addressees[1].number, "Odile", datetime.now(UTC))
    session.commit()
    numbered(browser, place)
    for name in ("lettres", "bordereau"):
        answer = browser.get(f"{place}/{name}.pdf")
        text = " ".join(text_of(answer.data)).upper()
        answer.close()
        assert "MARIE ROUX" not in text
        assert "JEAN NOIR" in text
    page = browser.get(place).text
    assert 'name="item-1"' not in page
    assert re.search(r'name="item-2"[^>]*value="RK 123 456 785 FR"', page)
    assert "2 lettres" in browser.get("/a-poster").text


def test_a_stranger_and_a_colleague_see_no_deposit(
    sign_in: Callable[[User], Browser], place: str, stranger: User, managed: User
) -> None:
    for user in (stranger, managed):
        theirs = sign_in(user)
        assert theirs.get(place).status_code == 404
        assert "MARIE" not in theirs.get("/a-poster").text


def test_whoever_wrote_a_letter_of_a_deposit_sees_his_own_in_it_and_changes_nothing(
    sign_in: Callable[[User], Browser],
    browser: Browser,
    letter: Letter,
    managed: User,
    hand_over: Callable[..., Letter],
) -> None:
    theirs = hand_over("m@x.example", author=managed, recipients=[on_paper("Anne Vrai")])
    numbers = [letter.addressees[1].number, theirs.addressees[0].number]
    key = key_on(browser.get("/a-poster").text)
    fields = {"key": key, "level": "R1", "numbers": numbers}
    place = browser.post("/a-poster", fields).location
    author = sign_in(managed)
    page = author.get(place).text
    assert "Anne Vrai" in page
    assert "Marie Roux" not in page
    assert "Marquer comme posté" not in page
    assert "Enregistrer les numéros" not in page
    printed = author.get(f"{place}/lettres.pdf")
    assert "MARIE ROUX" not in " ".join(text_of(printed.data))
    printed.close()
    assert author.get(f"{place}/bordereau.pdf").status_code == 404, "it names all recipients"
    assert "bordereau" not in page
    for address in ("numeros", "poste", "suites", "documents", "defaire"):
        assert author.post(f"{place}/{address}").status_code == 404
    assert f'href="{place}"' in author.get(f"/courriers/{theirs.number}").text


def test_who_is_no_administrator_any_more_keeps_no_colleagues_letter_by_a_deposit(
    sign_in: Callable[[User], Browser],
    session: scoped_session[Session],
    administrator: User,
    managed: User,
    hand_over: Callable[..., Letter],
) -> None:
    letter = hand_over("m@x.example", author=administrator, recipients=[on_paper("Anne Vrai")])
    managed.kind = Kind.ADMINISTRATOR
    session.commit()
    paul = sign_in(managed)
    key = key_on(paul.get("/a-poster").text)
    fields = {"key": key, "level": "R1", "numbers": [letter.addressees[0].number]}
    place = paul.post("/a-poster", fields).location
    assert paul.get(place).status_code == 200
    managed.kind = Kind.MANAGED
    session.commit()
    for address in (place, f"{place}/lettres.pdf", f"{place}/bordereau.pdf"):
        assert paul.get(address).status_code == 404
    assert paul.post(f"{place}/poste").status_code == 404


def test_a_deposit_that_keeps_a_scan_is_not_taken_apart(browser: Browser, place: str) -> None:
    browser.post(f"{place}/documents", {"scan": (BytesIO(b"%PDF-1.7"), "bordereau.pdf")})
    page = browser.post(f"{place}/defaire", follow_redirects=True).text
    assert "garde un document" in page
    assert "bordereau.pdf" in page
