import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session, scoped_session

from tests.reception.answering import ANSWER, accept, ask_code
from webapp.evidence.journal import (
    RecordedEvent,
    addressee_subject,
    entries,
    entries_about,
    letter_chain,
)
from webapp.evidence.kinds import EventKind
from webapp.letters import mending, steps
from webapp.letters.models import Addressee
from webapp.letters.steps import State

Waiting = Callable[..., tuple[Addressee, str]]
SECRETS = ("Les Amis du Lavoir", "bureau@lavoir.example", "Convocation", "Rendez-vous", "Odile")
HTMX = {"HX-Request": "true"}


def forms_of(page: str) -> list[str]:
    """Where the page's forms lead; the one that is always there changes the language."""
    return re.findall(r'<form[^>]* action="([^"]+)"', page)


def told(session: scoped_session[Session], addressee: Addressee) -> list[RecordedEvent]:
    session.expire_all()
    chain = letter_chain(addressee.letter.number)
    return entries_about(session, chain, addressee_subject(addressee.number))


@pytest.fixture
def sent_but_not_recorded(
    session: scoped_session[Session], waiting: Waiting
) -> tuple[Addressee, str]:
    """A letter whose notice just left; the worker did not yet come to write that down."""
    addressee, address = waiting()
    addressee.state = State.SUBMITTED
    addressee.notified_at = addressee.expires_at = None
    session.commit()
    return addressee, address


def test_a_notice_that_is_opened_before_it_is_recorded_shows_a_letter_on_its_way(
    client: FlaskClient, sent_but_not_recorded: tuple[Addressee, str]
) -> None:
    addressee, address = sent_but_not_recorded
    page = client.get(address)
    assert page.status_code == 200
    assert addressee.number in page.text
    assert forms_of(page.text) == [f"{address}/langue"]
    assert [secret for secret in SECRETS if secret in page.text] == []
    assert client.get(f"{address}/refuser").location == address


@pytest.mark.parametrize("word", ["code", "accepter", "refuser", "refuser/confirmer"])
def test_an_answer_that_comes_before_the_notice_is_recorded_is_not_taken(
    client: FlaskClient,
    session: scoped_session[Session],
    sent_but_not_recorded: tuple[Addressee, str],
    word: str,
) -> None:
    addressee, address = sent_but_not_recorded
    before = len(told(session, addressee))
    answer = client.post(f"{address}/{word}", data=ANSWER)
    assert (answer.status_code, answer.location) == (303, address)
    assert len(told(session, addressee)) == before
    assert addressee.state == State.SUBMITTED


@pytest.mark.parametrize("word", ["code", "accepter", "refuser", "refuser/confirmer"])
def test_a_link_whose_notice_failed_takes_no_answer_and_tells_nothing(
    client: FlaskClient, session: scoped_session[Session], waiting: Waiting, word: str
) -> None:
    addressee, address = waiting()
    addressee.state, addressee.due_at = State.FAILED, None
    addressee.notified_at = addressee.expires_at = None
    session.commit()
    page = client.get(address)
    assert page.status_code == 200
    assert forms_of(page.text) == [f"{address}/langue"]
    assert [secret for secret in SECRETS if secret in page.text] == []
    answer = client.post(f"{address}/{word}", data=ANSWER)
    assert (answer.status_code, answer.location) == (303, address)
    session.expire_all()
    assert addressee.state == State.FAILED


@pytest.mark.parametrize(
    ("step", "heading"),
    [("paper", "Ce courrier vient sur papier"), ("cancel", "Ce courrier a été annulé")],
)
def test_a_link_that_leads_to_nothing_any_more_says_what_became_of_the_letter(
    client: FlaskClient,
    session: scoped_session[Session],
    waiting: Waiting,
    step: str,
    heading: str,
) -> None:
    addressee, address = waiting()
    addressee.state, addressee.due_at = State.SUBMITTED, None
    addressee.notified_at = addressee.expires_at = None
    session.commit()
    now = datetime.now(UTC)
    if step == "paper":
        steps.fail(session, addressee, "recipient: 550 no such user", now)
        mending.send_on_paper(session, addressee, "Louise Blanc\n3 rue du Lavoir", "Odile", now)
    else:
        steps.cancel(session, addressee, "Odile", now)
    session.commit()
    page = client.get(address).text
    assert heading in page
    assert "n’a pas pu être remis" not in page
    assert forms_of(page) == [f"{address}/langue"]
    assert [secret for secret in SECRETS if secret in page] == []


@pytest.mark.parametrize("name", ["", "   ", "\u00a0\t", "x" * 401])
def test_a_name_of_nothing_but_spaces_or_far_too_long_is_not_taken_for_one(
    client: FlaskClient, session: scoped_session[Session], waiting: Waiting, name: str
) -> None:
    addressee, address = waiting()
    answer = accept(client, address, declared_name=name)
    assert answer.status_code == 422
    assert 'href="#declared_name"' in answer.text
    assert 'aria-describedby="declared_name-hint declared_name-error"' in answer.text
    assert EventKind.CONSIGNMENT_ACCEPTANCE not in [
        event.kind for event in told(session, addressee)
    ]


def test_what_was_typed_stands_in_the_form_that_comes_back_and_tells_no_secret(
    client: FlaskClient, waiting: Waiting
) -> None:
    _, address = waiting()
    page = client.post(f"{address}/accepter", data={"declared_name": "Louise <b>Blanc"}).text
    assert 'value="Louise &lt;b&gt;Blanc"' in page
    assert [secret for secret in SECRETS if secret in page] == []


def test_the_refusal_is_written_down_with_the_browser_it_came_from(
    client: FlaskClient, session: scoped_session[Session], waiting: Waiting
) -> None:
    addressee, address = waiting()
    given = {**ANSWER, "code": ask_code(client, address)}
    client.post(f"{address}/refuser", data=given)
    client.post(f"{address}/refuser/confirmer", headers={"User-Agent": "y" * 301})
    event = told(session, addressee)[-1]
    assert event.kind == EventKind.CONSIGNMENT_REJECTION
    assert event.facts is not None
    facts = dict(event.facts)
    assert facts.pop("control")["means"] == "code sent to the address"
    assert facts == {
        "email": "louise@courriel.example",
        "declared_name": "Louise Blanc",
        "ip": "127.0.0.1",
        "user_agent": "y" * 300,
    }


def test_an_expiry_that_the_worker_recorded_keeps_the_letter_closed(
    client: FlaskClient, session: scoped_session[Session], waiting: Waiting
) -> None:
    addressee, address = waiting(days_ago=17)
    steps.expire(session, addressee, datetime.now(UTC))
    session.commit()
    before = len(entries(session, letter_chain(addressee.letter.number)))
    for word in ("code", "accepter", "refuser", "refuser/confirmer"):
        assert client.post(f"{address}/{word}", data=ANSWER).status_code == 303
    assert client.get(f"{address}/refuser").status_code == 303
    page = client.get(address).text
    assert "non réclamé" in page
    assert forms_of(page) == [f"{address}/langue"]
    assert [secret for secret in SECRETS if secret in page] == []
    assert len(entries(session, letter_chain(addressee.letter.number))) == before


def test_the_last_moment_of_the_term_still_counts(
    client: FlaskClient, session: scoped_session[Session], waiting: Waiting
) -> None:
    addressee, address = waiting()
    addressee.expires_at = datetime.now(UTC) + timedelta(seconds=30)
    session.commit()
    assert accept(client, address).status_code == 303
    assert told(session, addressee)[-1].kind == EventKind.CONTENT_CONSIGNMENT


def test_asked_by_htmx_the_pages_are_whole_and_hide_as_much(
    client: FlaskClient, session: scoped_session[Session], waiting: Waiting
) -> None:
    addressee, address = waiting()
    page = client.get(address, headers=HTMX).text
    assert "<!doctype html>" in page
    assert [secret for secret in SECRETS if secret in page] == []
    wrong = client.post(f"{address}/accepter", headers=HTMX)
    assert wrong.status_code == 422
    given = {**ANSWER, "code": ask_code(client, address)}
    answer = client.post(f"{address}/accepter", data=given, headers=HTMX)
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, address)
    assert told(session, addressee)[-1].kind == EventKind.CONTENT_CONSIGNMENT


def test_an_address_that_opens_nothing_is_kept_as_secret_as_one_that_does(
    client: FlaskClient, waiting: Waiting
) -> None:
    _, address = waiting()
    for path in (f"{address}x", "/r/%00", "/r/" + "é" * 43):
        answer = client.get(path)
        assert answer.status_code == 404
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
        assert answer.headers["Cache-Control"] == "no-store"


def test_a_letter_that_was_accepted_can_be_read_again_but_not_refused(
    client: FlaskClient, session: scoped_session[Session], waiting: Waiting
) -> None:
    addressee, address = waiting()
    accept(client, address)
    before = len(told(session, addressee))
    for _ in range(2):
        assert "Rendez-vous à la mairie." in client.get(address).text
        assert client.get(f"{address}/refuser").location == address
        assert client.post(f"{address}/refuser").location == address
    assert len(told(session, addressee)) == before


def test_an_answer_far_larger_than_a_form_is_refused_and_changes_nothing(
    app: Flask, client: FlaskClient, session: scoped_session[Session], waiting: Waiting
) -> None:
    addressee, address = waiting()
    app.config["MAX_CONTENT_LENGTH"] = 1_000
    large = {**ANSWER, "declared_name": "x" * 2_000}
    answer = client.post(f"{address}/accepter", data=large)
    assert answer.status_code == 413
    assert [secret for secret in SECRETS if secret in answer.text] == []
    assert told(session, addressee)[-1].kind == EventKind.NOTIFICATION_FOR_ACCEPTANCE
