from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, scoped_session

from webapp.evidence.integrity import verify_chain
from webapp.evidence.journal import addressee_subject, entries_about, letter_chain
from webapp.evidence.kinds import EventKind
from webapp.letters import awaiting, mending, reminders, steps
from webapp.letters.models import Addressee, Channel, Letter
from webapp.letters.steps import STEPS, IllegalStep, State

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

CLIENT = {"ip": "192.0.2.7", "user_agent": "Un navigateur"}
LATER = NOW + timedelta(days=2)
PAPER = (State.TO_POST, State.POSTED, State.DELIVERED, State.RETURNED)


@pytest.fixture
def louise(letter: Letter) -> Addressee:
    return letter.addressees[0]


@pytest.fixture
def notified(session: scoped_session[Session], louise: Addressee) -> Addressee:
    steps.notify(session, louise, "250 OK", NOW)
    session.commit()
    return louise


def kinds(session: scoped_session[Session], addressee: Addressee) -> list[EventKind]:
    chain = letter_chain(addressee.letter.number)
    return [e.kind for e in entries_about(session, chain, addressee_subject(addressee.number))]


def test_a_notice_that_left_starts_the_fifteen_days_and_a_reminder_is_due(
    notified: Addressee,
) -> None:
    assert notified.state == State.NOTIFIED
    assert notified.notified_at == NOW
    assert notified.due_at == NOW + timedelta(days=3)
    assert notified.expires_at is not None
    assert (notified.expires_at - NOW).days == 15


def test_accepting_is_an_event_and_puts_the_content_at_the_recipients_disposal(
    session: scoped_session[Session], notified: Addressee
) -> None:
    steps.accept(session, notified, "Louise Blanc", CLIENT, LATER)
    session.commit()
    assert (notified.state, notified.answered_at, notified.due_at) == ("accepted", LATER, None)
    assert kinds(session, notified) == [
        EventKind.SUBMISSION_ACCEPTANCE,
        EventKind.NOTIFICATION_FOR_ACCEPTANCE,
        EventKind.CONSIGNMENT_ACCEPTANCE,
        EventKind.CONTENT_CONSIGNMENT,
    ]
    assert verify_chain(session, letter_chain(notified.letter.number)) == []


def test_a_refusal_is_an_event_and_nothing_follows_it(
    session: scoped_session[Session], notified: Addressee
) -> None:
    steps.reject(session, notified, CLIENT, LATER)
    with pytest.raises(IllegalStep):
        steps.accept(session, notified, "Louise Blanc", CLIENT, LATER)
    assert kinds(session, notified)[-1] == EventKind.CONSIGNMENT_REJECTION


def test_nobody_can_answer_once_the_time_is_over(
    session: scoped_session[Session], notified: Addressee
) -> None:
    assert notified.expires_at is not None
    with pytest.raises(IllegalStep):
        steps.accept(session, notified, "Louise Blanc", CLIENT, notified.expires_at)
    with pytest.raises(IllegalStep):
        steps.reject(session, notified, CLIENT, notified.expires_at)
    last_moment = notified.expires_at - timedelta(microseconds=1)
    steps.accept(session, notified, "Louise Blanc", CLIENT, last_moment)
    assert notified.state == State.ACCEPTED


def test_without_an_answer_the_letter_expires_at_the_end_of_the_term_and_not_before(
    session: scoped_session[Session], notified: Addressee
) -> None:
    assert notified.expires_at is not None
    with pytest.raises(IllegalStep):
        steps.expire(session, notified, notified.expires_at - timedelta(seconds=1))
    steps.expire(session, notified, notified.expires_at)
    assert notified.state == State.EXPIRED
    assert kinds(session, notified)[-1] == EventKind.ACCEPTANCE_REJECTION_EXPIRY


def test_a_notice_that_is_refused_for_good_ends_in_failure_with_the_servers_words(
    session: scoped_session[Session], louise: Addressee
) -> None:
    steps.fail(session, louise, "recipient: 550 no such user", NOW)
    assert (louise.state, louise.due_at) == ("failed", None)
    assert louise.problem == "recipient: 550 no such user"


@pytest.mark.parametrize(
    ("state", "kind"),
    [pair for pair in product(State, sorted({kind for _, kind in STEPS})) if pair not in STEPS],
)
def test_a_step_that_cannot_follow_raises_and_changes_nothing(
    session: scoped_session[Session], louise: Addressee, state: State, kind: EventKind
) -> None:
    louise.state = state
    if state in PAPER:
        louise.channel, louise.postal_address = Channel.PAPER, "4 RUE DES LILAS"
    louise.notified_at = louise.answered_at = NOW
    louise.expires_at = NOW + timedelta(days=16)
    session.commit()
    taken = {
        EventKind.NOTIFICATION_FOR_ACCEPTANCE: lambda: steps.notify(session, louise, "250", NOW),
        EventKind.CONSENT_OBTAINED: lambda: awaiting.obtain(session, louise, "", "", NOW),
        EventKind.NOTIFICATION_FOR_ACCEPTANCE_FAILURE: lambda: steps.fail(session, louise, "", NOW),
        EventKind.CONSIGNMENT_ACCEPTANCE: lambda: steps.accept(session, louise, "L", CLIENT, LATER),
        EventKind.CONSIGNMENT_REJECTION: lambda: steps.reject(session, louise, CLIENT, LATER),
        EventKind.ACCEPTANCE_REJECTION_EXPIRY: lambda: steps.expire(
            session, louise, NOW + timedelta(days=20)
        ),
        EventKind.ADDRESS_CORRECTED: lambda: mending.correct(
            session, louise, "l@x.example", "", "Odile", b"x" * 32, NOW
        ),
        EventKind.CHANNEL_CHANGED: lambda: mending.send_on_paper(
            session, louise, "4 RUE DES LILAS", "Odile", NOW
        ),
        EventKind.NOTIFICATION_REMINDER: lambda: reminders.remind(session, louise, "250", NOW),
        EventKind.REMINDERS_STOPPED: lambda: reminders.stop(session, louise, CLIENT, NOW),
        EventKind.SUBMISSION_CANCELLED: lambda: steps.cancel(session, louise, "Odile", NOW),
        EventKind.RELAY_TO_NON_ERDS: lambda: steps.post(session, louise, {}, NOW.date(), NOW),
        EventKind.PAPER_DELIVERED: lambda: steps.deliver(session, louise, NOW.date(), "", NOW),
        EventKind.PAPER_RETURNED: lambda: steps.return_to_sender(
            session, louise, NOW.date(), "", NOW
        ),
    }
    with pytest.raises(IllegalStep):
        taken[kind]()
    assert louise.state == state
    assert not session.dirty


@pytest.mark.parametrize(
    "values", [{"state": "notified"}, {"state": "accepted"}, {"state": "perdu"}]
)
def test_the_database_refuses_a_state_without_its_moments(
    session: scoped_session[Session], louise: Addressee, values: dict[str, str]
) -> None:
    for name, value in values.items():
        setattr(louise, name, value)
    with pytest.raises(IntegrityError):
        session.commit()
