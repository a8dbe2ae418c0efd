import re
from collections.abc import Callable
from datetime import UTC, datetime
from html import unescape

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from config import Config
from tests.conftest import Browser
from tests.delivery.conftest import HandOver
from webapp.accounts.models import User
from webapp.delivery.models import TrialMessage
from webapp.delivery.tasks import do_all_due
from webapp.evidence.models import Proof
from webapp.evidence.proofs import sealed
from webapp.letters import reminders, steps
from webapp.letters.models import Letter
from webapp.letters.term import PARIS

pytestmark = pytest.mark.slow

SignIn = Callable[[User], Browser]
CLIENT = {"ip": "192.0.2.7", "user_agent": "Un navigateur"}


@pytest.fixture
def letter(hand_over: HandOver) -> Letter:
    """A trial letter to two recipients, carried, whose proofs of deposit are sealed."""
    letter = hand_over("a@x.example", "b@x.example")
    do_all_due()
    return letter


def refresh_of(page: str) -> str:
    """Give the address that the page asks again by itself."""
    found = re.search(r'hx-get="([^"]*vu=[^"]*)"', page)
    assert found is not None
    return unescape(found[1])


def test_an_empty_list_says_what_to_do_first(browser: Browser) -> None:
    page = browser.get("/courriers")
    assert page.status_code == 200
    assert "Écrire un courrier" in page.text


@pytest.mark.parametrize("htmx", [True, False])
def test_the_letters_are_listed_with_what_became_of_them(
    browser: Browser, letter: Letter, htmx: bool
) -> None:
    page = browser.get("/courriers", htmx=htmx).text
    assert f'href="/courriers/{letter.number}"' in page
    assert "2 avis envoyés" in page
    assert "ESSAI" in page
    assert ("<title>" in page) is not htmx


@pytest.mark.parametrize("htmx", [True, False])
def test_a_letter_shows_a_line_a_recipient_and_refreshes_while_something_can_move(
    browser: Browser, session: scoped_session[Session], letter: Letter, htmx: bool
) -> None:
    page = browser.get(f"/courriers/{letter.number}", htmx=htmx).text
    assert page.count("Preuve de dépôt") == 2
    assert 'hx-trigger="every 30s"' in page
    assert "peut répondre jusqu’au" in page
    for addressee in letter.addressees:
        steps.accept(session, addressee, "Ada", CLIENT, datetime.now(UTC))
    session.commit()
    assert 'hx-trigger="every 3s"' in browser.get(f"/courriers/{letter.number}", htmx=htmx).text
    do_all_due()
    finished = browser.get(f"/courriers/{letter.number}", htmx=htmx).text
    assert 'hx-trigger="every' not in finished
    assert finished.count("Preuve de réception") == 2


def test_a_notice_that_waits_says_why_and_until_when(browser: Browser, hand_over: HandOver) -> None:
    letter = hand_over("a@x.example", is_trial=False)
    do_all_due()
    page = browser.get(f"/courriers/{letter.number}").text
    assert "SMTP_HOST" in page
    assert "Nouvel essai le" in page


def test_a_proof_is_downloaded_as_it_was_sealed(
    browser: Browser, session: scoped_session[Session], letter: Letter, config: Config
) -> None:
    proof = session.scalars(select(Proof).order_by(Proof.entry_id)).first()
    assert proof is not None
    answer = browser.get(f"/courriers/{letter.number}/preuves/{proof.id}.pdf")
    assert answer.data == sealed(proof, config.files_directory)
    assert answer.mimetype == "application/pdf"
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith("attachment; filename=preuve-de-depot-")


def test_a_proof_of_another_letter_is_not_found_under_this_one(
    browser: Browser, session: scoped_session[Session], letter: Letter, hand_over: HandOver
) -> None:
    other = hand_over("c@x.example")
    proof = session.scalars(select(Proof)).first()
    assert proof is not None
    assert browser.get(f"/courriers/{other.number}/preuves/{proof.id}.pdf").status_code == 404


def test_the_trial_box_holds_each_notice_as_its_recipient_would_read_it(
    browser: Browser, session: scoped_session[Session], letter: Letter
) -> None:
    listed = browser.get("/boite-essai").text
    assert listed.count("@x.example") >= 2
    message = session.scalars(select(TrialMessage)).first()
    assert message is not None
    shown = browser.get(f"/boite-essai/{message.id}").text
    assert 'href="http://localhost/r/' in shown
    assert "[ESSAI] Un courrier recommandé électronique vous attend" in shown


def test_others_see_neither_letter_nor_notice_nor_proof(
    sign_in: SignIn,
    session: scoped_session[Session],
    letter: Letter,
    stranger: User,
    managed: User,
    simple: User,
) -> None:
    proof = session.scalars(select(Proof)).first()
    message = session.scalars(select(TrialMessage)).first()
    assert proof is not None
    assert message is not None
    addresses = (
        f"/courriers/{letter.number}",
        f"/courriers/{letter.number}/preuves/{proof.id}.pdf",
        f"/boite-essai/{message.id}",
    )
    for user in (stranger, managed, simple):
        browser = sign_in(user)
        for address in addresses:
            assert browser.get(address).status_code == 404, (user.kind, address)
        assert "@x.example" not in browser.get("/boite-essai").text
        assert letter.number not in browser.get("/courriers").text


def test_a_letter_to_many_comes_in_pages_of_fifty(browser: Browser, hand_over: HandOver) -> None:
    letter = hand_over(*(f"m{number:03}@x.example" for number in range(120)))
    page = browser.get(f"/courriers/{letter.number}?page=3").text
    assert "Page 3 sur 3" in page
    assert page.count('id="addressee-') == 20
    assert "120 en cours d’envoi" in page


def test_the_list_of_letters_comes_in_pages_of_fifty(browser: Browser, hand_over: HandOver) -> None:
    for number in range(51):
        hand_over(f"m{number:03}@x.example")
    first, second = (browser.get(f"/courriers?page={number}").text for number in (1, 2))
    assert first.count('<th scope="row"') == 50
    assert second.count('<th scope="row"') == 1
    assert 'rel="next" href="/courriers?page=2"' in first
    assert 'rel="prev" href="/courriers?page=1"' in second


def test_a_page_of_letters_that_is_gone_does_not_say_that_nothing_was_sent(
    browser: Browser, letter: Letter
) -> None:
    page = browser.get("/courriers?page=9")
    assert page.status_code == 200
    assert 'class="empty"' not in page.text


@pytest.mark.parametrize("htmx", [True, False])
def test_managed_and_simple_accounts_find_their_own_letters_and_no_colleagues(
    sign_in: SignIn,
    managed: User,
    simple: User,
    hand_over: HandOver,
    browser: Browser,
    letter: Letter,
    htmx: bool,
) -> None:
    for user in (managed, simple):
        own = hand_over(f"de-{user.kind}@x.example", author=user)
        theirs = sign_in(user)
        listed = theirs.get("/courriers", htmx=htmx).text
        assert own.number in listed
        assert listed.count('<th scope="row"') == 1
        page = theirs.get(f"/courriers/{own.number}", htmx=htmx).text
        assert f"de-{user.kind}@x.example" in page
    assert browser.get("/courriers", htmx=htmx).text.count('<th scope="row"') == 3


def test_a_refresh_is_answered_by_nothing_until_something_happens(
    browser: Browser, session: scoped_session[Session], letter: Letter
) -> None:
    address = f"/courriers/{letter.number}"
    again = refresh_of(browser.get(address).text)
    assert browser.get(again, htmx=True).status_code == 204
    assert browser.get(again).status_code == 200, "without htmx it is a page like any other"
    steps.reject(session, letter.addressees[0], CLIENT, datetime.now(UTC))
    changed = browser.get(again, htmx=True)
    assert changed.status_code == 200
    assert "1 refusé" in changed.text
    do_all_due()
    sealed_since = browser.get(
        unescape(re.search(r'hx-get="([^"]*vu=[^"]*)"', changed.text)[1]), htmx=True
    )  # type: ignore[index]
    assert "Preuve de refus" in sealed_since.text


def test_a_try_that_failed_is_shown_by_the_next_refresh(
    browser: Browser, hand_over: HandOver
) -> None:
    letter = hand_over("a@x.example", is_trial=False)
    refresh = refresh_of(browser.get(f"/courriers/{letter.number}").text)
    do_all_due()
    assert "Nouvel essai le" in browser.get(refresh, htmx=True).text


def test_the_page_says_what_is_to_be_done_and_what_only_takes_time(
    browser: Browser, session: scoped_session[Session], hand_over: HandOver
) -> None:
    letter = hand_over("a@x.example", "b@x.example", "c@x.example")
    address = f"/courriers/{letter.number}"
    assert "3 avis partent tout seuls" in browser.get(address).text
    now = datetime.now(UTC)
    first, second, third = letter.addressees
    steps.fail(session, first, "recipient: 550 inconnu", now)
    steps.notify(session, second, "250 OK", now)
    steps.notify(session, third, "250 OK", now)
    page = browser.get(address).text
    assert "1 adresse n’a pas pu recevoir l’avis" in page
    assert f'href="{address}/corriger"' in page
    assert "2 destinataires peuvent encore répondre, jusqu’au" in page
    assert "Tout est terminé" not in page
    for addressee in (second, third):
        steps.accept(session, addressee, "Ada", CLIENT, now)
    assert "Tout est terminé" not in browser.get(address).text, "one address is still to be seen to"


def test_the_story_of_a_recipient_says_when_he_is_reminded_next(
    browser: Browser, session: scoped_session[Session], hand_over: HandOver
) -> None:
    letter = hand_over("a@x.example")
    addressee, now = letter.addressees[0], datetime.now(UTC)
    steps.notify(session, addressee, "250 OK", now)
    session.commit()
    due_at = reminders.next_at(addressee)
    assert due_at is not None
    address = f"/courriers/{letter.number}?ouvert={addressee.number}"
    page = browser.get(address).text
    assert f"le {due_at.astimezone(PARIS):%-d} " in page.partition("Prochain rappel")[2][:20]
    browser.post(f"/courriers/{letter.number}/pause")
    assert "Le prochain rappel attend la fin de la pause." in browser.get(address).text
    browser.post(f"/courriers/{letter.number}/reprise")
    addressee.due_at = now
    session.commit()
    assert "Le prochain rappel part dès que possible" in browser.get(address).text
    addressee.due_at = addressee.expires_at
    session.commit()
    assert "Plus aucun rappel n’est prévu" in browser.get(address).text
    reminders.stop(session, addressee, CLIENT, now)
    session.commit()
    page = browser.get(address).text
    assert "Rappels arrêtés par le destinataire" in page
    assert "Plus aucun rappel" not in page


def test_the_page_says_when_all_is_done(
    browser: Browser, session: scoped_session[Session], letter: Letter
) -> None:
    for addressee in letter.addressees:
        steps.accept(session, addressee, "Ada", CLIENT, datetime.now(UTC))
    assert "Tout est terminé" in browser.get(f"/courriers/{letter.number}").text
