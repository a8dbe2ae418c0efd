"""Notices leave at the pace of the mail host; nobody is forgotten, and the page says until when."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from config import Config
from tests.conftest import Browser
from tests.delivery.conftest import HandOver, MailServer
from tests.delivery.test_kill import start_worker, wait_until
from tests.watching import watching
from webapp.accounts import pace
from webapp.accounts.pace_models import Departures
from webapp.accounts.paced_mail import PacedMail
from webapp.delivery.dispatch import carry_due
from webapp.delivery.mail_trial import send_trial
from webapp.delivery.outlook import outlook
from webapp.letters.models import Addressee, Letter
from webapp.mail import Unavailable

pytestmark = pytest.mark.slow

Start = Callable[..., tuple[MailServer, dict[str, Any]]]
Configure = Callable[..., Config]
AnySession = scoped_session[Session]


def everybody(number: int) -> list[str]:
    return [f"m{person}@x.example" for person in range(number)]


def test_when_the_limit_is_reached_the_others_wait_without_an_attempt_being_counted(
    session: AnySession, mail_server: Start, configure: Configure, hand_over: HandOver
) -> None:
    server, settings = mail_server()
    letter = hand_over(*everybody(50), is_trial=False)
    config = configure(**settings, mail_per_hour=20)
    for _ in range(2):
        carry_due(config)
    assert len(server.messages) == 18
    waiting = session.scalars(select(Addressee).where(Addressee.state == "submitted")).all()
    assert len(waiting) == 32
    assert {(row.attempts, row.problem, row.leased_until) for row in waiting} == {(0, "", None)}
    (due_at,) = {row.due_at for row in waiting}
    assert due_at is not None
    assert due_at > datetime.now(UTC) + timedelta(minutes=50)
    assert letter.addressees[0].state == "notified"


def test_an_hour_later_the_next_ones_leave_in_their_order(
    session: AnySession, mail_server: Start, configure: Configure, hand_over: HandOver
) -> None:
    server, settings = mail_server()
    hand_over(*everybody(30), is_trial=False)
    config = configure(**settings, mail_per_hour=20)
    carry_due(config)
    an_hour_passes(session)
    carry_due(config)
    assert [message["To"] for message in server.messages] == everybody(30)


def test_trials_wait_for_no_limit(
    session: AnySession, mail_server: Start, configure: Configure, hand_over: HandOver
) -> None:
    _, settings = mail_server()
    real = hand_over(*everybody(4), is_trial=False)
    trial = hand_over("a@x.example", "b@x.example")
    carry_due(configure(**settings, mail_per_hour=2))
    session.expire_all()
    assert [addressee.state for addressee in trial.addressees] == ["notified"] * 2
    assert [addressee.state for addressee in real.addressees].count("notified") == 1


def test_what_a_server_did_not_take_does_not_count_but_what_it_was_asked_does(
    session: AnySession, mail_server: Start, configure: Configure, hand_over: HandOver
) -> None:
    server, settings = mail_server()
    server.refused = {"m1@x.example": "550 no such user"}
    hand_over(*everybody(3), is_trial=False)
    carry_due(configure(**{**settings, "smtp_port": 1}))
    assert left(session) == 0
    session.query(Addressee).update({"due_at": datetime.now(UTC)})
    session.commit()
    carry_due(configure(**settings))
    assert left(session) == 3


def test_the_trial_of_the_mail_server_uses_the_reserve_and_says_when_there_is_none_left(
    session: AnySession, mail_server: Start, configure: Configure, hand_over: HandOver
) -> None:
    server, settings = mail_server()
    hand_over(*everybody(5), is_trial=False)
    config = configure(**settings, mail_per_hour=3)
    carry_due(config)
    assert len(server.messages) == 2
    assert send_trial(session, config, "odile@lavoir.example", datetime.now(UTC)).arrived
    refused = send_trial(session, config, "odile@lavoir.example", datetime.now(UTC))
    assert not refused.arrived
    assert "limite d’envoi" in refused.stages[0].words
    assert len(server.messages) == 3


def test_what_was_taken_for_one_minute_is_given_back_in_the_next(
    session: AnySession, mail_server: Start, configure: Configure
) -> None:
    _, settings = mail_server()
    now = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
    moments = iter([now, now, now + timedelta(minutes=1)])
    with PacedMail(
        session, configure(**{**settings, "smtp_port": 1}), is_awaited=False, clock=moments.__next__
    ) as mail:
        for _ in range(2):
            with pytest.raises(Unavailable):
                mail.send(a_message())
    assert left(session) == 0


def test_the_page_says_when_the_last_notice_will_have_left(
    session: AnySession,
    mail_server: Start,
    configure: Configure,
    hand_over: HandOver,
    browser: Browser,
) -> None:
    _, settings = mail_server()
    first = hand_over(*everybody(19), is_trial=False)
    second = hand_over(*everybody(20), is_trial=False)
    config = configure(**settings, mail_per_hour=10)
    carry_due(config)
    now = datetime.now(UTC)
    hours = [hours_until(session, config, letter, now) for letter in (first, second)]
    assert hours == [2, 4], "9 leave each hour: 19 take three turns, 39 five"
    page = browser.get(f"/courriers/{first.number}").text
    assert "10 avis attendent leur tour" in page
    assert re.search(r"Dernier avis vers (le \d+ \w+ à )?\d\d\s?h\s?\d\d", page)


@pytest.mark.slow
def test_two_workers_share_one_limit(
    session: AnySession,
    mail_server: Start,
    hand_over: HandOver,
    config: Config,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server, settings = mail_server()
    server.pause = 0.02
    hand_over(*everybody(60), is_trial=False)
    monkeypatch.setenv("PLIREC_MAIL_PER_HOUR", "30")
    workers = [start_worker(config.data_directory, settings) for _ in range(2)]
    soon = datetime.now(UTC) + timedelta(minutes=30)
    try:
        wait_until(lambda: due_before(session, soon) == 0)
    finally:
        for worker in workers:
            worker.terminate()
            worker.wait(20)
    assert len(server.messages) == 27
    assert left(session) == 27


def due_before(session: AnySession, moment: datetime) -> int:
    due = Addressee.state == "submitted", Addressee.due_at < moment
    with watching(session):
        return session.scalar(select(func.count()).where(*due)) or 0


def hours_until(session: AnySession, config: Config, letter: Letter, now: datetime) -> int:
    last_at = outlook(session, config, letter, now).last_at
    assert last_at is not None
    return round((last_at - now) / timedelta(hours=1))


def test_without_limits_no_moment_is_promised(
    session: AnySession, hand_over: HandOver, config: Config
) -> None:
    letter = hand_over("a@x.example", is_trial=False)
    assert outlook(session, config, letter, datetime.now(UTC)).last_at is None


def an_hour_passes(session: AnySession) -> None:
    for departures in session.scalars(select(Departures)).all():
        minute, count = departures.minute, departures.count
        session.delete(departures)
        session.flush()
        session.add(Departures(minute=minute - pace.WINDOW, count=count))
    session.query(Addressee).filter_by(state="submitted").update({"due_at": datetime.now(UTC)})
    session.commit()


def a_message() -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"] = "avis@x.example", "a@x.example"
    message.set_content("Bonjour.")
    return message


def left(session: AnySession) -> int:
    session.rollback()
    return sum(session.scalars(select(Departures.count)))
