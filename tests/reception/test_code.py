"""A code shows that the address is the person's own: without it nobody answers."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from tests.reception.answering import ANSWER, accept, ask_code, last_code
from webapp.accounts.models import AttemptCount
from webapp.delivery.models import TrialMessage
from webapp.evidence.journal import (
    RecordedEvent,
    addressee_subject,
    entries_about,
    letter_chain,
)
from webapp.evidence.kinds import EventKind
from webapp.letters.models import Addressee
from webapp.reception.models import AddressCode

pytestmark = pytest.mark.slow

Waiting = Callable[..., tuple[Addressee, str]]
WRONG = "Ce n’est pas le bon code."
OVER = "Ce code ne sert plus"


def told(session: scoped_session[Session], addressee: Addressee) -> list[RecordedEvent]:
    session.expire_all()
    chain = letter_chain(addressee.letter.number)
    return entries_about(session, chain, addressee_subject(addressee.number))


def another(code: str) -> str:
    return f"{(int(code.replace(' ', '')) + 1) % 10**6:06}"


def later(session: scoped_session[Session], by: timedelta) -> None:
    """Let so much time go by for the codes that were sent and asked for."""
    session.rollback()
    for code in session.scalars(select(AddressCode)):
        code.sent_at -= by
    for attempt in session.scalars(select(AttemptCount)):
        attempt.last_at -= by
    session.commit()


def test_the_page_first_explains_and_then_asks_for_the_code_and_the_name(
    client: FlaskClient, waiting: Waiting
) -> None:
    _, address = waiting()
    page = client.get(address).text
    assert "Recevoir mon code" in page
    assert "l…@courriel.example" in page
    assert "louise@courriel.example" not in page
    assert 'name="code"' not in page
    asked = client.post(f"{address}/code")
    assert (asked.status_code, asked.location) == (303, f"{address}#repondre")
    page = client.get(address).text
    assert re.search(r'<input[^>]*autocomplete="one-time-code"[^>]*inputmode="numeric"', page)
    assert 'value="Louise Blanc"' in page
    assert "Recevoir un autre code" in page


@pytest.mark.parametrize("word", ["accepter", "refuser", "refuser/confirmer"])
def test_without_a_code_nobody_answers(
    client: FlaskClient, session: scoped_session[Session], waiting: Waiting, word: str
) -> None:
    addressee, address = waiting()
    for given in (ANSWER, {**ANSWER, "code": "000000"}, {**ANSWER, "code": "abc"}):
        answer = client.post(f"{address}/{word}", data=given)
        assert answer.status_code == (303 if "confirmer" in word else 422)
    session.expire_all()
    assert addressee.state == "notified"


def test_the_code_is_kept_as_a_hash_and_stands_in_no_event(
    client: FlaskClient, session: scoped_session[Session], waiting: Waiting
) -> None:
    addressee, address = waiting()
    code = ask_code(client, address)
    kept = session.scalars(select(AddressCode.code_hash)).one()
    assert re.fullmatch(r"[0-9a-f]{64}", kept)
    client.post(f"{address}/accepter", data={**ANSWER, "code": code})
    events = told(session, addressee)
    kinds = [event.kind for event in events]
    assert kinds[-4:] == [
        EventKind.CODE_SENT,
        EventKind.CODE_VERIFIED,
        EventKind.CONSIGNMENT_ACCEPTANCE,
        EventKind.CONTENT_CONSIGNMENT,
    ]
    for event in events[-4:]:
        assert code.replace(" ", "") not in str(event.facts)
        assert code not in str(event.facts)
    assert session.scalars(select(AddressCode)).all() == []


def test_five_wrong_codes_and_the_right_one_serves_no_more(
    client: FlaskClient, session: scoped_session[Session], waiting: Waiting
) -> None:
    addressee, address = waiting()
    code = ask_code(client, address)
    for left in (4, 3, 2, 1):
        answer = client.post(f"{address}/accepter", data={**ANSWER, "code": another(code)})
        assert answer.status_code == 422
        assert WRONG in answer.text
        assert f"il reste {left} essai" in answer.text.replace("\u00a0", " ")
        assert 'aria-describedby="code-hint code-error"' in answer.text
    for typed in (another(code), code, code):
        answer = client.post(f"{address}/accepter", data={**ANSWER, "code": typed})
        assert OVER in answer.text
    session.expire_all()
    assert addressee.state == "notified"
    later(session, timedelta(minutes=1))
    assert accept(client, address).status_code == 303


def test_a_code_serves_for_half_an_hour(
    client: FlaskClient, session: scoped_session[Session], waiting: Waiting
) -> None:
    _, address = waiting()
    code = ask_code(client, address)
    later(session, timedelta(minutes=29))
    assert client.post(f"{address}/accepter", data={"code": code}).status_code == 422
    _, other = waiting_again(waiting)
    code = ask_code(client, other)
    later(session, timedelta(minutes=31))
    answer = client.post(f"{other}/accepter", data={**ANSWER, "code": code})
    assert OVER in answer.text


def waiting_again(waiting: Waiting) -> tuple[Addressee, str]:
    return waiting(key="une-autre-clef")


def test_a_new_code_takes_the_place_of_the_old_one(
    client: FlaskClient, session: scoped_session[Session], waiting: Waiting
) -> None:
    _, address = waiting()
    old = ask_code(client, address)
    later(session, timedelta(minutes=1))
    new = ask_code(client, address)
    assert WRONG in client.post(f"{address}/accepter", data={**ANSWER, "code": old}).text
    assert client.post(f"{address}/accepter", data={**ANSWER, "code": new}).status_code == 303


def test_a_button_that_is_pressed_twice_sends_one_code(
    client: FlaskClient, session: scoped_session[Session], waiting: Waiting
) -> None:
    _, address = waiting()
    for _ in range(2):
        assert client.post(f"{address}/code").status_code == 303
    assert len(session.scalars(select(TrialMessage.id)).all()) == 1


def test_no_more_than_five_codes_an_hour_go_to_one_address(
    app: Flask, client: FlaskClient, session: scoped_session[Session], waiting: Waiting
) -> None:
    _, address = waiting()
    for _ in range(5):
        later(session, timedelta(minutes=1))
        ask_code(client, address)
    later(session, timedelta(minutes=1))
    from_elsewhere = {"REMOTE_ADDR": "198.51.100.7"}
    refused = app.test_client().post(f"{address}/code", environ_base=from_elsewhere)
    assert refused.status_code == 429
    assert "Trop de codes ont été demandés" in refused.text
    code = last_code(session)
    assert client.post(f"{address}/accepter", data={**ANSWER, "code": code}).status_code == 303


def test_what_the_browser_holds_is_for_this_letter_alone_and_for_half_an_hour(
    client: FlaskClient, waiting: Waiting
) -> None:
    _, address = waiting()
    right = {"code": ask_code(client, address)}
    answer = client.post(f"{address}/accepter", data=right)
    assert answer.status_code == 422, "the box is missing"
    assert "Votre adresse est vérifiée" in answer.text
    assert 'name="code"' not in answer.text
    cookie = answer.headers["Set-Cookie"]
    assert f"Path={address}" in cookie
    assert "HttpOnly" in cookie
    assert "Max-Age=1800" in cookie
    assert client.post(f"{address}/accepter", data=ANSWER).status_code == 303


def test_a_proof_that_was_given_for_another_letter_opens_nothing(
    client: FlaskClient, session: scoped_session[Session], waiting: Waiting
) -> None:
    _, address = waiting()
    answer = client.post(f"{address}/refuser", data={**ANSWER, "code": ask_code(client, address)})
    value = answer.headers["Set-Cookie"].partition("=")[2].partition(";")[0]
    addressee, other = waiting_again(waiting)
    for cookie in (value, value[:-2] + "xx", "x", ""):
        client.set_cookie("plirec-destinataire", cookie, path=other)
        client.post(f"{other}/refuser/confirmer")
        assert client.post(f"{other}/accepter", data=ANSWER).status_code == 422
    session.expire_all()
    assert addressee.state == "notified"


def test_a_letter_whose_code_cannot_leave_says_so_and_waits(
    client: FlaskClient, session: scoped_session[Session], waiting: Waiting
) -> None:
    addressee, address = waiting(is_trial=False)
    answer = client.post(f"{address}/code")
    assert answer.status_code == 503
    assert "la messagerie de ce service ne répond pas" in answer.text
    assert "Recevoir mon code" in answer.text
    assert session.scalars(select(AddressCode)).all() == []
    assert EventKind.CODE_SENT not in [event.kind for event in told(session, addressee)]
    assert addressee.state == "notified"


def test_a_name_that_is_corrected_is_an_event_of_its_own(
    client: FlaskClient, session: scoped_session[Session], waiting: Waiting
) -> None:
    addressee, address = waiting()
    accept(client, address, declared_name="Louise Blanc-Roux")
    event = next(one for one in told(session, addressee) if one.kind == "IdentityCorrected")
    assert event.facts is not None
    assert event.facts["name"] == "Louise Blanc"
    assert event.facts["declared_name"] == "Louise Blanc-Roux"
    assert addressee.name == "Louise Blanc", "the letter keeps the name it was sent to"


@pytest.mark.parametrize("name", ["Louise Blanc", "LOUISE  BLANC"])
def test_a_name_that_is_the_same_is_no_correction(
    client: FlaskClient, session: scoped_session[Session], waiting: Waiting, name: str
) -> None:
    addressee, address = waiting()
    accept(client, address, declared_name=name)
    assert "IdentityCorrected" not in [event.kind for event in told(session, addressee)]


def test_whoever_answers_for_an_organisation_says_his_name_and_his_capacity(
    client: FlaskClient, session: scoped_session[Session], waiting: Waiting
) -> None:
    addressee, address = waiting(status="professional")
    missing = accept(client, address)
    assert missing.status_code == 422
    assert 'href="#person"' in missing.text
    assert 'href="#capacity"' in missing.text
    whole = {**ANSWER, "person": "Ada Noir", "capacity": "gérante"}
    assert client.post(f"{address}/accepter", data=whole).status_code == 303
    facts = told(session, addressee)[-2].facts
    assert facts is not None
    assert (facts["person"], facts["capacity"]) == ("Ada Noir", "gérante")


def test_the_secret_address_alone_does_not_fill_a_mailbox_nor_let_codes_be_guessed(
    session: scoped_session[Session], client: FlaskClient, waiting: Waiting
) -> None:
    _addressee, address = waiting()
    sent = 0
    for _quarter in range(4 * 24):
        sent += client.post(f"{address}/code").status_code == 303
        later(session, timedelta(minutes=15))
    assert 24 <= sent <= 40
