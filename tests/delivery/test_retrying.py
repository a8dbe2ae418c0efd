"""What could not leave is tried again for two days; our own settings cost nobody his letter."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from config import Config
from tests.conftest import Browser
from tests.delivery.conftest import HandOver, MailServer
from webapp.delivery.dispatch import carry_due
from webapp.delivery.retrying import GIVEN_UP_AFTER, put_off, try_again
from webapp.delivery.tasks import seal_due
from webapp.evidence.models import Proof
from webapp.letters.models import Addressee
from webapp.mail import Unavailable

Start = Callable[..., tuple[MailServer, dict[str, Any]]]
Configure = Callable[..., Config]
LATER = Unavailable("recipient", "451 4.7.1 come back later")
DOWN = Unavailable("connect", "Connection refused")
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def tries(session: scoped_session[Session], config: Config, louise: Addressee) -> list[datetime]:
    """Try at each moment that is due, with the same answer, until nothing is."""
    now, moments = START, []
    while louise.state == "submitted":
        moments.append(now)
        put_off(session, config, louise, LATER, now)
        now = louise.due_at or now
    return moments


def test_pauses_double_up_to_four_hours_and_the_last_try_is_two_days_after_the_first(
    session: scoped_session[Session], hand_over: HandOver, config: Config
) -> None:
    louise = hand_over("a@x.example", is_trial=False).addressees[0]
    moments = tries(session, config, louise)
    pauses = [after - before for before, after in pairwise(moments)]
    assert pauses[:4] == [timedelta(minutes=minutes) for minutes in (1, 2, 4, 8)]
    assert max(pauses) == timedelta(hours=4)
    assert moments[-1] - moments[0] == GIVEN_UP_AFTER
    assert louise.state == "failed"
    assert louise.problem == str(LATER)
    session.rollback()


def test_a_server_that_cannot_be_reached_ends_no_notice_however_long_it_takes(
    session: scoped_session[Session], hand_over: HandOver, config: Config
) -> None:
    louise = hand_over("a@x.example", is_trial=False).addressees[0]
    now = START
    while now < START + timedelta(days=30):
        put_off(session, config, louise, DOWN, now)
        assert louise.due_at is not None
        assert timedelta(0) < louise.due_at - now <= timedelta(hours=4)
        now = louise.due_at
    assert (louise.state, louise.first_tried_at) == ("submitted", None)
    put_off(session, config, louise, LATER, now)
    assert (louise.state, louise.first_tried_at) == ("submitted", now)
    session.rollback()


@pytest.mark.parametrize("stage", ["settings", "name", "connect", "tls", "login", "sender"])
def test_a_notice_that_was_answered_once_is_not_given_up_while_we_cannot_ask(
    session: scoped_session[Session], hand_over: HandOver, config: Config, stage: str
) -> None:
    louise = hand_over("a@x.example", is_trial=False).addressees[0]
    put_off(session, config, louise, LATER, START)
    much_later = START + timedelta(days=9)
    put_off(session, config, louise, Unavailable(stage, "no"), much_later)
    assert louise.state == "submitted"
    assert louise.due_at is not None
    assert louise.due_at > much_later
    put_off(session, config, louise, LATER, louise.due_at)
    assert louise.state == "failed"
    session.rollback()


def test_a_notice_that_is_given_up_gets_a_proof_of_failure_with_the_last_words(
    session: scoped_session[Session],
    hand_over: HandOver,
    mail_server: Start,
    configure: Configure,
) -> None:
    server, settings = mail_server()
    server.refused = {"a@x.example": "452 4.2.2 mailbox full"}
    letter = hand_over("a@x.example", is_trial=False)
    letter.addressees[0].first_tried_at = datetime.now(UTC) - GIVEN_UP_AFTER
    session.commit()
    config = configure(**settings)
    carry_due(config)
    seal_due(config)
    session.expire_all()
    assert letter.addressees[0].state == "failed"
    proof = session.scalars(select(Proof).where(Proof.kind == "failure")).one()
    text = said(config, proof)
    assert "452 4.2.2 mailbox full" in text
    assert "quarante-huit heures" in text
    assert "Premier essai" in text


def test_when_the_settings_are_put_right_what_waits_for_them_is_tried_at_once(
    session: scoped_session[Session], hand_over: HandOver, config: Config
) -> None:
    waits, answered = hand_over("a@x.example", "b@x.example", is_trial=False).addressees
    now = datetime.now(UTC)
    put_off(session, config, waits, DOWN, now)
    put_off(session, config, answered, LATER, now)
    session.commit()
    try_again(session, now)
    session.commit()
    assert waits.due_at == now
    assert answered.due_at is not None
    assert answered.due_at > now


def test_the_page_and_the_dashboard_say_why_notices_wait_and_what_to_do(
    session: scoped_session[Session],
    hand_over: HandOver,
    mail_server: Start,
    configure: Configure,
    browser: Browser,
) -> None:
    _, settings = mail_server()
    settings = {**settings, "smtp_username": "plirec", "smtp_password": "faux"}
    letter = hand_over("a@x.example", "b@x.example", is_trial=False)
    carry_due(configure(**settings))
    for address in (f"/courriers/{letter.number}", "/"):
        page = browser.get(address).text
        assert "ouvrir le compte de messagerie" in page
        assert "2 avis attendent, et partiront dès que ce sera réglé" in page
        assert "Vérifiez l’identifiant et le mot de passe" in page
    session.expire_all()
    assert [addressee.state for addressee in letter.addressees] == ["submitted"] * 2


def test_without_a_mail_server_a_real_letter_waits_and_the_page_says_so(
    hand_over: HandOver, config: Config, browser: Browser
) -> None:
    letter = hand_over("a@x.example", is_trial=False)
    carry_due(replace(config, public_url="https://courrier.example"))
    assert "Aucun serveur de messagerie" in browser.get(f"/courriers/{letter.number}").text


def said(config: Config, proof: Proof) -> str:
    content = PdfReader(config.files_directory / proof.digest[:2] / proof.digest)
    return " ".join(" ".join(page.extract_text() for page in content.pages).split())
