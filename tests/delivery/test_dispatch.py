from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from config import Config
from tests.delivery.conftest import HandOver, MailServer
from webapp import keys
from webapp.accounts.models import User
from webapp.contacts import consents
from webapp.delivery import outgoing
from webapp.delivery.channels.trial import TrialBox
from webapp.delivery.dispatch import carry, carry_due, claim
from webapp.delivery.models import TrialMessage
from webapp.delivery.reasons import told
from webapp.delivery.tasks import do_all_due, seal_due
from webapp.evidence.journal import Event, addressee_subject, append, entries_about, letter_chain
from webapp.evidence.kinds import EventKind
from webapp.evidence.models import Proof
from webapp.letters import mending, steps
from webapp.letters.models import Letter
from webapp.letters.submission import FrozenRecipient

pytestmark = pytest.mark.slow

Start = Callable[..., tuple[MailServer, dict[str, Any]]]
Configure = Callable[..., Config]
CLIENT = {"ip": "192.0.2.7", "user_agent": "Un navigateur"}


def fresh(session: scoped_session[Session], letter: Letter) -> list[str]:
    session.expire_all()
    return [addressee.state for addressee in letter.addressees]


def test_a_trial_letter_stays_in_the_trial_box_even_when_a_mail_server_is_set_later(
    session: scoped_session[Session],
    hand_over: HandOver,
    mail_server: Start,
    configure: Configure,
) -> None:
    server, settings = mail_server()
    letter = hand_over("a@x.example", "b@x.example")
    carry_due(configure(**settings))
    assert fresh(session, letter) == ["notified", "notified"]
    assert server.messages == []
    messages = session.scalars(select(TrialMessage)).all()
    assert {message.message_id for message in messages} == {
        addressee.message_id for addressee in letter.addressees
    }
    assert all(b"ESSAI" in message.content for message in messages)


def test_a_trial_notice_that_is_carried_again_after_a_crash_lies_in_the_box_once(
    session: scoped_session[Session], hand_over: HandOver, config: Config
) -> None:
    letter = hand_over("a@x.example")
    carry_due(config)
    (addressee,) = letter.addressees
    addressee.state, addressee.due_at = "submitted", datetime.now(UTC)
    addressee.notified_at = addressee.expires_at = None
    session.commit()
    carry_due(config)
    assert fresh(session, letter) == ["notified"]
    assert session.scalar(select(func.count()).select_from(TrialMessage)) == 1


def test_a_letter_that_is_no_trial_waits_while_no_mail_server_is_set(
    session: scoped_session[Session], hand_over: HandOver, config: Config
) -> None:
    letter = hand_over("a@x.example", is_trial=False)
    carry_due(config)
    assert fresh(session, letter) == ["submitted"]
    assert letter.addressees[0].problem
    assert session.scalar(select(func.count()).select_from(TrialMessage)) == 0


def test_two_workers_never_hold_the_same_row_and_a_lease_that_ends_frees_it(
    hand_over: HandOver, config: Config
) -> None:
    hand_over(*(f"m{number}@x.example" for number in range(60)))
    now = datetime.now(UTC)
    first, second, third = claim(config, now), claim(config, now), claim(config, now)
    assert (len(first), len(second), third) == (50, 10, [])
    assert set(first).isdisjoint(second)
    later = now + timedelta(seconds=config.delivery_lease)
    assert claim(config, later - timedelta(seconds=1)) == []
    assert claim(config, later) == first


def test_a_row_whose_lease_is_about_to_end_is_left_to_whoever_takes_it_next(
    session: scoped_session[Session], hand_over: HandOver, config: Config
) -> None:
    letter = hand_over("a@x.example")
    now = datetime.now(UTC)
    for lease in (now - timedelta(seconds=1), now + timedelta(seconds=5), None):
        letter.addressees[0].leased_until = lease
        session.commit()
        (one,) = outgoing.load(session, config, [letter.addressees[0].id])
        carry(config, one, TrialBox(now, letter.addressees[0].id))
        assert fresh(session, letter) == ["submitted"]
    (addressee,) = letter.addressees
    (one,) = outgoing.load(session, config, [addressee.id])
    addressee.leased_until = now + timedelta(hours=1)
    session.commit()
    carry(config, replace(one, leased_until=now), TrialBox(now, addressee.id))
    session.expire_all()
    assert addressee.leased_until is not None, "another worker has it"
    addressee.leased_until = now - timedelta(seconds=1)
    session.commit()
    assert carry_due(config) == 1
    assert fresh(session, letter) == ["notified"]


def test_an_address_that_was_corrected_while_the_old_notice_left_still_gets_its_own(
    session: scoped_session[Session], hand_over: HandOver, config: Config
) -> None:
    (addressee,) = hand_over("a@x.example").addressees
    now = datetime.now(UTC)
    (stalled,) = outgoing.load(session, config, claim(config, now))
    steps.fail(session, addressee, "recipient: 550", now)
    key = keys.secret(config.keys_directory, "recipients")
    mending.correct(session, addressee, "b@x.example", "", "Odile", key, now)
    session.commit()
    with pytest.raises(steps.IllegalStep):
        carry(config, stalled, TrialBox(now, addressee.id))
    session.expire_all()
    assert (addressee.state, addressee.email) == ("submitted", "b@x.example")
    carry_due(config)
    session.expire_all()
    assert addressee.state == "notified"
    last = session.scalars(select(TrialMessage).order_by(TrialMessage.id.desc())).first()
    assert last is not None
    assert last.message_id == addressee.message_id


def test_who_took_his_consent_back_before_the_notice_left_gets_none(
    session: scoped_session[Session], hand_over: HandOver, administrator: User
) -> None:
    people = [
        FrozenRecipient("Paul Blanc", "Paul@x.example", "individual", "", "par écrit"),
        FrozenRecipient("Léa Roux", "lea@x.example", "individual", "", "par écrit"),
    ]
    letter, now = hand_over("a@x.example", recipients=people), datetime.now(UTC)
    organisation = letter.organisation_id
    consents.declare(session, organisation, ["paul@x.example"], "oral", administrator.id, now)
    recorded = consents.of_address(session, organisation, "paul@x.example")
    assert recorded is not None
    consents.withdraw(session, recorded, administrator.id, now)
    session.commit()
    do_all_due()
    assert fresh(session, letter) == ["failed", "notified"]
    paul = letter.addressees[0]
    assert told(paul.problem).startswith("L’accord pour cette adresse a été retiré")
    assert session.scalars(select(TrialMessage.addressee_id)).all() == [letter.addressees[1].id]


def test_nothing_is_due_between_the_notice_and_the_first_reminder(
    session: scoped_session[Session], hand_over: HandOver, config: Config
) -> None:
    letter = hand_over("a@x.example", "b@x.example")
    assert carry_due(config) == 2
    assert carry_due(config) == 0
    assert fresh(session, letter) == ["notified", "notified"]
    (addressee, _) = letter.addressees
    first = addressee.due_at
    assert first is not None
    assert timedelta(days=2) < first - datetime.now(UTC) < timedelta(days=4)
    session.commit()
    assert claim(config, first - timedelta(seconds=1)) == []
    assert len(claim(config, first + timedelta(seconds=1))) == 2


def test_what_cannot_be_foreseen_for_one_recipient_stops_no_other(
    session: scoped_session[Session],
    hand_over: HandOver,
    config: Config,
    caplog: pytest.LogCaptureFixture,
) -> None:
    letter = hand_over("a@x.example", "b@x.example")
    letter.addressees[0].message_id = "<with a\nline break>"
    session.commit()
    carry_due(config)
    assert fresh(session, letter) == ["submitted", "notified"]
    assert "a@x.example" not in caplog.text


def test_without_an_answer_the_worker_records_the_expiry_once_the_term_is_over(
    session: scoped_session[Session], hand_over: HandOver, config: Config
) -> None:
    letter = hand_over("a@x.example")
    (addressee,) = letter.addressees
    steps.notify(session, addressee, "250 OK", datetime.now(UTC) - timedelta(days=17))
    session.commit()
    for _ in range(2):
        carry_due(config)
    assert fresh(session, letter) == ["expired"]
    chain, subject = letter_chain(letter.number), addressee_subject(addressee.number)
    told = [event.kind for event in entries_about(session, chain, subject)]
    assert told.count(EventKind.ACCEPTANCE_REJECTION_EXPIRY) == 1


def test_each_recipient_gets_proofs_of_deposit_and_sending_then_of_reception_once_he_accepts(
    session: scoped_session[Session], hand_over: HandOver
) -> None:
    letter = hand_over("a@x.example", "b@x.example")
    do_all_due()
    session.expire_all()
    steps.accept(session, letter.addressees[0], "Ada", CLIENT, datetime.now(UTC))
    session.commit()
    for _ in range(2):
        do_all_due()
    kinds = sorted(session.scalars(select(Proof.kind)))
    assert kinds == ["deposit", "deposit", "reception", "sending", "sending"]


def test_a_proof_that_cannot_be_made_holds_up_no_other(
    session: scoped_session[Session],
    hand_over: HandOver,
    config: Config,
    caplog: pytest.LogCaptureFixture,
) -> None:
    broken, whole = hand_over("a@x.example"), hand_over("b@x.example", "c@x.example")
    orphan = Event(EventKind.CONSIGNMENT_ACCEPTANCE, addressee_subject("SANS-DEPO-T000"), {})
    append(session, letter_chain(broken.number), [orphan], datetime.now(UTC))
    session.commit()
    seal_due(config)
    assert session.scalar(select(func.count()).select_from(Proof)) == 3
    assert "could not be made" in caplog.text
    assert whole.addressees[0].email not in caplog.text
