"""Requests for consent leave by the worker, and letters wait for what is answered."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from config import Config
from tests.conftest import Browser
from tests.delivery.conftest import HandOver, MailServer
from webapp.accounts.models import User
from webapp.accounts.pace import Limits, set_limits
from webapp.contacts import answers, asking, consents
from webapp.contacts.asking import Asking
from webapp.contacts.consent_models import ConsentRequest, RequestState
from webapp.delivery import awaited, consent_requests, pausing
from webapp.delivery.reasons import told
from webapp.delivery.tasks import do_all_due
from webapp.evidence.journal import entries, organisation_chain
from webapp.evidence.kinds import EventKind
from webapp.letters import departure
from webapp.letters.models import Addressee
from webapp.letters.submission import AwaitedConsent, FrozenRecipient

pytestmark = pytest.mark.slow

LOUISE = "louise@x.example"
CLIENT = {"ip": "192.0.2.7", "user_agent": "Un navigateur"}
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)
Server = Callable[..., tuple[MailServer, dict[str, Any]]]


class Days:
    """A clock that stands until it is told."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Days:
    return Days()


@pytest.fixture
def server(mail_server: Server, configure: Callable[..., Config]) -> MailServer:
    started, settings = mail_server()
    configure(**settings)
    return started


@pytest.fixture
def who(session: scoped_session[Session], administrator: User, config: Config) -> Asking:
    return asking.asking(session, config, administrator.organisation_id, administrator.id, 15)


@pytest.fixture
def asked(session: scoped_session[Session], who: Asking) -> ConsentRequest:
    request = asking.ask(session, who, [LOUISE], NOW)[LOUISE]
    session.commit()
    return request


@pytest.fixture
def waiting(hand_over: HandOver, asked: ConsentRequest) -> Addressee:
    """A real letter to Louise, who is asked first."""
    awaits = AwaitedConsent(asked.id, asked.number)
    louise = FrozenRecipient("Louise", LOUISE, "individual", "", "", awaits=awaits)
    letter = hand_over(LOUISE, recipients=[louise], is_trial=False)
    return letter.addressees[0]


def again(session: scoped_session[Session], row: Any) -> Any:
    session.rollback()
    session.refresh(row)
    return row


def texts(server: MailServer) -> list[str]:
    return [message.get_body(("plain",)).get_content() for message in server.messages]


def test_the_mail_says_who_asks_what_it_means_until_when_and_where_to_answer(
    session: scoped_session[Session],
    server: MailServer,
    asked: ConsentRequest,
    who: Asking,
    clock: Days,
) -> None:
    do_all_due(clock)
    do_all_due(clock)
    (message,) = server.messages
    (text,) = texts(server)
    assert message["To"] == LOUISE
    assert message["Message-ID"] == asked.message_id
    assert "Les Amis du Lavoir demande votre accord" in message["Subject"]
    assert asked.organisation.email in message["Reply-To"]
    secret = asking.token(who.key, asked.number, asked.generation)
    assert f"https://courrier.example/accord/{secret}" in text
    assert "mardi 17 mars 2026" in text
    assert "sur papier" in text
    again(session, asked)
    assert asked.sent_at == NOW
    assert asked.ends_at == asked.due_at == datetime(2026, 3, 17, 23, tzinfo=UTC)
    (event,) = entries(session, organisation_chain(asked.organisation_id))
    assert event.kind == EventKind.CONSENT_REQUESTED
    assert event.facts is not None
    assert event.facts["message_id"] == asked.message_id
    assert event.facts["server"].startswith("250")


def test_the_mail_speaks_the_organisations_language(
    session: scoped_session[Session], server: MailServer, asked: ConsentRequest, clock: Days
) -> None:
    asked.organisation.language = "en"
    session.commit()
    do_all_due(clock)
    assert "No answer is a refusal." in texts(server)[0]


def test_without_an_answer_in_time_it_is_a_refusal(
    session: scoped_session[Session],
    server: MailServer,
    asked: ConsentRequest,
    waiting: Addressee,
    clock: Days,
) -> None:
    do_all_due(clock)
    clock.now = datetime(2026, 3, 17, 22, 59, tzinfo=UTC)
    do_all_due(clock)
    assert again(session, asked).state == RequestState.PENDING
    clock.now = datetime(2026, 3, 17, 23, tzinfo=UTC)
    do_all_due(clock)
    assert again(session, asked).state == RequestState.UNANSWERED
    assert again(session, waiting).state == "failed"
    assert "Pas de réponse" in told(waiting.problem)
    assert len(server.messages) == 1, "only the request left"


@pytest.mark.parametrize("times", [1, 3])
def test_a_letter_leaves_by_itself_when_the_consent_comes_and_tells_which(
    session: scoped_session[Session],
    server: MailServer,
    asked: ConsentRequest,
    waiting: Addressee,
    clock: Days,
    times: int,
) -> None:
    for _ in range(times):
        do_all_due(clock)
    assert again(session, waiting).state == "submitted"
    assert len(server.messages) == 1
    answers.give(session, again(session, asked), CLIENT, clock())
    awaited.settle(session, asked.organisation_id, asked.email, clock())
    session.commit()
    do_all_due(clock)
    assert again(session, waiting).state == "notified"
    assert "par la personne elle-même" in waiting.consent
    assert len(server.messages) == 2
    story = entries(session, f"letter:{waiting.letter.number}")
    obtained = next(one for one in story if one.kind == EventKind.CONSENT_OBTAINED)
    assert obtained.facts == {"email": LOUISE, "consent": waiting.consent, "number": asked.number}
    kinds = [one.kind for one in story]
    assert kinds.index(EventKind.CONSENT_OBTAINED) < kinds.index(
        EventKind.NOTIFICATION_FOR_ACCEPTANCE
    )


def test_an_answer_that_a_crash_cut_off_from_its_letter_is_followed_by_the_worker(
    session: scoped_session[Session],
    server: MailServer,
    asked: ConsentRequest,
    waiting: Addressee,
    administrator: User,
    clock: Days,
) -> None:
    organisation_id = asked.organisation_id
    consents.declare(session, organisation_id, [LOUISE], "bulletin", administrator.id, NOW)
    session.commit()
    do_all_due(clock)
    assert again(session, waiting).state == "notified"
    assert waiting.consent == "bulletin"
    assert len(server.messages) == 1, "nobody is asked what he has already said"


def test_a_letter_that_is_refused_fails_and_says_that_paper_is_possible(
    session: scoped_session[Session],
    server: MailServer,
    asked: ConsentRequest,
    waiting: Addressee,
    clock: Days,
) -> None:
    do_all_due(clock)
    answers.refuse(session, again(session, asked), CLIENT, clock())
    awaited.settle(session, asked.organisation_id, asked.email, clock())
    session.commit()
    assert again(session, waiting).state == "failed"
    assert "refusé" in told(waiting.problem)
    assert "papier" in told(waiting.problem)
    do_all_due(clock)
    assert len(server.messages) == 1


def test_a_consent_waits_with_its_letter_for_the_date_on_which_that_leaves(
    session: scoped_session[Session],
    server: MailServer,
    asked: ConsentRequest,
    waiting: Addressee,
    clock: Days,
) -> None:
    waiting.letter.leaves_at = NOW + 5 * DAY
    session.commit()
    departure.change(session, waiting.letter, NOW + DAY, "Odile", NOW)
    session.commit()
    clock.now = NOW + 2 * DAY
    do_all_due(clock)
    assert again(session, waiting).state == "submitted", "a new date is no consent"
    waiting.letter.leaves_at = NOW + 5 * DAY
    answers.give(session, asked, CLIENT, clock())
    awaited.settle(session, asked.organisation_id, asked.email, clock())
    session.commit()
    do_all_due(clock)
    assert again(session, waiting).state == "submitted"
    clock.now = NOW + 5 * DAY
    do_all_due(clock)
    assert again(session, waiting).state == "notified"


def test_nothing_is_due_for_who_is_still_asked_whatever_stands_in_the_row(
    session: scoped_session[Session], server: MailServer, waiting: Addressee, clock: Days
) -> None:
    waiting.due_at = NOW - DAY
    session.commit()
    do_all_due(clock)
    assert again(session, waiting).state == "submitted"
    assert len(server.messages) == 1


def test_a_request_that_is_refused_by_the_server_says_why_and_its_letter_fails(
    session: scoped_session[Session],
    server: MailServer,
    asked: ConsentRequest,
    waiting: Addressee,
    clock: Days,
) -> None:
    server.refused = {LOUISE: "550 5.1.1 No such user"}
    do_all_due(clock)
    assert again(session, asked).state == RequestState.FAILED
    assert "No such user" in asked.problem
    assert again(session, waiting).state == "failed"
    assert "n’a pas pu être remise" in told(waiting.problem)
    assert "No such user" in told(waiting.problem)


def test_a_request_that_is_put_off_is_tried_again_with_pauses_and_given_up_after_two_days(
    session: scoped_session[Session], server: MailServer, asked: ConsentRequest, clock: Days
) -> None:
    server.refused = {LOUISE: "450 4.2.1 Later"}
    do_all_due(clock)
    assert again(session, asked).attempts == 1
    assert asked.due_at is not None
    assert asked.due_at > NOW
    clock.now = NOW + 3 * DAY
    do_all_due(clock)
    assert again(session, asked).state == RequestState.FAILED


def test_requests_wait_for_the_mail_server_the_limits_and_the_pause(
    session: scoped_session[Session],
    mail_server: Server,
    configure: Callable[..., Config],
    asked: ConsentRequest,
    who: Asking,
    administrator: User,
    clock: Days,
) -> None:
    do_all_due(clock)
    assert again(session, asked).sent_at is None
    server, settings = mail_server()
    configure(**settings)
    pausing.pause_all(session, administrator, clock())
    session.commit()
    do_all_due(clock)
    assert server.messages == []
    pausing.resume_all(session, administrator, clock())
    set_limits(session, Limits(per_minute=2))
    asking.ask(session, who, ["paul@x.example"], NOW)
    session.commit()
    do_all_due(clock)
    assert len(server.messages) == 1
    clock.now = NOW + timedelta(minutes=1)
    do_all_due(clock)
    assert len(server.messages) == 2


def test_a_crash_after_the_mail_left_sends_the_same_mail_once_more(
    session: scoped_session[Session],
    server: MailServer,
    asked: ConsentRequest,
    clock: Days,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def crash(*_arguments: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(consent_requests, "append", crash)
        with pytest.raises(KeyboardInterrupt):
            do_all_due(clock)
    session.rollback()
    do_all_due(clock)
    assert len(server.messages) == 1, "its lease still runs"
    clock.now = NOW + timedelta(hours=2)
    do_all_due(clock)
    first, second = server.messages
    assert first["Message-ID"] == second["Message-ID"]
    assert again(session, asked).sent_at == clock.now
    rows = session.scalars(select(ConsentRequest)).all()
    assert len(rows) == 1


def test_a_letter_that_waited_for_a_request_that_was_taken_back_fails_and_says_what_to_do(
    session: scoped_session[Session],
    server: MailServer,
    asked: ConsentRequest,
    waiting: Addressee,
    browser: Browser,
    clock: Days,
) -> None:
    do_all_due(clock)
    answers.take_back(session, again(session, asked), "Odile", clock())
    session.commit()
    page = f"/courriers/{waiting.letter.number}"
    assert "la demande d’accord a été retirée" in browser.get(page).text
    do_all_due(clock)
    assert again(session, waiting).state == "failed"
    shown = browser.get(page).text
    assert "Votre association a retiré sa demande d’accord" in shown
    assert "Envoyer sur papier à la place" in shown
    clock.now = NOW + 20 * DAY
    do_all_due(clock)
    assert again(session, asked).state == RequestState.TAKEN_BACK
    assert [one["To"] for one in server.messages].count(LOUISE) == 1


def test_a_request_that_was_taken_back_before_it_left_does_not_leave(
    session: scoped_session[Session], server: MailServer, asked: ConsentRequest, clock: Days
) -> None:
    answers.take_back(session, asked, "Odile", clock())
    session.commit()
    do_all_due(clock)
    assert server.messages == []
