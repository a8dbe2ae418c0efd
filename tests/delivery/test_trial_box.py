from collections.abc import Callable
from dataclasses import replace
from email import message_from_bytes
from email.policy import default

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from config import Config
from tests.conftest import Browser
from tests.delivery.conftest import HandOver
from webapp.accounts.models import User
from webapp.delivery.dispatch import carry_due
from webapp.delivery.models import TrialMessage
from webapp.letters.models import Letter

pytestmark = pytest.mark.slow

SignIn = Callable[[User], Browser]
LINK = "/r/"
NAMES = ("administrator", "managed", "simple", "stranger")


def carried(hand_over: HandOver, config: Config, author: User, *emails: str) -> Letter:
    letter = hand_over(*emails, author=author, organisation=author.organisation)
    carry_due(config)
    return letter


def messages(session: scoped_session[Session]) -> list[TrialMessage]:
    return list(session.scalars(select(TrialMessage).order_by(TrialMessage.id)))


def test_an_empty_box_says_what_to_do_first(browser: Browser) -> None:
    page = browser.get("/boite-essai")
    assert page.status_code == 200
    assert 'class="empty"' in page.text
    assert "<table" not in page.text


@pytest.mark.parametrize("htmx", [True, False])
def test_the_newest_message_comes_first(
    browser: Browser,
    session: scoped_session[Session],
    administrator: User,
    hand_over: HandOver,
    config: Config,
    htmx: bool,
) -> None:
    carried(hand_over, config, administrator, "premier@x.example")
    carried(hand_over, config, administrator, "dernier@x.example")
    page = browser.get("/boite-essai", htmx=htmx).text
    assert page.index("dernier@x.example") < page.index("premier@x.example")
    assert ("<title>" in page) is not htmx
    for message in messages(session):
        assert f'href="/boite-essai/{message.id}"' in page


@pytest.mark.parametrize("htmx", [True, False])
def test_the_link_of_a_message_leads_to_the_recipients_page(
    browser: Browser,
    client: FlaskClient,
    session: scoped_session[Session],
    administrator: User,
    hand_over: HandOver,
    config: Config,
    htmx: bool,
) -> None:
    letter = carried(hand_over, config, administrator, "a@x.example")
    (message,) = messages(session)
    page = browser.get(f"/boite-essai/{message.id}", htmx=htmx).text
    assert ("<title>" in page) is not htmx
    assert 'href="/boite-essai"' in page
    assert letter.message not in page
    secret = page.split(f'href="http://localhost{LINK}')[1].split('"')[0]
    waiting = client.get(f"{LINK}{secret}")
    assert waiting.status_code == 200
    assert letter.addressees[0].number in waiting.text


def test_a_message_says_that_it_is_a_trial_and_hides_its_sender(
    session: scoped_session[Session], administrator: User, hand_over: HandOver, config: Config
) -> None:
    letter = carried(hand_over, config, administrator, "a@x.example")
    message = message_from_bytes(messages(session)[0].content, policy=default)
    assert str(message["Subject"]).startswith("[ESSAI]")
    assert str(message["From"]).endswith(".invalid>")
    bodies = [part.get_content() for part in message.walk() if not part.is_multipart()]
    assert len(bodies) == 2
    for body in bodies:
        assert "ESSAI" in body
        for secret in (letter.sender_name, letter.sender_email, letter.subject, letter.message):
            assert secret not in body


def test_each_account_sees_the_messages_of_the_letters_it_may_see(
    sign_in: SignIn,
    administrator: User,
    managed: User,
    simple: User,
    stranger: User,
    hand_over: HandOver,
    config: Config,
) -> None:
    emails = {
        user.kind + str(user.organisation_id): f"{user.id}@x.example"
        for user in (administrator, managed, simple, stranger)
    }
    for user in (administrator, managed, simple, stranger):
        carried(hand_over, config, user, f"{user.id}@x.example")
    seen = {
        user.email: [
            mail for mail in emails.values() if mail in sign_in(user).get("/boite-essai").text
        ]
        for user in (administrator, managed, simple, stranger)
    }
    own = {user.email: [f"{user.id}@x.example"] for user in (managed, simple, stranger)}
    everyone = [f"{user.id}@x.example" for user in (administrator, managed, simple)]
    assert seen == {administrator.email: everyone, **own}


def test_a_full_box_comes_in_pages_of_fifty(
    browser: Browser, administrator: User, hand_over: HandOver, config: Config
) -> None:
    emails = [f"m{number:03}@x.example" for number in range(60)]
    carried(hand_over, replace(config, delivery_lease=600), administrator, *emails)
    first, second = (browser.get(f"/boite-essai?page={number}").text for number in (1, 2))
    assert first.count('<th scope="row"') == 50
    assert second.count('<th scope="row"') == 10
    assert 'rel="next" href="/boite-essai?page=2"' in first
    assert 'rel="prev" href="/boite-essai?page=1"' in second


def test_a_page_of_the_box_that_is_gone_does_not_say_that_the_box_is_empty(
    browser: Browser, administrator: User, hand_over: HandOver, config: Config
) -> None:
    carried(hand_over, config, administrator, "a@x.example")
    page = browser.get("/boite-essai?page=3")
    assert page.status_code == 200
    assert 'class="empty"' not in page.text
