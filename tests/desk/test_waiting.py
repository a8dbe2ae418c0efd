"""What the dashboard says is waiting, and for whom."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session, scoped_session

from tests.conftest import Browser
from webapp.accounts.models import User
from webapp.letters import steps
from webapp.letters.models import Channel, Letter
from webapp.letters.submission import FrozenRecipient

HandOver = Callable[..., Letter]
PAPER = FrozenRecipient(
    "Marie Roux", "", "individual", "4 RUE DES LILAS\n01000 BOURG", "", Channel.PAPER
)
NOW = datetime.now(UTC)


def test_recipients_who_did_not_answer_stand_with_the_end_of_their_time_the_first_to_end_first(
    browser: Browser, hand_over: HandOver, session: scoped_session[Session]
) -> None:
    for days, subject in ((1, "Récent"), (9, "Ancien")):
        letter = hand_over(f"{subject}@x.example".lower(), "b@x.example", subject=subject)
        for addressee in letter.addressees:
            steps.notify(session, addressee, "250 OK", NOW - timedelta(days=days))
        session.commit()
    page = browser.get("/").text
    assert page.count("2 sans réponse") == 2
    assert page.index("Ancien") < page.index("Récent")
    assert "On peut répondre jusqu’au" in page


def test_notices_that_failed_and_letters_to_post_wait_too(
    browser: Browser, hand_over: HandOver, session: scoped_session[Session]
) -> None:
    failed = hand_over("a@x.example", subject="Perdu")
    steps.fail(session, failed.addressees[0], "recipient: 550 inconnu", NOW)
    hand_over("b@x.example", recipients=[PAPER], subject="Papier")
    page = browser.get("/").text
    assert "1 avis non remis" in page
    assert "1 courrier à imprimer et à poster" in page


def test_a_colleagues_letters_do_not_wait_for_a_managed_account(
    sign_in: Callable[[User], Browser], managed: User, hand_over: HandOver
) -> None:
    hand_over("b@x.example", recipients=[PAPER], subject="Papier")
    assert "Ce qui attend" not in sign_in(managed).get("/").text


def test_an_administrator_whose_letters_are_trials_is_led_to_the_mail_settings(
    browser: Browser, hand_over: HandOver
) -> None:
    hand_over("a@x.example")
    assert 'href="/organisation/messagerie"' in browser.get("/").text
