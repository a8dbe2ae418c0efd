from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from webapp.accounts.tokens import hashed
from webapp.evidence.integrity import verify_chain
from webapp.evidence.journal import addressee_subject, entries, letter_chain
from webapp.letters.models import Addressee, Letter
from webapp.letters.numbers import token
from webapp.letters.submission import Submission, submit

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def test_the_recipients_are_frozen_with_the_letter_and_due_at_once(letter: Letter) -> None:
    assert [(row.name, row.position, row.state) for row in letter.addressees] == [
        ("Louise Blanc", 1, "submitted"),
        ("Atelier Noir", 2, "submitted"),
    ]
    assert {row.due_at for row in letter.addressees} == {NOW}


def test_the_deposit_is_told_once_for_the_letter_and_once_for_each_recipient(
    session: scoped_session[Session], letter: Letter
) -> None:
    chain = letter_chain(letter.number)
    told = entries(session, chain)
    assert [event.subject for event in told] == [
        chain,
        *(addressee_subject(row.number) for row in letter.addressees),
    ]
    assert told[0].facts is not None
    assert told[0].facts["addressee_count"] == 2
    assert told[1].facts is not None
    assert told[1].facts["consent"] == "bulletin d’adhésion du 3 janvier 2026"
    assert verify_chain(session, chain) == []


def test_a_later_change_of_the_sender_never_changes_a_sent_letter(
    session: scoped_session[Session], letter: Letter
) -> None:
    letter.author.organisation.name = "Un autre nom"
    letter.author.organisation.email = "autre@lavoir.example"
    session.commit()
    session.refresh(letter)
    assert (letter.sender_name, letter.sender_email) == (
        "Les Amis du Lavoir",
        "bureau@lavoir.example",
    )


def test_the_same_form_pressed_twice_makes_one_letter(
    session: scoped_session[Session], submission: Submission, letter: Letter
) -> None:
    again = submit(session, replace(submission, subject="Autre objet"), NOW)
    session.commit()
    assert again.id == letter.id
    assert again.subject == "Convocation à l’assemblée générale"
    assert session.scalar(select(func.count()).select_from(Addressee)) == 2


def test_a_submission_that_fails_leaves_nothing_behind(
    session: scoped_session[Session], submission: Submission
) -> None:
    broken = replace(submission, recipients=[replace(submission.recipients[0], status="inconnu")])
    with pytest.raises(Exception, match="ck_addressee_status"):
        submit(session, broken, NOW)
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Letter)) == 0


def test_a_recipients_secret_is_kept_as_a_hash_only_and_can_be_made_again(letter: Letter) -> None:
    louise = letter.addressees[0]
    secret = token(b"x" * 32, louise.number, louise.token_generation)
    assert louise.token_hash == hashed(secret)
    assert len(secret) == 43
    assert token(b"x" * 32, louise.number, 2) != secret
    assert token(b"y" * 32, louise.number, 1) != secret


def test_each_notice_has_its_own_identifier_from_the_start(letter: Letter) -> None:
    identifiers = {row.message_id for row in letter.addressees}
    assert len(identifiers) == 2
    assert all(identifier.endswith(".1@courrier.example>") for identifier in identifiers)
