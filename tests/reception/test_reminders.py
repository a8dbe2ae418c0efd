from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session, scoped_session

from webapp.evidence.journal import addressee_subject, entries_about, letter_chain
from webapp.evidence.kinds import EventKind
from webapp.letters import steps
from webapp.letters.models import Addressee
from webapp.letters.steps import IllegalStep
from webapp.reception.standing import Standing, standing_of

Waiting = Callable[..., tuple[Addressee, str]]
CLIENT = {"ip": "192.0.2.7", "user_agent": "Un navigateur"}


def stopped(session: scoped_session[Session], addressee: Addressee) -> int:
    session.expire_all()
    chain, subject = letter_chain(addressee.letter.number), addressee_subject(addressee.number)
    told = Counter(event.kind for event in entries_about(session, chain, subject))
    return told[EventKind.REMINDERS_STOPPED]


def test_opening_the_link_stops_nothing_and_pressing_the_button_stops_the_reminders_once(
    client: FlaskClient, session: scoped_session[Session], waiting: Waiting
) -> None:
    addressee, address = waiting()
    page = client.get(f"{address}/rappels").text
    assert "Ne plus recevoir de rappel" in page
    assert "Les Amis du Lavoir" not in page
    assert stopped(session, addressee) == 0
    for _ in range(2):
        page = client.post(f"{address}/rappels", follow_redirects=True).text
        assert "Vous ne recevrez plus de rappel" in page
    assert stopped(session, addressee) == 1
    assert addressee.due_at == addressee.expires_at
    assert addressee.state == "notified", "he may answer as long as before"


def test_a_letter_that_was_answered_has_no_reminders_to_stop(
    client: FlaskClient, session: scoped_session[Session], waiting: Waiting
) -> None:
    addressee, address = waiting()
    steps.reject(session, addressee, CLIENT, datetime.now(UTC))
    session.commit()
    assert client.get(f"{address}/rappels").location == address
    client.post(f"{address}/rappels")
    assert stopped(session, addressee) == 0


@pytest.mark.parametrize("notified", ["2026-03-20", "2026-10-20", "2026-12-20", "2026-06-01"])
def test_one_may_answer_in_the_last_second_and_not_in_the_first_after_it_whatever_the_worker_says(
    session: scoped_session[Session], waiting: Waiting, notified: str
) -> None:
    addressee, _address = waiting()
    addressee.state, addressee.notified_at, addressee.expires_at = "submitted", None, None
    steps.notify(session, addressee, "250", datetime.fromisoformat(f"{notified}T10:00:00+00:00"))
    session.commit()
    end = addressee.expires_at
    assert end is not None
    last = end - timedelta(seconds=1)
    assert standing_of(addressee, end) == Standing.EXPIRED
    with pytest.raises(IllegalStep):
        steps.accept(session, addressee, "Louise", CLIENT, end)
    assert standing_of(addressee, last) == Standing.WAITING
    steps.accept(session, addressee, "Louise", CLIENT, last)
    assert addressee.state == "accepted"
