import csv
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from io import BytesIO, StringIO

import pytest
from babel.dates import format_date
from openpyxl import load_workbook
from sqlalchemy.orm import Session, scoped_session

from tests.conftest import Browser
from tests.delivery.conftest import HandOver
from webapp.accounts.models import User
from webapp.delivery.tasks import do_all_due
from webapp.letters import steps
from webapp.letters.models import Channel, Letter
from webapp.letters.submission import FrozenRecipient
from webapp.letters.term import PARIS

pytestmark = pytest.mark.slow

CLIENT = {"ip": "192.0.2.7", "user_agent": "Un navigateur"}
HOSTILE = FrozenRecipient("=HYPERLINK(0)", "+a@x.example", "professional", "", "")
PAPER = FrozenRecipient(
    "Marie Roux", "", "individual", "4 RUE DES LILAS\n01000 BOURG", "", Channel.PAPER
)


@pytest.mark.parametrize("htmx", [True, False])
def test_the_story_of_one_recipient_unfolds_in_place_and_folds_again(
    browser: Browser, hand_over: HandOver, session: scoped_session[Session], htmx: bool
) -> None:
    letter = hand_over("a@x.example", "b@x.example")
    do_all_due()
    steps.accept(session, letter.addressees[0], "Ada Blanc", CLIENT, datetime.now(UTC))
    session.commit()
    number = letter.addressees[0].number
    page = browser.get(f"/courriers/{letter.number}?ouvert={number}", htmx=htmx).text
    for words in ("Courrier déposé", "Avis envoyé", "Courrier accepté", "Nom déclaré : Ada Blanc"):
        assert words in page
    assert page.count('class="timeline"') == 1
    assert page.count('aria-expanded="true"') == 1
    assert f"ouvert={number}" in page, "the refresh keeps it unfolded"
    assert 'class="timeline"' not in browser.get(f"/courriers/{letter.number}", htmx=htmx).text


def test_the_story_on_paper_says_what_the_post_did(
    browser: Browser, hand_over: HandOver, session: scoped_session[Session]
) -> None:
    letter = hand_over("a@x.example", recipients=[PAPER])
    marie, now = letter.addressees[0], datetime.now(UTC)
    steps.post(session, marie, {"item_number": "1A 2 3", "level": "R1"}, date(2026, 3, 3), now)
    steps.return_to_sender(session, marie, date(2026, 3, 20), "Pli avisé et non réclamé", now)
    session.commit()
    page = browser.get(f"/courriers/{letter.number}?ouvert={marie.number}").text
    for words in ("Déposée le 3 mars 2026", "1A 2 3", "Revenue le 20 mars", "Pli avisé"):
        assert words in page


def test_what_has_not_left_is_taken_back_after_a_question(
    browser: Browser, hand_over: HandOver, session: scoped_session[Session]
) -> None:
    letter = hand_over("a@x.example", "b@x.example", "c@x.example")
    steps.notify(session, letter.addressees[0], "250 OK", datetime.now(UTC))
    session.commit()
    address = f"/courriers/{letter.number}/annuler"
    asked = browser.get(address).text
    assert "Annuler pour 2 destinataires" in asked
    page = browser.post(address, follow_redirects=True).text
    assert "Annulé pour 2 destinataires" in page
    do_all_due()
    assert [row.state for row in letter.addressees] == ["notified", "cancelled", "cancelled"]
    assert "plus rien à annuler" in browser.get(address).text


def test_one_recipient_alone_can_be_taken_back(browser: Browser, hand_over: HandOver) -> None:
    letter = hand_over("a@x.example", "b@x.example")
    number = letter.addressees[1].number
    browser.post(f"/courriers/{letter.number}/annuler", {"envoi": number})
    assert [row.state for row in letter.addressees] == ["submitted", "cancelled"]


def test_a_notice_that_is_leaving_is_not_taken_back_and_the_page_says_so(
    browser: Browser, hand_over: HandOver, session: scoped_session[Session]
) -> None:
    letter = hand_over("a@x.example")
    letter.addressees[0].leased_until = datetime.now(UTC) + timedelta(minutes=1)
    session.commit()
    page = browser.post(f"/courriers/{letter.number}/annuler", follow_redirects=True).text
    assert "ne peut plus être annulé" in page
    assert letter.addressees[0].state == "submitted"


@pytest.fixture
def hostile(hand_over: HandOver) -> Letter:
    return hand_over("a@x.example", recipients=[HOSTILE, PAPER])


def test_the_states_are_exported_as_a_workbook_without_a_formula(
    browser: Browser, hostile: Letter
) -> None:
    answer = browser.get(f"/courriers/{hostile.number}/etats.xlsx")
    sheet = load_workbook(BytesIO(answer.data)).active
    assert sheet is not None
    rows = list(sheet.iter_rows())
    assert [cell.value for cell in rows[1]][1:7] == [
        "=HYPERLINK(0)", "Professionnel", "par e-mail", "+a@x.example", None, "en cours d’envoi"
    ]  # fmt: skip
    assert "f" not in {cell.data_type for row in rows for cell in row}
    assert rows[2][5].value == "4 RUE DES LILAS, 01000 BOURG"
    assert rows[2][6].value == "à poster"


def test_the_last_day_to_answer_is_the_one_that_the_page_names(
    browser: Browser, hand_over: HandOver
) -> None:
    letter = hand_over("a@x.example")
    do_all_due()
    page = browser.get(f"/courriers/{letter.number}").text
    day = datetime.now(PARIS).date() + timedelta(days=15)
    assert f"jusqu’au {format_date(day, 'EEEE d MMMM y', locale='fr')} inclus" in page
    states = browser.get(f"/courriers/{letter.number}/etats.csv").data.decode("utf-8-sig")
    (row,) = csv.DictReader(StringIO(states), delimiter=";")
    assert row["Dernier jour pour répondre"] == day.isoformat()


def test_the_states_are_exported_as_csv_that_no_spreadsheet_executes(
    browser: Browser, hostile: Letter
) -> None:
    answer = browser.get(f"/courriers/{hostile.number}/etats.csv")
    assert answer.data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))
    assert rows[1][1] == "'=HYPERLINK(0)"
    assert rows[1][4] == "'+a@x.example"
    assert len(rows) == 3
    assert f'filename="etats-{hostile.number}.csv"' in answer.headers["Content-Disposition"]


def test_a_stranger_and_a_colleague_can_neither_cancel_nor_export(
    sign_in: Callable[[User], Browser], hand_over: HandOver, stranger: User, managed: User
) -> None:
    letter = hand_over("a@x.example")
    for user in (stranger, managed):
        theirs = sign_in(user)
        for name in ("annuler", "etats.xlsx", "etats.csv"):
            assert theirs.get(f"/courriers/{letter.number}/{name}").status_code == 404
        assert theirs.post(f"/courriers/{letter.number}/annuler").status_code == 404
    assert letter.addressees[0].state == "submitted"


def test_taking_back_one_recipient_is_asked_in_the_singular(
    browser: Browser, hand_over: HandOver
) -> None:
    letter = hand_over("a@x.example", "b@x.example")
    address = f"/courriers/{letter.number}/annuler"
    one = browser.get(f"{address}?envoi={letter.addressees[0].number}").text
    assert "rien ne lui sera envoyé" in one
    assert "rien ne leur sera envoyé" in browser.get(address).text
