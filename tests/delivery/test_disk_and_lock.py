"""A full disk, or another program that holds the database: nothing is lost, nobody gets two."""

import sqlite3
import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, scoped_session

from config import Config
from tests.conftest import Browser
from tests.delivery.conftest import HandOver, MailServer
from webapp.delivery.dispatch import carry_due
from webapp.extensions import db
from webapp.letters.models import Addressee

pytestmark = [pytest.mark.sqlite, pytest.mark.slow]

Start = Callable[..., tuple[MailServer, dict[str, Any]]]
Configure = Callable[..., Config]
AnySession = scoped_session[Session]


@pytest.fixture
def impatient(session: AnySession) -> None:
    """Wait a tenth of a second for who holds the database, not fifteen."""

    def configure(connection: Any, _record: Any, _proxy: Any) -> None:
        connection.execute("PRAGMA busy_timeout = 100")

    event.listen(db.engine, "checkout", configure)


class Holder:
    """Another program that takes SQLite's lock, and lets go of it."""

    def __init__(self, config: Config) -> None:
        path = config.data_directory / "plirec.sqlite"
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)

    def hold(self) -> None:
        self._connection.execute("PRAGMA busy_timeout = 5000")
        self._connection.execute("BEGIN IMMEDIATE")

    def let_go(self) -> None:
        self._connection.execute("ROLLBACK")

    def close(self) -> None:
        self._connection.close()


@pytest.mark.usefixtures("impatient")
def test_while_the_database_is_held_nothing_leaves_and_afterwards_everything_once(
    session: AnySession, mail_server: Start, configure: Configure, hand_over: HandOver
) -> None:
    server, settings = mail_server()
    letter = hand_over("a@x.example", "b@x.example", is_trial=False)
    config = configure(**settings)
    other = Holder(config)
    other.hold()
    with pytest.raises(OperationalError, match="locked"):
        carry_due(config)
    session.rollback()
    other.let_go()
    assert server.messages == []
    carry_due(config)
    other.close()
    session.expire_all()
    assert [addressee.state for addressee in letter.addressees] == ["notified"] * 2
    assert len(server.messages) == 2


@pytest.mark.usefixtures("impatient")
def test_a_message_that_left_while_the_database_was_held_is_written_down_and_leaves_once(
    session: AnySession, mail_server: Start, configure: Configure, hand_over: HandOver
) -> None:
    server, settings = mail_server()
    letter = hand_over("a@x.example", "b@x.example", is_trial=False)
    config = configure(**settings)
    other = Holder(config)
    keep = server.handle_message

    def take_and_hold(message: Any) -> None:
        keep(message)
        if len(server.messages) == 1:
            other.hold()
            threading.Timer(1, other.let_go).start()

    server.handle_message = take_and_hold  # type: ignore[method-assign]
    carry_due(config)
    other.close()
    session.expire_all()
    assert [addressee.state for addressee in letter.addressees] == ["notified"] * 2
    assert len(server.messages) == 2


def test_on_a_full_database_the_page_says_so_and_the_run_ends_without_sending_more(
    session: AnySession,
    mail_server: Start,
    configure: Configure,
    hand_over: HandOver,
    browser: Browser,
) -> None:
    server, settings = mail_server()
    hand_over(*(f"m{number}@x.example" for number in range(40)), is_trial=False)
    config = configure(**settings)
    token = browser.token()

    def fill(connection: Any, _record: Any, _proxy: Any) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")

    session.remove()
    event.listen(db.engine, "checkout", fill)
    with pytest.raises(OperationalError, match="full"):
        carry_due(config)
    taken = len(server.messages)
    forms = [{"csrf_token": token, "name": f"{number:099}"} for number in range(99)]
    answers = [browser.client.post("/groupes", data=form) for form in forms]
    full = next(answer for answer in answers if answer.status_code != 303)
    assert full.status_code == 507
    assert "Rien de ce qui était enregistré n’est perdu" in full.text
    event.remove(db.engine, "checkout", fill)
    session.remove()
    session.execute(text("PRAGMA max_page_count = 1000000"))
    session.query(Addressee).filter_by(state="submitted").update({"leased_until": None})
    session.commit()
    carry_due(config)
    assert set(session.scalars(select(Addressee.state))) == {"notified"}
    received = Counter(message["To"] for message in server.messages)
    assert taken < 40, "it stopped"
    assert len(received) == 40, "nobody is forgotten"
    assert received.total() <= 41, "only what could not be written down comes twice"
