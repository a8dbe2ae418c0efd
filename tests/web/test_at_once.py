"""What two people do at the same moment: one of them comes first, and the other sees it."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session, scoped_session

from config import Config
from tests.conftest import NOW
from tests.reception.answering import ANSWER, ask_code
from tests.reception.conftest import waiting
from webapp import keys
from webapp.accounts import attempts
from webapp.accounts.models import AttemptCount, User
from webapp.accounts.organisations import work_alone
from webapp.contacts import book
from webapp.contacts.models import Contact, Group
from webapp.contacts.rules import check
from webapp.database import AnySession
from webapp.evidence.integrity import verify_chain
from webapp.evidence.journal import Event, append, entries, organisation_chain
from webapp.evidence.kinds import EventKind
from webapp.extensions import db
from webapp.letters.models import Addressee, Letter
from webapp.letters.submission import FrozenRecipient, Submission, submit
from webapp.reception.models import AddressCode

__all__ = ["waiting"]

PERSON = {"last_name": "Blanc", "status": "professional"}
Together = Callable[[Iterable[Callable[[AnySession], Any]]], list[Any]]


@pytest.fixture
def together(app: Flask, session: scoped_session[Session]) -> Together:
    """Do several things at once, each as a process of its own would, and give what came of each."""

    def run(acts: Iterable[Callable[[AnySession], Any]]) -> list[Any]:
        session.rollback()
        doing = list(acts)
        start = Barrier(len(doing))

        def alone(act: Callable[[AnySession], Any]) -> Any:
            with app.app_context():
                start.wait()
                result = act(db.session)
                db.session.commit()
                return result

        with ThreadPoolExecutor(len(doing)) as pool:
            at_work = [pool.submit(Context().run, alone, act) for act in doing]
            return [one.result() for one in at_work]

    return run


def test_one_press_of_send_that_arrives_twice_makes_one_letter(
    session: scoped_session[Session], together: Together, administrator: User, config: Config
) -> None:
    author, organisation = administrator.id, administrator.organisation_id
    session.rollback()

    def press(session: AnySession) -> str:
        work_alone(session, organisation)
        user = session.get_one(User, author)
        recipients = [FrozenRecipient("Marie Roux", "marie@x.example", "professional", "", "")]
        secret = keys.secret(config.keys_directory, "recipients")
        letter = submit(
            session,
            Submission(
                user.organisation, user, "Convocation", "", True, recipients, "k", secret, "x.test"
            ),
            NOW,
        )
        return letter.number

    assert len(set(together([press] * 4))) == 1
    assert session.scalar(select(func.count()).select_from(Letter)) == 1
    assert session.scalar(select(func.count()).select_from(Addressee)) == 1


def test_attempts_made_at_once_are_all_counted(
    session: scoped_session[Session], together: Together, app: Flask
) -> None:
    def attempt(session: AnySession) -> None:
        attempts.count(session, "password", "odile@lavoir.example", "192.0.2.7", NOW)

    together([attempt] * 5)
    assert session.scalars(select(AttemptCount.count)).all() == [5, 5]


def test_contacts_that_are_added_at_once_have_each_a_number(
    session: scoped_session[Session], together: Together, administrator: User
) -> None:
    organisation = administrator.organisation_id
    group = book.create_group(session, organisation, "Adhérents", NOW)
    session.commit()
    number = group.id

    def adding(name: str) -> Callable[[AnySession], None]:
        recipient = check({**PERSON, "email": f"{name}@x.example"}).recipient
        assert recipient is not None

        def add(session: AnySession) -> None:
            book.add_contact(session, session.get_one(Group, number), recipient, NOW)

        return add

    together([adding(name) for name in ("Blanc", "Noir", "Roux", "Petit")])
    assert session.scalar(select(func.count(Contact.id.distinct()))) == 4


def test_a_chain_that_many_extend_at_once_stays_whole(
    session: scoped_session[Session], together: Together, administrator: User
) -> None:
    chain = organisation_chain(administrator.organisation_id)

    def declare(session: AnySession) -> None:
        append(session, chain, [Event(EventKind.CONSENT_DECLARED, chain, {"email": "a@x"})], NOW)

    together([declare] * 6)
    assert [entry.sequence for entry in entries(session, chain)] == [1, 2, 3, 4, 5, 6]
    assert verify_chain(session, chain) == []


def test_a_letter_accepted_and_refused_at_once_has_one_answer(
    app: Flask,
    session: scoped_session[Session],
    together: Together,
    waiting: Callable[..., tuple[Addressee, str]],
) -> None:
    addressee, address = waiting()
    clients = [app.test_client() for _ in range(4)]
    for client in clients:
        # Each holds the proof; the two that mean to refuse have been asked whether they do.
        session.execute(delete(AddressCode))
        session.commit()
        given = {**ANSWER, "code": ask_code(client, address)}
        assert client.post(f"{address}/refuser", data=given).status_code == 303

    def answering(client: FlaskClient, word: str) -> Callable[[AnySession], int]:
        return lambda _: client.post(f"{address}/{word}", data=ANSWER).status_code

    words = ("accepter", "refuser/confirmer", "accepter", "refuser/confirmer")
    acts = [answering(client, word) for client, word in zip(clients, words, strict=True)]
    assert together(acts) == [303] * 4
    session.expire_all()
    assert addressee.state in ("accepted", "rejected")
    told = [entry.kind for entry in entries(session, f"letter:{addressee.letter.number}")]
    answers = (EventKind.CONSIGNMENT_ACCEPTANCE, EventKind.CONSIGNMENT_REJECTION)
    assert len([kind for kind in told if kind in answers]) == 1
