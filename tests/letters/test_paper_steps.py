from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, scoped_session

from tests.letters.conftest import LOUISE
from webapp.evidence.integrity import verify_chain
from webapp.evidence.journal import addressee_subject, entries, entries_about, letter_chain
from webapp.evidence.kinds import EventKind
from webapp.letters import steps
from webapp.letters.attachments import AttachedFile
from webapp.letters.models import Addressee, Channel, Letter
from webapp.letters.steps import IllegalStep, State
from webapp.letters.submission import Submission, submit

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ITEM = {"item_number": "1A 234 567 8901 2", "level": "R1"}
ADDRESS = "MARIE ROUX\n4 RUE DES LILAS\n01000 BOURG EN BRESSE"
MARIE = replace(
    LOUISE, name="Marie Roux", email="", postal_address=ADDRESS, channel=Channel.PAPER, consent=""
)
AGENDA = AttachedFile("ordre du jour.pdf", "application/pdf", 1234, "a" * 64)


@pytest.fixture
def letter(session: scoped_session[Session], submission: Submission) -> Letter:
    changed = replace(
        submission, recipients=[LOUISE, MARIE], attachments=[AGENDA], own_reference="AG-2026"
    )
    letter = submit(session, changed, NOW)
    session.commit()
    return letter


@pytest.fixture
def marie(letter: Letter) -> Addressee:
    return letter.addressees[1]


def last_event(
    session: scoped_session[Session], addressee: Addressee
) -> tuple[EventKind, dict[str, object]]:
    chain = letter_chain(addressee.letter.number)
    event = entries_about(session, chain, addressee_subject(addressee.number))[-1]
    return event.kind, dict(event.facts or {})


def test_a_paper_recipient_waits_to_be_posted_and_asks_nothing_of_the_worker(
    marie: Addressee,
) -> None:
    assert (marie.state, marie.due_at, marie.channel) == ("to_post", None, "paper")


def test_the_deposit_tells_the_files_their_hashes_and_how_each_recipient_is_reached(
    session: scoped_session[Session], letter: Letter
) -> None:
    whole, louise, marie = (
        event.facts or {} for event in entries(session, "letter:" + letter.number)
    )
    assert whole["attachments"] == [{"name": AGENDA.name, "size": 1234, "sha256": "a" * 64}]
    assert whole["own_reference"] == "AG-2026"
    assert (louise["channel"], marie["channel"]) == ("email", "paper")
    assert marie["postal_address"] == ADDRESS
    assert [file.name for file in letter.attachments] == ["ordre du jour.pdf"]


def test_a_paper_letter_is_posted_and_delivered_each_an_event(
    session: scoped_session[Session], marie: Addressee
) -> None:
    steps.post(session, marie, ITEM, date(2026, 3, 3), NOW)
    assert marie.state == State.POSTED
    assert last_event(session, marie) == (
        EventKind.RELAY_TO_NON_ERDS,
        {**ITEM, "posted_on": "2026-03-03", "address": ADDRESS},
    )
    steps.deliver(session, marie, date(2026, 3, 6), "Marie Roux", NOW)
    session.commit()
    assert marie.state == State.DELIVERED
    assert marie.answered_at == datetime(2026, 3, 5, 23, tzinfo=UTC), "the day begins in Paris"
    assert last_event(session, marie) == (
        EventKind.PAPER_DELIVERED,
        {"delivered_on": "2026-03-06", "signed_by": "Marie Roux"},
    )
    assert verify_chain(session, letter_chain(marie.letter.number)) == []


def test_a_paper_letter_may_come_back_with_the_mark_of_the_post(
    session: scoped_session[Session], marie: Addressee
) -> None:
    steps.post(session, marie, ITEM, date(2026, 3, 3), NOW)
    steps.return_to_sender(session, marie, date(2026, 3, 20), "Pli avisé et non réclamé", NOW)
    session.commit()
    assert (marie.state, marie.problem) == ("returned", "Pli avisé et non réclamé")
    assert marie.answered_at == datetime(2026, 3, 19, 23, tzinfo=UTC)


def test_what_has_not_left_can_be_cancelled_by_mail_and_on_paper(
    session: scoped_session[Session], letter: Letter
) -> None:
    for addressee in letter.addressees:
        steps.cancel(session, addressee, "Odile Martin", NOW)
        assert last_event(session, addressee) == (
            EventKind.SUBMISSION_CANCELLED,
            {"cancelled_by": "Odile Martin"},
        )
    session.commit()
    assert {(row.state, row.due_at) for row in letter.addressees} == {("cancelled", None)}


def test_a_notice_that_is_being_sent_cannot_be_cancelled(
    session: scoped_session[Session], letter: Letter
) -> None:
    louise = letter.addressees[0]
    louise.leased_until = NOW + timedelta(seconds=30)
    with pytest.raises(IllegalStep):
        steps.cancel(session, louise, "Odile Martin", NOW)
    steps.cancel(session, louise, "Odile Martin", NOW + timedelta(seconds=31))
    assert louise.state == State.CANCELLED


def test_the_database_refuses_a_state_that_the_channel_does_not_know(
    session: scoped_session[Session], marie: Addressee
) -> None:
    marie.state = State.NOTIFIED
    with pytest.raises(IntegrityError):
        session.flush()
    session.rollback()
