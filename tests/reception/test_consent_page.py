"""A person answers on a page of her own whether she accepts electronic registered letters."""

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from config import Config
from webapp.accounts.models import User
from webapp.contacts import answers, asking, consents
from webapp.contacts.consent_models import ConsentRequest, RequestState
from webapp.contacts.consent_states import state_of
from webapp.evidence.journal import entries, organisation_chain
from webapp.evidence.kinds import EventKind
from webapp.evidence.models import JournalEntry
from webapp.letters.models import Addressee
from webapp.letters.submission import AwaitedConsent, FrozenRecipient, Submission, submit

pytestmark = pytest.mark.slow

LOUISE = "louise@x.example"
AGREED = {"agreed": "y"}
SCANNERS = ("GoogleImageProxy", "Mozilla/5.0 (Microsoft Defender)", "Barracuda", "")


@pytest.fixture
def asked(session: scoped_session[Session], administrator: User, config: Config) -> ConsentRequest:
    now = datetime.now(UTC) - timedelta(days=1)
    user = administrator
    who = asking.asking(session, config, user.organisation_id, user.id, 15)
    request = asking.ask(session, who, [LOUISE], now)[LOUISE]
    request.sent_at, request.ends_at = now, asking.ends_at(now, 15)
    request.due_at = request.ends_at
    session.commit()
    return request


@pytest.fixture
def address(config: Config, asked: ConsentRequest) -> str:
    key = asking.key_of(config)
    return f"/accord/{asking.token(key, asked.number, asked.generation)}"


@pytest.fixture
def over(session: scoped_session[Session], asked: ConsentRequest) -> None:
    """The time to answer is over, and the worker has not said so yet."""
    asked.ends_at = datetime.now(UTC) - timedelta(minutes=1)
    session.commit()


def standing(session: scoped_session[Session], asked: ConsentRequest) -> str:
    session.rollback()
    session.expire_all()
    return state_of(session, asked.organisation_id, asked.email).standing


def test_the_page_says_who_asks_what_agreeing_does_and_that_paper_stays_possible(
    client: FlaskClient, address: str, asked: ConsentRequest
) -> None:
    answer = client.get(address)
    assert answer.status_code == 200
    for words in ("Les Amis du Lavoir", LOUISE, "quinze jours", "sur papier", "Refuser"):
        assert words in answer.text
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "<script" not in answer.text


def test_the_page_speaks_english_and_remembers_it(
    client: FlaskClient, session: scoped_session[Session], address: str
) -> None:
    english = client.get(address, headers={"Accept-Language": "en"}).text
    assert "Do you accept electronic registered letters?" in english
    assert client.post(f"{address}/langue", data={"language": "en"}).status_code == 303
    assert '<html lang="en">' in client.get(address, headers={"Accept-Language": "fr"}).text
    assert client.post(f"{address}/langue", data={"language": "xx"}).status_code == 400


def test_opening_the_page_changes_nothing_however_often_and_whatever_opens_it(
    client: FlaskClient, session: scoped_session[Session], address: str, asked: ConsentRequest
) -> None:
    for number in range(200):
        agent = {"User-Agent": SCANNERS[number % 4]}
        page = address if number % 3 else f"{address}/retirer"
        (client.get if number % 2 else client.head)(page, headers=agent)
    assert standing(session, asked) == "pending"
    assert session.scalar(select(func.count(JournalEntry.id))) == 0


def test_who_ticks_and_presses_gives_a_consent_that_serves(
    client: FlaskClient, session: scoped_session[Session], address: str, asked: ConsentRequest
) -> None:
    answer = client.post(f"{address}/accorder", data=AGREED, headers={"User-Agent": "Firefox"})
    assert answer.status_code == 303
    assert "Vous avez accepté" in client.get(answer.location).text
    assert standing(session, asked) == "given"
    assert consents.consented(session, asked.organisation_id, [LOUISE]) == {LOUISE}
    (event,) = entries(session, organisation_chain(asked.organisation_id))
    assert event.facts is not None
    assert (event.facts["ip"], event.facts["user_agent"]) == ("127.0.0.1", "Firefox")


def test_a_button_that_a_machine_presses_without_the_box_gives_nothing(
    client: FlaskClient, session: scoped_session[Session], address: str, asked: ConsentRequest
) -> None:
    answer = client.post(f"{address}/accorder")
    assert answer.status_code == 422
    assert "Cochez la case" in answer.text
    assert standing(session, asked) == "pending"


def test_who_refuses_may_change_her_mind_until_the_time_is_over(
    client: FlaskClient, session: scoped_session[Session], address: str, asked: ConsentRequest
) -> None:
    client.post(f"{address}/refuser")
    assert standing(session, asked) == "refused"
    page = client.get(address).text
    assert "Vous avez refusé" in page
    assert "changer d’avis" in page
    client.post(f"{address}/accorder", data=AGREED)
    assert standing(session, asked) == "given"


def test_after_the_time_nothing_can_be_answered(
    client: FlaskClient,
    session: scoped_session[Session],
    address: str,
    asked: ConsentRequest,
    over: None,
) -> None:
    assert "Le délai pour répondre est terminé" in client.get(address).text
    client.post(f"{address}/accorder", data=AGREED)
    client.post(f"{address}/refuser")
    assert standing(session, asked) == "pending"
    assert session.scalar(select(func.count(JournalEntry.id))) == 0


def test_a_consent_is_taken_back_on_the_same_page_long_after(
    client: FlaskClient, session: scoped_session[Session], address: str, asked: ConsentRequest
) -> None:
    client.post(f"{address}/accorder", data=AGREED)
    session.rollback()
    session.refresh(asked)
    asked.ends_at = datetime.now(UTC) - timedelta(days=300)
    session.commit()
    assert "Retirer votre accord" in client.get(f"{address}/retirer").text
    client.post(f"{address}/retirer")
    assert standing(session, asked) == "withdrawn"
    assert "Vous avez retiré votre accord" in client.get(address).text
    kinds = [one.kind for one in entries(session, organisation_chain(asked.organisation_id))]
    assert kinds == [EventKind.CONSENT_GIVEN, EventKind.CONSENT_WITHDRAWN]
    assert client.get(f"{address}/retirer").status_code == 303


def test_a_consent_lets_the_letter_that_waits_for_it_leave_in_the_same_moment(
    client: FlaskClient,
    session: scoped_session[Session],
    administrator: User,
    address: str,
    asked: ConsentRequest,
) -> None:
    awaits = AwaitedConsent(asked.id, asked.number)
    louise = FrozenRecipient("Louise", LOUISE, "individual", "", "", awaits=awaits)
    letter = submit(
        session,
        Submission(
            organisation=administrator.organisation,
            author=administrator,
            subject="Convocation",
            message="Rendez-vous le 12 avril.",
            is_trial=False,
            recipients=[louise],
            key="une-clef",
            token_key=b"x" * 32,
            host="courrier.example",
        ),
        datetime.now(UTC),
    )
    session.commit()
    client.post(f"{address}/accorder", data=AGREED)
    session.rollback()
    addressee = session.scalars(select(Addressee).where(Addressee.letter_id == letter.id)).one()
    assert addressee.state == "submitted"
    assert addressee.due_at is not None
    assert addressee.consent_request_id is None
    assert "par la personne elle-même" in addressee.consent


@pytest.mark.parametrize("secret", ["inconnu", "x" * 43, "%00"])
def test_an_address_that_is_nobodys_is_not_found(
    client: FlaskClient, organisation: object, secret: str
) -> None:
    assert client.get(f"/accord/{secret}").status_code == 404
    assert client.post(f"/accord/{secret}/accorder", data=AGREED).status_code == 404


def test_an_earlier_link_still_serves_while_a_newer_request_waits(
    client: FlaskClient,
    session: scoped_session[Session],
    administrator: User,
    config: Config,
    address: str,
    asked: ConsentRequest,
) -> None:
    client.post(f"{address}/refuser")
    user = administrator
    who = asking.asking(session, config, user.organisation_id, user.id, 15)
    newer = asking.ask(session, who, [LOUISE], datetime.now(UTC))[LOUISE]
    session.commit()
    client.post(f"{address}/accorder", data=AGREED)
    assert standing(session, asked) == "given"
    assert newer.state == RequestState.SETTLED


def test_a_consent_that_is_given_and_taken_back_again_and_again_fills_no_journal(
    client: FlaskClient, session: scoped_session[Session], address: str, asked: ConsentRequest
) -> None:
    for _time in range(5):
        assert client.post(f"{address}/accorder", data=AGREED).status_code == 303
        client.post(f"{address}/retirer")
    answer = client.post(f"{address}/accorder", data=AGREED)
    assert answer.status_code == 429
    assert "Vous avez changé d’avis bien des fois" in answer.text
    assert standing(session, asked) == "withdrawn"
    assert session.scalar(select(func.count(JournalEntry.id))) == 10


def test_a_request_that_was_taken_back_says_so_and_takes_no_answer(
    client: FlaskClient, session: scoped_session[Session], address: str, asked: ConsentRequest
) -> None:
    assert answers.take_back(session, asked, "Odile Secrète", datetime.now(UTC))
    session.commit()
    page = client.get(address)
    assert page.status_code == 200
    assert "Cette demande a été retirée" in page.text
    assert "Les Amis du Lavoir a retiré sa demande" in page.text
    assert "Odile Secrète" not in page.text
    for way in ("accorder", "refuser"):
        answer = client.post(f"{address}/{way}", data=AGREED)
        assert "Cette demande a été retirée" in client.get(answer.location).text
    assert f'action="{address}/accorder"' not in page.text
    assert standing(session, asked) == "taken_back"
    assert consents.consented(session, asked.organisation_id, [LOUISE]) == set()
    story = entries(session, organisation_chain(asked.organisation_id))
    assert [event.kind for event in story] == [EventKind.CONSENT_REQUEST_TAKEN_BACK]


def test_the_page_of_a_new_request_takes_the_answer_that_the_old_one_does_not(
    client: FlaskClient,
    session: scoped_session[Session],
    administrator: User,
    config: Config,
    address: str,
    asked: ConsentRequest,
) -> None:
    now = datetime.now(UTC)
    answers.take_back(session, asked, "Odile", now)
    who = asking.asking(session, config, asked.organisation_id, administrator.id, 15)
    new = asking.ask(session, who, [LOUISE], now)[LOUISE]
    session.commit()
    assert new.generation == 2
    secret = asking.token(who.key, new.number, new.generation)
    client.post(f"{address}/accorder", data=AGREED)
    assert standing(session, asked) == "pending"
    client.post(f"/accord/{secret}/accorder", data=AGREED)
    assert standing(session, asked) == "given"
