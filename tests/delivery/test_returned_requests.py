"""A request for consent that comes back has reached nobody: it is no refusal, and pages say so."""

import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session, scoped_session

from config import Config
from tests.conftest import Browser
from tests.delivery import mail_shapes, returned_mail
from tests.delivery.conftest import HandOver, MailServer
from webapp.accounts.models import User
from webapp.contacts import answers, asking, book, failing
from webapp.contacts.consent_models import ConsentRequest, RequestState
from webapp.contacts.rules import check
from webapp.delivery import return_path
from webapp.delivery.reasons import told
from webapp.delivery.returns import TakenIn, take_in
from webapp.delivery.tasks import do_all_due
from webapp.evidence.integrity import verify_chain
from webapp.evidence.journal import entries, organisation_chain
from webapp.letters import steps
from webapp.letters.models import Addressee
from webapp.letters.submission import AwaitedConsent, FrozenRecipient

LOUISE = "louise@absente.example"
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)
CLIENT = {"ip": "192.0.2.7", "user_agent": "Un navigateur"}
ComeBack = Callable[..., TakenIn]


@pytest.fixture
def server(
    mail_server: Callable[..., tuple[MailServer, dict[str, Any]]],
) -> tuple[MailServer, dict[str, Any]]:
    return mail_server()


@pytest.fixture
def sending(server: tuple[MailServer, dict[str, Any]], configure: Callable[..., Config]) -> Config:
    return configure(**server[1])


@pytest.fixture
def asked(session: scoped_session[Session], administrator: User, sending: Config) -> ConsentRequest:
    organisation_id = administrator.organisation_id
    who = asking.asking(session, sending, organisation_id, administrator.id, 15)
    request = asking.ask(session, who, [LOUISE], NOW)[LOUISE]
    session.commit()
    return request


@pytest.fixture
def waiting(hand_over: HandOver, asked: ConsentRequest) -> Addressee:
    """A letter to Louise, who is asked first."""
    awaits = AwaitedConsent(asked.id, asked.number)
    louise = FrozenRecipient("Louise", LOUISE, "individual", "", "", awaits=awaits)
    return hand_over(LOUISE, recipients=[louise], is_trial=False).addressees[0]


@pytest.fixture
def sent(session: scoped_session[Session], asked: ConsentRequest) -> ConsentRequest:
    """The request, once its mail has left."""
    do_all_due(lambda: NOW)
    return again(session, asked)


@pytest.fixture
def come_back(session: scoped_session[Session], sending: Config, asked: ConsentRequest) -> ComeBack:
    """Let a message come back: `come_back(returned_mail.POSTFIX)`, to another path if given."""

    def take(build: mail_shapes.Build, path: str = "", at: datetime = NOW + DAY) -> TakenIn:
        content = build(path or return_path.of_request(sending, asked), asked.message_id)
        outcome = take_in(session, sending, content, "", at)
        session.commit()
        return outcome

    return take


def again(session: scoped_session[Session], row: Any) -> Any:
    session.rollback()
    session.refresh(row)
    return row


def kinds(session: scoped_session[Session], asked: ConsentRequest) -> list[str]:
    chain = organisation_chain(asked.organisation_id)
    assert verify_chain(session, chain) == []
    return [str(event.kind) for event in entries(session, chain)]


def test_each_request_leaves_with_a_return_path_of_its_own(
    server: tuple[MailServer, dict[str, Any]], sending: Config, sent: ConsentRequest
) -> None:
    (message,) = server[0].messages
    path = message["X-MailFrom"]
    assert path == return_path.of_request(sending, sent)
    named = return_path.named_by_address(sending, path.upper())
    assert named == (sent.number, 1)
    assert isinstance(named, return_path.Asked)


def test_a_return_path_of_one_kind_cannot_be_written_as_the_other(
    sending: Config, sent: ConsentRequest
) -> None:
    path = return_path.of_request(sending, sent)
    assert return_path.named_by_address(sending, path.replace("-a1-", "-1-")) is None
    assert return_path.named_by_address(sending, path.replace("-a1-", "-a2-")) is None


@pytest.mark.parametrize(
    "sample", [returned_mail.POSTFIX, returned_mail.EXCHANGE, returned_mail.QMAIL]
)
def test_a_request_that_comes_back_did_not_arrive_and_is_no_refusal(
    session: scoped_session[Session],
    waiting: Addressee,
    sent: ConsentRequest,
    come_back: ComeBack,
    sample: mail_shapes.Build,
) -> None:
    assert come_back(sample) is TakenIn.RECORDED
    assert again(session, sent).state == RequestState.FAILED
    assert sent.answered_at == NOW + DAY
    assert "returned: " in sent.problem
    assert kinds(session, sent) == ["ConsentRequested", "ConsentRequestFailed"]
    assert LOUISE in failing.since(session, sent.organisation_id, [LOUISE])
    assert again(session, waiting).state == steps.State.FAILED
    words = told(waiting.problem)
    assert "n’a pas pu être remise" in words
    assert "Corrigez l’adresse" in words
    assert "refusé" not in words
    do_all_due(lambda: NOW + 20 * DAY)
    assert again(session, sent).state == RequestState.FAILED
    assert "ConsentRefused" not in kinds(session, sent)


def test_the_same_message_twice_is_as_once(
    session: scoped_session[Session], sent: ConsentRequest, come_back: ComeBack
) -> None:
    come_back(returned_mail.POSTFIX)
    assert come_back(returned_mail.POSTFIX) is TakenIn.REPEATED
    assert kinds(session, sent).count("ConsentRequestFailed") == 1


@pytest.mark.parametrize(
    "sample",
    [
        returned_mail.POSTFIX_LATE,
        returned_mail.EXIM_LATE,
        returned_mail.POSTFIX_DELIVERED,
        returned_mail.VACATION,
        returned_mail.EXCHANGE_ABSENCE,
        returned_mail.GMAIL_VACATION,
    ],
)
def test_what_is_late_arrived_or_answered_by_a_machine_did_not_fail(
    session: scoped_session[Session],
    sent: ConsentRequest,
    come_back: ComeBack,
    sample: mail_shapes.Build,
) -> None:
    assert come_back(sample) is TakenIn.IDLE
    assert again(session, sent).state == RequestState.PENDING
    assert kinds(session, sent) == ["ConsentRequested"]


def test_what_a_person_wrote_is_left_to_people(sent: ConsentRequest, come_back: ComeBack) -> None:
    assert come_back(returned_mail.A_PERSON) is TakenIn.UNKNOWN


def test_a_message_to_an_invented_return_path_fails_nothing(
    session: scoped_session[Session], sent: ConsentRequest, come_back: ComeBack
) -> None:
    number = sent.number.replace("-", "").lower()
    path = f"avis+{number}-a1-abcdefghjkmnpqrs@courrier.example"
    assert come_back(returned_mail.POSTFIX, path) is TakenIn.UNKNOWN
    assert again(session, sent).state == RequestState.PENDING


def test_without_the_plus_a_request_is_known_by_its_message_id(
    session: scoped_session[Session],
    sent: ConsentRequest,
    server: tuple[MailServer, dict[str, Any]],
    configure: Callable[..., Config],
) -> None:
    config = configure(**server[1], bounce_plus=0)
    path = return_path.of_request(config, sent)
    assert "+" not in path
    content = returned_mail.POSTFIX(path, sent.message_id)
    assert take_in(session, config, content, "", NOW) is TakenIn.RECORDED
    assert sent.state == RequestState.FAILED


def test_what_comes_back_before_the_sending_was_recorded_is_asked_for_again(
    session: scoped_session[Session], asked: ConsentRequest, come_back: ComeBack
) -> None:
    assert come_back(returned_mail.POSTFIX) is TakenIn.EARLY
    assert again(session, asked).state == RequestState.PENDING


def test_silence_was_no_refusal_when_the_mail_comes_back_after_the_term(
    session: scoped_session[Session], sent: ConsentRequest, come_back: ComeBack
) -> None:
    late = NOW + 20 * DAY
    do_all_due(lambda: late)
    assert again(session, sent).state == RequestState.UNANSWERED
    assert come_back(returned_mail.POSTFIX, at=late) is TakenIn.RECORDED
    assert again(session, sent).state == RequestState.FAILED
    assert kinds(session, sent)[-1] == "ConsentRequestFailed"


def test_who_answered_had_the_mail_whatever_comes_back_after_it(
    session: scoped_session[Session], sent: ConsentRequest, come_back: ComeBack
) -> None:
    answers.refuse(session, sent, CLIENT, NOW)
    session.commit()
    assert come_back(returned_mail.POSTFIX) is TakenIn.IDLE
    assert again(session, sent).state == RequestState.REFUSED


def test_who_answers_after_all_did_receive_it(
    session: scoped_session[Session], sent: ConsentRequest, come_back: ComeBack
) -> None:
    come_back(returned_mail.POSTFIX)
    answers.give(session, again(session, sent), CLIENT, NOW + 2 * DAY)
    session.commit()
    assert sent.state == RequestState.GIVEN
    assert failing.since(session, sent.organisation_id, [LOUISE]) == {}


def test_a_server_that_refuses_the_mail_at_once_is_recorded_in_the_same_way(
    session: scoped_session[Session],
    server: tuple[MailServer, dict[str, Any]],
    asked: ConsentRequest,
) -> None:
    server[0].refused = {LOUISE: "550 5.1.1 No such user"}
    do_all_due(lambda: NOW)
    assert again(session, asked).state == RequestState.FAILED
    (event,) = entries(session, organisation_chain(asked.organisation_id))
    assert event.kind == "ConsentRequestFailed"
    assert event.facts is not None
    assert "No such user" in event.facts["reason"]


def test_the_pages_say_that_it_did_not_arrive_and_what_to_do(
    session: scoped_session[Session],
    browser: Browser,
    waiting: Addressee,
    sent: ConsentRequest,
    come_back: ComeBack,
) -> None:
    group = book.create_group(session, sent.organisation_id, "Adhérents", NOW)
    texts = {"email": LOUISE, "last_name": "Blanc", "status": "individual"}
    recipient = check(texts).recipient
    assert recipient is not None
    contact = book.add_contact(session, group, recipient, NOW)
    session.commit()
    come_back(returned_mail.POSTFIX)
    page = browser.get(f"/groupes/{group.id}/contacts/{contact.id}/accord").text
    assert "la demande n’est pas arrivée" in page
    assert "Ce n’est pas un refus" in page
    assert "Corriger l’adresse" in page
    assert "User unknown" in page
    assert "Envoyer la demande" in page, "she can be asked again"
    assert "demande d’accord non remise" in browser.get(f"/groupes/{group.id}").text
    letter = browser.get(f"/courriers/{waiting.letter.number}").text
    assert "La demande d’accord n’a pas pu être remise" in letter
    assert "redemandez l’accord" in letter


@pytest.mark.slow
def test_a_piped_message_about_a_request_is_taken_in(
    session: scoped_session[Session], sending: Config, sent: ConsentRequest
) -> None:
    path = return_path.of_request(sending, sent)
    content = returned_mail.POSTFIX(path, sent.message_id)
    session.commit()
    outcome = subprocess.run(
        [sys.executable, "-m", "webapp", "bounces", "read", "--to", path],
        input=content,
        capture_output=True,
        check=False,
        env={
            "PLIREC_DATA": str(sending.data_directory),
            "DATABASE_URL": sending.database_url,
            "MAIL_FROM": sending.mail_from,
        },
    )
    assert (outcome.returncode, outcome.stdout) == (0, b"recorded\n")
    assert again(session, sent).state == RequestState.FAILED
