"""The post's numbers, its stamp, its papers and its word, as a secretary notes them."""

import re
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from config import Config
from tests.conftest import Browser
from tests.paper.reading import (
    TODAY,
    field_on,
    key_on,
    numbered,
    posted,
    ticked_on,
    told_under,
    written,
)
from webapp.evidence.integrity import verify_chain
from webapp.evidence.journal import addressee_subject, entries_about, letter_chain
from webapp.letters.cancellation import cancel_unsent
from webapp.letters.models import Letter
from webapp.paper.models import Deposit

pytestmark = pytest.mark.slow


def test_after_an_impossible_day_the_outcomes_are_ticked_as_they_came(
    browser: Browser, place: str
) -> None:
    posted(browser, place)
    day = (TODAY + timedelta(days=1)).isoformat()
    fields = {"items": ["1", "3"], "outcome": "delivered", "on": day}
    answer = browser.post(f"{place}/suites", fields)
    assert answer.status_code == 422
    assert ticked_on(answer.text) == ["1", "3"]
    assert told_under(answer.text, "on")


def test_no_letter_ticked_for_an_outcome_is_said_at_the_list(browser: Browser, place: str) -> None:
    posted(browser, place)
    fields = {"outcome": "delivered", "on": TODAY.isoformat()}
    answer = browser.post(f"{place}/suites", fields)
    assert answer.status_code == 422
    assert 'href="#outcomes"' in answer.text
    assert 'aria-describedby="outcomes-error"' in answer.text


def test_labels_that_follow_each_other_fill_the_empty_numbers(browser: Browser, place: str) -> None:
    browser.post(f"{place}/numeros", {"item-2": "2c 5", "first": "rk 123 456 785 fr"})
    page = browser.get(place).text
    for position, number in ((1, "RK 123 456 785 FR"), (2, "2C 5"), (3, "RK 123 456 799 FR")):
        assert f'value="{number}"' in field_on(page, f"item-{position}")


@pytest.mark.parametrize("first", ["1A 200 001 0009 8", "RK 123 456 784 FR"])
def test_labels_whose_order_is_not_known_are_to_be_written_each(
    browser: Browser, place: str, first: str
) -> None:
    answer = browser.post(f"{place}/numeros", {"item-2": "2C 5", "first": first})
    assert answer.status_code == 422
    field = field_on(answer.text, "first")
    assert f'value="{first}"' in field
    assert 'aria-describedby="first-hint first-error"' in field
    assert "Écrivez le numéro de chaque étiquette" in answer.text
    assert 'value="2C 5"' in field_on(answer.text, "item-2")
    assert 'value="2C 5"' not in browser.get(place).text


def test_one_number_for_two_letters_is_refused(browser: Browser, place: str) -> None:
    fields = {"item-1": "1A 1", "item-2": "1a 1", "item-3": "1A 3"}
    answer = browser.post(f"{place}/numeros", fields)
    assert answer.status_code == 422
    for position, text in ((1, "1A 1"), (2, "1a 1")):
        field = field_on(answer.text, f"item-{position}")
        assert f'value="{text}"' in field
        assert 'aria-invalid="true"' in field
        assert f'aria-describedby="item-{position}-error"' in field
        assert f'<a href="#item-{position}">Le numéro 1A 1 serait sur deux lettres' in answer.text
    third = field_on(answer.text, "item-3")
    assert 'value="1A 3"' in third
    assert "aria-invalid" not in third


def test_a_number_that_another_deposit_has_is_refused(browser: Browser, letter: Letter) -> None:
    places = []
    for addressee in letter.addressees[1:3]:
        key = key_on(browser.get("/a-poster").text)
        fields = {"key": key, "level": "R1", "numbers": [addressee.number]}
        places.append(browser.post("/a-poster", fields).location)
    first, second = (browser.post(f"{at}/numeros", {"item-1": "1A 1"}) for at in places)
    assert (first.status_code, second.status_code) == (303, 422)
    assert 'value="1A 1"' in field_on(second.text, "item-1")


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (TODAY + timedelta(days=1), "Ce jour est à venir"),
        (TODAY - timedelta(days=60), "avant le dépôt du courrier"),
    ],
)
def test_a_day_that_cannot_be_is_refused(
    browser: Browser, place: str, day: object, words: str
) -> None:
    numbered(browser, place)
    answer = browser.post(f"{place}/poste", {"posted_on": str(day)})
    assert answer.status_code == 422
    assert words in answer.text
    assert told_under(answer.text, "posted_on")


@pytest.mark.parametrize("price", ["5,609", "5,", "cinq", "12345", "-1", "५,60"])
def test_what_is_no_price_is_refused(browser: Browser, place: str, price: str) -> None:
    numbered(browser, place)
    fields = {"posted_on": TODAY.isoformat(), "price": price}
    answer = browser.post(f"{place}/poste", fields)
    assert answer.status_code == 422
    assert told_under(answer.text, "price")
    assert f'value="{price}"' in field_on(answer.text, "price")


def test_a_letter_without_its_number_is_not_posted(browser: Browser, place: str) -> None:
    answer = browser.post(f"{place}/poste", {"posted_on": TODAY.isoformat()})
    assert answer.status_code == 422
    for position in (1, 2, 3):
        assert 'aria-invalid="true"' in field_on(answer.text, f"item-{position}")
    assert "le numéro de son étiquette" in answer.text


def test_posting_is_an_event_of_each_letter_with_its_number_and_price(
    browser: Browser, place: str, letter: Letter, session: scoped_session[Session]
) -> None:
    posted(browser, place)
    posted(browser, place)
    session.expire_all()
    assert [row.state for row in letter.addressees[1:]] == ["posted"] * 3
    marie, chain = letter.addressees[1], letter_chain(letter.number)
    events = entries_about(session, chain, addressee_subject(marie.number))
    assert [event.kind for event in events] == ["SubmissionAcceptance", "RelayToNonERDS"]
    facts = events[-1].facts or {}
    assert (facts["item_number"], facts["level"], facts["price_cents"]) == (
        "RK 123 456 785 FR",
        "R1",
        560,
    )
    assert verify_chain(session, chain) == []


def test_what_the_post_says_is_noted_for_many_at_once_and_only_once(
    browser: Browser, place: str, letter: Letter, session: scoped_session[Session]
) -> None:
    posted(browser, place)
    assert "Une suite notée ne peut plus être changée." in browser.get(place).text
    day = (TODAY - timedelta(days=2)).isoformat()
    fields = {"items": ["1", "2"], "outcome": "delivered", "on": day, "note": "M. Roux"}
    assert "2 lettres notées" in browser.post(f"{place}/suites", fields, follow_redirects=True).text
    assert browser.post(f"{place}/suites", fields).status_code == 422
    back = {"items": ["3"], "outcome": "returned", "on": day, "note": "Pli avisé et non réclamé"}
    browser.post(f"{place}/suites", back)
    session.expire_all()
    states = [row.state for row in letter.addressees[1:]]
    assert states == ["delivered", "delivered", "returned"]


def test_the_letters_page_and_the_tables_tell_the_day_of_the_post_and_who_signed(
    browser: Browser, place: str, letter: Letter
) -> None:
    posted(browser, place)
    day = TODAY - timedelta(days=2)
    fields = {"items": ["1"], "outcome": "delivered", "on": day.isoformat(), "note": "M. Roux"}
    browser.post(f"{place}/suites", fields)
    back = {"items": ["2"], "outcome": "returned", "on": day.isoformat(), "note": "Pli refusé"}
    browser.post(f"{place}/suites", back)
    marie = letter.addressees[1].number
    page = browser.get(f"/courriers/{letter.number}?ouvert={marie}").text
    assert f'<span class="hint">{written(day)}</span>' in page
    assert f'<span class="hint">{written(day)}<br>Pli refusé</span>' in page
    assert "Signé par\u00a0: M. Roux" in page
    table = browser.get(f"/courriers/{letter.number}/etats.csv").text
    assert [row.split(";")[10].strip('"') for row in table.splitlines()[2:4]] == [str(day)] * 2


def test_the_stamped_slip_is_kept_with_the_deposit(
    browser: Browser, place: str, config: Config
) -> None:
    scan = (BytesIO(b"%PDF-1.7 bordereau"), "../../bordereau.pdf")
    page = browser.post(f"{place}/documents", {"scan": scan}, follow_redirects=True).text
    assert ">bordereau.pdf</a>" in page
    link = re.search(r'href="(/a-poster/[^"]+/documents/\d+)"', page)
    assert link is not None
    answer = browser.get(link[1])
    assert answer.data == b"%PDF-1.7 bordereau"
    answer.close()


@pytest.mark.parametrize("content", [b"", b"MZ programme", b"<html>"])
def test_a_file_that_is_no_scan_is_refused(browser: Browser, place: str, content: bytes) -> None:
    answer = browser.post(f"{place}/documents", {"scan": (BytesIO(content), "scan.pdf")})
    assert answer.status_code == 422
    assert 'href="#scan"' in answer.text
    assert told_under(answer.text, "scan")


def test_a_posted_deposit_stays(browser: Browser, place: str) -> None:
    posted(browser, place)
    browser.post(f"{place}/defaire")
    assert browser.get(place).status_code == 200


def test_a_letter_cancelled_meanwhile_leaves_the_deposit_when_it_is_posted(
    browser: Browser, place: str, letter: Letter, session: scoped_session[Session]
) -> None:
    numbered(browser, place)
    cancel_unsent(session, letter, letter.addressees[1].number, "Odile", datetime.now(UTC))
    session.commit()
    browser.post(f"{place}/poste", {"posted_on": TODAY.isoformat()})
    session.expire_all()
    states = [row.state for row in letter.addressees[1:]]
    assert states == ["cancelled", "posted", "posted"]


def test_a_deposit_whose_letters_are_all_cancelled_is_not_posted(
    browser: Browser, place: str, letter: Letter, session: scoped_session[Session]
) -> None:
    numbered(browser, place)
    cancel_unsent(session, letter, "", "Odile", datetime.now(UTC))
    session.commit()
    answer = browser.post(f"{place}/poste", {"posted_on": TODAY.isoformat()})
    assert answer.status_code == 422
    assert 'href="#empty"' in answer.text
    assert browser.get(f"{place}/lettres.pdf").status_code == 422
    page = browser.get(place).text
    assert "Vous pouvez défaire ce dépôt" in page
    assert "Marquer comme posté" not in page
    assert session.scalars(select(Deposit.posted_on)).one() is None


@pytest.mark.parametrize(
    ("address", "fields"),
    [
        ("numeros", {"item-1": "AUTRE 1"}),
        ("poste", {"posted_on": TODAY.isoformat(), "price": "9,99"}),
    ],
)
def test_a_second_tab_is_told_that_the_deposit_is_posted_already(
    browser: Browser, place: str, address: str, fields: dict[str, str]
) -> None:
    posted(browser, place)
    page = browser.post(f"{place}/{address}", fields, follow_redirects=True).text
    assert "Ce dépôt est déjà posté" in page
    assert "numéros sont enregistrés" not in page
    assert "Le dépôt est noté" not in page
    assert "AUTRE 1" not in page
