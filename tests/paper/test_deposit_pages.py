"""From the letters to post to what the post says of each, as a secretary does it on the pages."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import pytest
from babel.dates import format_date
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from config import Config
from tests.conftest import Browser
from tests.paper.conftest import on_paper
from webapp.accounts.models import User
from webapp.evidence.integrity import verify_chain
from webapp.evidence.journal import addressee_subject, entries_about, letter_chain
from webapp.letters.cancellation import cancel_unsent
from webapp.letters.models import Letter
from webapp.paper.models import Deposit
from webapp.web.paging import PAGE_SIZE

TODAY = datetime.now(UTC).date()


def key_on(page: str) -> str:
    found = re.search(r'name="key"[^>]*value="([^"]+)"', page)
    assert found is not None
    return found[1]


def field_on(page: str, name: str) -> str:
    found = re.search(rf'<(?:input|select)[^>]*name="{name}"[^>]*>', page)
    assert found is not None
    return found[0]


def told_under(page: str, name: str) -> bool:
    """Say whether a field is marked as wrong and has a message under it."""
    field, message = field_on(page, name), re.search(rf'id="{name}-error"[^>]*>\s*<p>', page)
    told = re.search(rf'aria-describedby="[^"]*{name}-error"', field)
    return 'aria-invalid="true"' in field and bool(told) and bool(message)


def written(day: date) -> str:
    return str(format_date(day, "d MMMM y", locale="fr"))


def ticked_on(page: str) -> list[str]:
    boxes = re.findall(r'<input type="checkbox"[^>]*>', page)
    return [re.sub(r'.*value="([^"]+)".*', r"\1", box) for box in boxes if " checked" in box]


def text_of(content: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(BytesIO(content)).pages]


@pytest.fixture
def place(browser: Browser, letter: Letter) -> str:
    """The address of a deposit of all three letters."""
    page = browser.get("/a-poster").text
    numbers = [row.number for row in letter.addressees if row.channel == "paper"]
    answer = browser.post("/a-poster", {"key": key_on(page), "level": "R1", "numbers": numbers})
    assert answer.status_code == 303
    return str(answer.location)


def numbered(browser: Browser, place: str) -> None:
    browser.post(f"{place}/numeros", {"first": "RK 123 456 785 FR"})


def posted(browser: Browser, place: str) -> None:
    numbered(browser, place)
    day = (TODAY - timedelta(days=5)).isoformat()
    browser.post(f"{place}/poste", {"posted_on": day, "price": "5,60"})


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


def test_a_deposit_is_taken_apart_after_a_question_unless_it_was_posted(
    browser: Browser, place: str
) -> None:
    assert "Défaire ce dépôt" in browser.get(f"{place}/defaire").text
    browser.post(f"{place}/defaire")
    assert browser.get(place).status_code == 404
    assert "3 lettres à poster" in browser.get("/a-poster").text


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
    assert author.get(f"{place}/bordereau.pdf").status_code == 200
    for address in ("numeros", "poste", "suites", "documents", "defaire"):
        assert author.post(f"{place}/{address}").status_code == 404
    assert f'href="{place}"' in author.get(f"/courriers/{theirs.number}").text


def test_a_deposit_that_keeps_a_scan_is_not_taken_apart(browser: Browser, place: str) -> None:
    browser.post(f"{place}/documents", {"scan": (BytesIO(b"%PDF-1.7"), "bordereau.pdf")})
    page = browser.post(f"{place}/defaire", follow_redirects=True).text
    assert "garde un document" in page
    assert "bordereau.pdf" in page
