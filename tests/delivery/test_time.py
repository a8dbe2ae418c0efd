"""A month of delivery, lived through by a clock that is given and that may jump."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from config import Config
from tests.delivery.conftest import HandOver, MailServer
from webapp.delivery.dispatch import carry_due, claim
from webapp.delivery.models import TrialMessage
from webapp.delivery.tasks import do_all_due
from webapp.evidence.integrity import verify_chain
from webapp.evidence.journal import addressee_subject, entries_about, letter_chain
from webapp.evidence.kinds import EventKind
from webapp.evidence.models import Proof
from webapp.letters import reminders, steps
from webapp.letters.models import Addressee, Letter
from webapp.letters.term import PARIS

pytestmark = pytest.mark.slow

Start = Callable[..., tuple[MailServer, dict[str, Any]]]
Configure = Callable[..., Config]
CLIENT = {"ip": "192.0.2.7", "user_agent": "Un navigateur"}
MORNING = datetime(2026, 3, 20, 9, 30, tzinfo=UTC)
DAY = timedelta(days=1)


class GivenClock:
    """A clock that stands where it is put."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> GivenClock:
    return GivenClock(MORNING)


@pytest.fixture
def posted(
    session: scoped_session[Session],
    hand_over: HandOver,
    mail_server: Start,
    configure: Configure,
    clock: GivenClock,
) -> tuple[Letter, MailServer, Config]:
    """A letter to two recipients, whose notices left by a real server at half past ten in Paris."""
    server, settings = mail_server()
    letter = hand_over("a@x.example", "b@x.example", is_trial=False, leaves_at=MORNING)
    config = configure(**settings)
    carry_due(config, clock)
    session.expire_all()
    assert [row.state for row in letter.addressees] == ["notified", "notified"]
    server.messages.clear()
    return letter, server, config


def kinds(session: scoped_session[Session], addressee: Addressee) -> Counter[EventKind]:
    session.expire_all()
    chain, subject = letter_chain(addressee.letter.number), addressee_subject(addressee.number)
    return Counter(event.kind for event in entries_about(session, chain, subject))


def live_through(config: Config, clock: GivenClock, days: int) -> None:
    """Let the worker look every six hours."""
    for _ in range(4 * days):
        clock.now += DAY / 4
        carry_due(config, clock)


def test_who_does_not_answer_is_reminded_every_three_days_then_the_letter_expires_once(
    session: scoped_session[Session],
    posted: tuple[Letter, MailServer, Config],
    clock: GivenClock,
) -> None:
    letter, server, config = posted
    live_through(config, clock, 20)
    told = kinds(session, letter.addressees[0])
    assert told[EventKind.NOTIFICATION_REMINDER] == 5
    assert told[EventKind.ACCEPTANCE_REJECTION_EXPIRY] == 1
    mine = [message for message in server.messages if message["To"] == "a@x.example"]
    number = letter.addressees[0].number.lower()
    assert [message["Message-ID"] for message in mine] == [
        f"<{number}.1.r{count}@courrier.example>" for count in range(1, 6)
    ]
    assert {message["Subject"] for message in mine} == {
        "Rappel\u00a0: un courrier recommandé électronique vous attend, "
        "à ouvrir avant le 5 avril 2026"
    }
    text = mine[0].get_body(("plain",)).get_content()
    assert "Les Amis du Lavoir" not in text
    assert "Convocation" not in text
    assert "samedi 4 avril 2026" in text
    assert "/rappels" in text
    assert mine[0]["References"] == letter.addressees[0].message_id
    assert verify_chain(session, letter_chain(letter.number)) == []


def test_reminders_keep_their_hour_over_the_change_of_the_clocks(
    session: scoped_session[Session],
    posted: tuple[Letter, MailServer, Config],
    clock: GivenClock,
) -> None:
    letter, _server, config = posted
    hours = []
    while letter.addressees[0].state == "notified":
        due_at = letter.addressees[0].due_at
        assert due_at is not None
        clock.now = due_at
        hours.append(f"{due_at.astimezone(PARIS):%m-%d %H:%M}")
        session.commit()
        carry_due(config, clock)
        session.expire_all()
    assert hours == [
        *("03-23 10:30", "03-26 10:30", "03-29 10:30", "04-01 10:30", "04-04 10:30"),
        "04-05 00:00",
    ]


def test_nobody_is_reminded_after_an_answer_or_once_he_has_stopped_it(
    session: scoped_session[Session],
    posted: tuple[Letter, MailServer, Config],
    clock: GivenClock,
) -> None:
    letter, server, config = posted
    ada, bob = letter.addressees
    steps.accept(session, ada, "Ada", CLIENT, clock.now + DAY)
    reminders.stop(session, bob, CLIENT, clock.now + DAY)
    assert bob.due_at == bob.expires_at
    session.commit()
    live_through(config, clock, 20)
    assert server.messages == []
    assert kinds(session, bob)[EventKind.REMINDERS_STOPPED] == 1
    assert (ada.state, bob.state) == ("accepted", "expired")


@pytest.mark.parametrize("days", [0, 7])
def test_a_letter_keeps_the_reminders_that_the_organisation_wanted_when_it_was_handed_over(
    session: scoped_session[Session],
    hand_over: HandOver,
    config: Config,
    clock: GivenClock,
    days: int,
) -> None:
    organisation = hand_over("z@x.example").author.organisation
    organisation.reminder_days = days
    letter = hand_over("a@x.example", leaves_at=MORNING)
    organisation.reminder_days = 1
    session.commit()
    carry_due(config, clock)
    live_through(config, clock, 20)
    told = kinds(session, letter.addressees[0])
    assert told[EventKind.NOTIFICATION_REMINDER] == (2 if days else 0)
    assert told[EventKind.ACCEPTANCE_REJECTION_EXPIRY] == 1


def test_a_clock_that_jumps_a_month_forth_and_back_decides_nothing_twice(
    session: scoped_session[Session],
    posted: tuple[Letter, MailServer, Config],
    clock: GivenClock,
) -> None:
    letter, server, config = posted
    clock.now += 3 * DAY
    carry_due(config, clock)
    for jump in (30 * DAY, -30 * DAY, 30 * DAY, -33 * DAY):
        clock.now += jump
        carry_due(config, clock)
    live_through(config, clock, 60)
    for addressee in letter.addressees:
        told = kinds(session, addressee)
        assert told[EventKind.NOTIFICATION_FOR_ACCEPTANCE] == 1
        assert told[EventKind.NOTIFICATION_REMINDER] == 1
        assert told[EventKind.ACCEPTANCE_REJECTION_EXPIRY] == 1
    assert len(server.messages) == 2


def test_a_reminder_is_not_sent_again_when_the_clock_is_set_back_behind_it(
    session: scoped_session[Session],
    posted: tuple[Letter, MailServer, Config],
    clock: GivenClock,
) -> None:
    letter, server, config = posted
    clock.now += 3 * DAY
    carry_due(config, clock)
    clock.now -= 3 * DAY
    live_through(config, clock, 20)
    assert kinds(session, letter.addressees[0])[EventKind.NOTIFICATION_REMINDER] == 5
    identifiers = Counter(message["Message-ID"] for message in server.messages)
    assert set(identifiers.values()) == {1}


def test_a_lease_given_by_a_clock_that_has_been_set_back_holds_nobody(
    session: scoped_session[Session],
    hand_over: HandOver,
    config: Config,
) -> None:
    letter = hand_over("a@x.example", "b@x.example")
    now = datetime.now(UTC)
    assert len(claim(config, now + 30 * DAY)) == 2
    assert len(claim(config, now)) == 2, "the rows are taken at once"
    session.expire_all()
    letter.addressees[1].leased_until = now + 30 * DAY
    steps.cancel(session, letter.addressees[1], "Odile", now)
    assert letter.addressees[1].state == "cancelled"


def test_missed_reminders_are_not_made_up_for_and_none_leaves_at_night(
    session: scoped_session[Session],
    posted: tuple[Letter, MailServer, Config],
    clock: GivenClock,
) -> None:
    letter, server, config = posted
    clock.now = datetime(2026, 3, 28, 22, tzinfo=UTC)
    carry_due(config, clock)
    assert server.messages == []
    session.expire_all()
    due_at = letter.addressees[0].due_at
    assert due_at == datetime(2026, 3, 29, 6, tzinfo=UTC), "eight o’clock, in summer time"
    clock.now = due_at
    session.commit()
    carry_due(config, clock)
    assert len(server.messages) == 2
    session.expire_all()
    assert letter.addressees[0].due_at == datetime(2026, 4, 1, 8, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("answer", "tries", "recorded"),
    [("451 come back later", reminders.MOST_TRIES, 1), ("550 no such user", 1, 1)],
)
def test_a_reminder_that_cannot_be_sent_is_passed_over_and_the_letter_stays_as_it_is(
    session: scoped_session[Session],
    posted: tuple[Letter, MailServer, Config],
    clock: GivenClock,
    answer: str,
    tries: int,
    recorded: int,
) -> None:
    letter, server, config = posted
    server.refused["a@x.example"] = answer
    clock.now += 3 * DAY
    asked = 0
    while clock.now < MORNING + 3.5 * DAY:
        session.expire_all()
        due_at = letter.addressees[0].due_at
        session.commit()
        assert due_at is not None
        if due_at > MORNING + 3.5 * DAY:
            break
        clock.now = due_at
        carry_due(config, clock)
        asked += 1
    assert asked == tries
    assert letter.addressees[0].state == "notified"
    assert kinds(session, letter.addressees[0])[EventKind.NOTIFICATION_REMINDER] == 0
    server.refused.clear()
    live_through(config, clock, 4)
    mine = [message for message in server.messages if message["To"] == "a@x.example"]
    assert [".r2@" in message["Message-ID"] for message in mine] == [True] * recorded


def test_a_reminder_is_tried_again_with_the_same_message_id(
    session: scoped_session[Session],
    posted: tuple[Letter, MailServer, Config],
    clock: GivenClock,
) -> None:
    letter, server, config = posted
    server.refused["a@x.example"] = "451 come back later"
    clock.now += 3 * DAY
    carry_due(config, clock)
    server.refused.clear()
    clock.now += timedelta(minutes=2)
    carry_due(config, clock)
    assert sorted(message["To"] for message in server.messages) == ["a@x.example", "b@x.example"]
    assert {message["Message-ID"].partition(".1.")[2] for message in server.messages} == {
        "r1@courrier.example>"
    }
    assert kinds(session, letter.addressees[0])[EventKind.NOTIFICATION_REMINDER] == 1


def test_the_reminders_of_a_trial_lie_in_the_trial_box_beside_the_notice(
    session: scoped_session[Session],
    hand_over: HandOver,
    config: Config,
    clock: GivenClock,
) -> None:
    hand_over("a@x.example", leaves_at=MORNING)
    carry_due(config, clock)
    clock.now += 3 * DAY
    carry_due(config, clock)
    kept = session.scalars(select(TrialMessage).order_by(TrialMessage.id)).all()
    assert len(kept) == 2
    assert b"ESSAI" in kept[1].content
    assert ".r1@" in kept[1].message_id


def test_a_letter_with_a_date_leaves_then_and_not_before(
    session: scoped_session[Session], hand_over: HandOver, config: Config, clock: GivenClock
) -> None:
    letter = hand_over("a@x.example", "b@x.example", leaves_at=MORNING + 30 * DAY)
    clock.now = MORNING + 30 * DAY - timedelta(seconds=1)
    assert carry_due(config, clock) == 0
    clock.now += timedelta(seconds=1)
    assert carry_due(config, clock) == 2
    session.expire_all()
    assert letter.addressees[0].notified_at == clock.now


def test_the_proof_of_non_claim_is_there_the_day_after_the_term(
    session: scoped_session[Session], hand_over: HandOver, clock: GivenClock
) -> None:
    letter = hand_over("a@x.example", leaves_at=MORNING)
    do_all_due(clock)
    session.expire_all()
    expires_at = letter.addressees[0].expires_at
    assert expires_at is not None
    non_claim = select(func.count()).select_from(Proof).where(Proof.kind == "non_claim")
    clock.now = expires_at - timedelta(seconds=1)
    session.commit()
    do_all_due(clock)
    assert session.scalar(non_claim) == 0
    session.rollback()
    clock.now = expires_at + timedelta(minutes=1)
    do_all_due(clock)
    proof = session.scalars(select(Proof).where(Proof.kind == "non_claim")).one()
    assert proof.sealed_at.astimezone(PARIS).date().isoformat() == "2026-04-05"


def test_a_reminder_whose_record_was_lost_in_a_crash_goes_again_as_the_same_message(
    session: scoped_session[Session],
    posted: tuple[Letter, MailServer, Config],
    clock: GivenClock,
) -> None:
    letter, server, config = posted
    clock.now += 3 * DAY
    ada = letter.addressees[0]
    due_at = ada.due_at
    session.commit()
    carry_due(config, clock)
    session.expire_all()
    ada.reminder_number, ada.reminded_at, ada.due_at = 0, None, due_at
    session.commit()
    carry_due(config, clock)
    mine = [message["Message-ID"] for message in server.messages if message["To"] == ada.email]
    assert len(mine) == 2
    assert len(set(mine)) == 1


def test_a_reminder_waits_for_the_mail_server_that_the_settings_lack(
    session: scoped_session[Session],
    posted: tuple[Letter, MailServer, Config],
    configure: Configure,
    clock: GivenClock,
) -> None:
    letter, server, config = posted
    clock.now += 3 * DAY
    carry_due(configure(smtp_host=""), clock)
    session.expire_all()
    assert [row.state for row in letter.addressees] == ["notified", "notified"]
    assert letter.addressees[0].due_at == clock.now + timedelta(minutes=1)
    session.commit()
    clock.now += timedelta(minutes=1)
    carry_due(config, clock)
    assert len(server.messages) == 2
