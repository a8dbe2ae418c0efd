from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from tests.reception.answering import ANSWER, ask_code
from webapp.evidence.journal import addressee_subject, entries_about, letter_chain
from webapp.evidence.kinds import EventKind
from webapp.evidence.models import JournalEntry
from webapp.letters.models import Addressee

Waiting = Callable[..., tuple[Addressee, str]]
SECRETS = ("Les Amis du Lavoir", "bureau@lavoir.example", "Convocation", "Rendez-vous", "Odile")


def state(session: scoped_session[Session], addressee: Addressee) -> str:
    session.expire_all()
    return addressee.state


def kinds(session: scoped_session[Session], addressee: Addressee) -> list[EventKind]:
    chain = letter_chain(addressee.letter.number)
    return [e.kind for e in entries_about(session, chain, addressee_subject(addressee.number))]


def test_the_page_says_that_a_letter_waits_and_hides_sender_and_content(
    client: FlaskClient, waiting: Waiting
) -> None:
    addressee, address = waiting()
    page = client.get(address)
    assert page.status_code == 200
    assert "Un courrier recommandé vous attend" in page.text
    assert addressee.number in page.text
    assert [secret for secret in SECRETS if secret in page.text] == []


def test_a_letter_that_names_its_sender_names_him_and_still_hides_the_content(
    client: FlaskClient, waiting: Waiting
) -> None:
    _, address = waiting(names_sender=True)
    page = client.get(address).text
    assert "Les Amis du Lavoir" in page
    assert "Rendez-vous" not in page


@pytest.mark.parametrize("agent", ["Mozilla/5.0", "Microsoft Office Link Scanner", ""])
def test_opening_the_page_changes_nothing_however_often(
    client: FlaskClient, session: scoped_session[Session], waiting: Waiting, agent: str
) -> None:
    addressee, address = waiting()
    before = session.scalar(select(func.count()).select_from(JournalEntry))
    for _ in range(3):
        assert client.get(address, headers={"User-Agent": agent}).status_code == 200
        assert client.head(address, headers={"User-Agent": agent}).status_code == 200
        assert client.get(f"{address}/refuser").location == address
    assert client.get(f"{address}/accepter").status_code == 405
    assert state(session, addressee) == "notified"
    assert session.scalar(select(func.count()).select_from(JournalEntry)) == before


def test_accepting_hands_the_content_over_and_tells_who_the_sender_is(
    client: FlaskClient, session: scoped_session[Session], waiting: Waiting
) -> None:
    addressee, address = waiting()
    headers = {"User-Agent": "x" * 500}
    given = {**ANSWER, "code": ask_code(client, address)}
    answer = client.post(f"{address}/accepter", data=given, headers=headers)
    assert (answer.status_code, answer.location) == (303, address)
    page = client.get(address).text
    assert "Rendez-vous à la mairie." in page
    assert "Les Amis du Lavoir" in page
    assert state(session, addressee) == "accepted"
    chain = letter_chain(addressee.letter.number)
    told = entries_about(session, chain, addressee_subject(addressee.number))[-2]
    assert told.kind == EventKind.CONSIGNMENT_ACCEPTANCE
    assert told.facts is not None
    facts = dict(told.facts)
    control = facts.pop("control")
    assert control["means"] == "code sent to the address"
    assert control["code_sent_at"] < control["proven_at"] < told.occurred_at.isoformat()
    assert facts == {
        "email": "louise@courriel.example",
        "declared_name": "Louise Blanc",
        "ip": "127.0.0.1",
        "user_agent": "x" * 300,
    }


@pytest.mark.parametrize(
    ("missing", "field"), [("declared_name", "declared_name"), ("entitled", "entitled")]
)
def test_accepting_without_saying_who_one_is_changes_nothing_and_says_what_is_missing(
    client: FlaskClient,
    session: scoped_session[Session],
    waiting: Waiting,
    missing: str,
    field: str,
) -> None:
    addressee, address = waiting()
    given = {**ANSWER, missing: "", "code": ask_code(client, address)}
    if missing == "entitled":
        del given[missing]
    answer = client.post(f"{address}/accepter", data=given)
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert state(session, addressee) == "notified"


def test_refusing_asks_once_and_then_shows_neither_content_nor_sender_ever(
    client: FlaskClient, session: scoped_session[Session], waiting: Waiting
) -> None:
    addressee, address = waiting()
    given = {**ANSWER, "code": ask_code(client, address)}
    asked = client.post(f"{address}/refuser", data=given, follow_redirects=True)
    assert "Un refus ne peut pas être repris" in asked.text
    assert [secret for secret in SECRETS if secret in asked.text] == []
    assert state(session, addressee) == "notified"
    client.post(f"{address}/refuser/confirmer")
    assert state(session, addressee) == "rejected"
    assert client.post(f"{address}/accepter", data=ANSWER).status_code == 303
    assert state(session, addressee) == "rejected"
    for path in (address, f"{address}/refuser"):
        page = client.get(path, follow_redirects=True).text
        assert "Vous avez refusé ce courrier" in page
        assert [secret for secret in SECRETS if secret in page] == []


def test_a_second_press_writes_no_second_event(
    client: FlaskClient, session: scoped_session[Session], waiting: Waiting
) -> None:
    addressee, address = waiting()
    given = {**ANSWER, "code": ask_code(client, address)}
    for _ in range(3):
        assert client.post(f"{address}/accepter", data=given).status_code == 303
    client.post(f"{address}/refuser", data=given)
    client.post(f"{address}/refuser/confirmer")
    assert state(session, addressee) == "accepted"
    assert kinds(session, addressee).count(EventKind.CONSIGNMENT_ACCEPTANCE) == 1
    assert EventKind.CONSIGNMENT_REJECTION not in kinds(session, addressee)


def test_once_the_fifteen_days_are_over_nobody_can_answer_or_read(
    client: FlaskClient, session: scoped_session[Session], waiting: Waiting
) -> None:
    addressee, address = waiting(days_ago=17)
    assert "Le temps pour répondre est passé" in client.get(address).text
    for word in ("code", "accepter", "refuser", "refuser/confirmer"):
        assert client.post(f"{address}/{word}", data=ANSWER).location == address
    assert state(session, addressee) == "notified", "the worker alone records the expiry"
    page = client.get(address).text
    assert [secret for secret in SECRETS if secret in page] == []


def test_an_address_that_was_not_given_out_opens_nothing(
    client: FlaskClient, waiting: Waiting
) -> None:
    _, address = waiting()
    changed = address[:-1] + ("A" if address[-1] != "A" else "B")
    for wrong in (changed, "/r/x", f"{changed}/refuser"):
        assert client.get(wrong).status_code == 404
    assert client.post(f"{changed}/accepter", data=ANSWER).status_code == 404


def test_the_secret_address_is_given_to_no_other_site_and_no_cache(
    client: FlaskClient, waiting: Waiting
) -> None:
    _, address = waiting()
    headers = client.get(address).headers
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Robots-Tag"] == "noindex, nofollow"
    assert headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in headers


def test_the_recipients_pages_lead_to_no_page_of_the_staff(
    client: FlaskClient, waiting: Waiting
) -> None:
    _, address = waiting()
    asked = client.post(f"{address}/refuser", data={**ANSWER, "code": ask_code(client, address)})
    pages = client.get(address).text + client.get(asked.location).text
    for staff in ("/groupes", "/courriers", "/connexion", "/envoyer", 'href="/"'):
        assert staff not in pages


def test_a_stated_name_is_kept_as_it_can_be_read_on_one_line(
    client: FlaskClient, session: scoped_session[Session], waiting: Waiting
) -> None:
    addressee, address = waiting()
    code = ask_code(client, address)
    typed = "Lou\0ise\r\nBcc: x@y.example\u202e Blanc"
    answer = client.post(
        f"{address}/accepter", data={**ANSWER, "code": code, "declared_name": typed}
    )
    assert answer.status_code == 303
    events = entries_about(
        session, letter_chain(addressee.letter.number), addressee_subject(addressee.number)
    )
    named = {event.facts["declared_name"] for event in events if "declared_name" in event.facts}
    assert named == {"Louise Bcc: x@y.example Blanc"}
