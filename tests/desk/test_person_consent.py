"""A person's consents on request: what she was asked, the papers, and what of it may go."""

import io
import json
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from config import Config
from tests.conftest import Browser
from tests.desk.old_letters import submission
from webapp import storage
from webapp.accounts.models import User
from webapp.contacts import answers, asking, consent_documents, consents
from webapp.contacts.consent_models import ConsentDocument, ConsentRequest, RequestState
from webapp.contacts.consent_states import Standing, state_of
from webapp.evidence import proofs
from webapp.evidence.integrity import verify_all
from webapp.evidence.journal import entries, organisation_chain
from webapp.evidence.kinds import EventKind
from webapp.letters import steps
from webapp.letters.models import Letter
from webapp.letters.submission import submit
from webapp.reception import openings
from webapp.reception.openings import Opened
from webapp.released_files import ReleasedFile

pytestmark = pytest.mark.slow

PAGE = "/organisation/donnees"
NOW = datetime.now(UTC)
LOUISE, PAUL = "louise@quokka.example", "paul@noir.example"
CLIENT = {"ip": "192.0.2.7", "user_agent": "Un navigateur"}
PAPER = "Accord signé".encode()


@pytest.fixture
def asked(session: scoped_session[Session], administrator: User, config: Config) -> ConsentRequest:
    """Louise was asked, and the mail left."""
    who = asking.asking(session, config, administrator.organisation_id, administrator.id, 15)
    request = asking.ask(session, who, [LOUISE], NOW)[LOUISE]
    request.sent_at, request.ends_at = NOW, asking.ends_at(NOW, request.days)
    session.commit()
    return request


def on_paper(
    session: scoped_session[Session], author: User, config: Config, *emails: str
) -> ConsentDocument:
    organisation_id = author.organisation_id
    files = config.files_directory
    kept = consent_documents.keep(
        session, organisation_id, "signé.txt", PAPER, files, author.id, NOW
    )
    consents.declare(session, organisation_id, emails, "bulletin", author.id, NOW, None, kept)
    session.commit()
    return kept


def a_letter(session: scoped_session[Session], author: User, config: Config) -> Letter:
    letter = submit(session, submission(author, config, "pour-louise"), NOW - timedelta(days=40))
    letter.addressees[0].email = LOUISE
    session.commit()
    return letter


def exported(browser: Browser) -> tuple[str, dict[str, object], zipfile.ZipFile]:
    archive = zipfile.ZipFile(io.BytesIO(browser.get(f"{PAGE}/export.zip?personne={LOUISE}").data))
    page = archive.read("donnees.html").decode()
    return page, json.loads(archive.read("donnees.json")), archive


def erase(browser: Browser) -> str:
    return browser.post(f"{PAGE}/effacer", {"personne": LOUISE}, follow_redirects=True).text


def test_a_request_that_waits_is_ended_as_a_refusal_and_what_waited_for_it_does_not_leave(
    session: scoped_session[Session],
    administrator: User,
    config: Config,
    asked: ConsentRequest,
    browser: Browser,
) -> None:
    letter = a_letter(session, administrator, config)
    waiting = letter.addressees[0]
    waiting.consent_request_id, waiting.due_at = asked.id, None
    session.commit()
    assert "qui attend une réponse" in browser.get(f"{PAGE}?personne={LOUISE}").text
    told = erase(browser)
    assert "Son refus" in told
    session.expire_all()
    assert asked.state == RequestState.REFUSED
    assert waiting.state == "failed"
    assert waiting.consent_request_id is None
    organisation_id = administrator.organisation_id
    refused, erased = entries(session, organisation_chain(organisation_id))[-2:]
    assert refused.kind == EventKind.CONSENT_REFUSED
    assert refused.facts is not None
    assert refused.facts["reason"] == "data erased at the person's request"
    assert erased.facts is not None
    assert erased.facts["erased"] == {"requests": 1}
    assert asking.to_be_asked(session, organisation_id, [LOUISE]) == set()
    assert verify_all(session) == []
    session.commit()
    assert proofs.make(session, refused.entry_id, config, NOW) is not None
    session.commit()
    assert "Il n’y avait rien à effacer." in erase(browser)


def test_requests_that_came_to_nothing_go(
    session: scoped_session[Session], asked: ConsentRequest, browser: Browser
) -> None:
    assert asked.ends_at is not None
    answers.end(session, asked, asked.ends_at)
    session.commit()
    assert "Demande d’accord du" in browser.get(f"{PAGE}?personne={LOUISE}").text
    erase(browser)
    assert session.scalar(select(func.count()).select_from(ConsentRequest)) == 0


def test_a_consent_given_by_mail_is_withdrawn_and_stays_withdrawn_with_its_request(
    session: scoped_session[Session],
    administrator: User,
    asked: ConsentRequest,
    browser: Browser,
) -> None:
    answers.give(session, asked, CLIENT, NOW)
    session.commit()
    erase(browser)
    session.expire_all()
    state = state_of(session, administrator.organisation_id, LOUISE)
    assert state.standing == Standing.WITHDRAWN
    assert state.request is asked
    assert "Il n’y avait rien à effacer." in erase(browser)


def test_a_paper_is_shown_given_and_erased_with_its_file(
    session: scoped_session[Session], administrator: User, config: Config, browser: Browser
) -> None:
    on_paper(session, administrator, config, LOUISE)
    assert "signé.txt" in browser.get(f"{PAGE}?personne={LOUISE}").text
    page, record, archive = exported(browser)
    assert archive.read("documents/1-signé.txt") == PAPER
    assert "signé.txt" in page
    assert "Accord noté par l’expéditeur" in page
    assert [event["kind"] for event in record["consent_events"]] == ["ConsentDeclared"]
    erase(browser)
    session.expire_all()
    assert session.scalar(select(func.count()).select_from(ConsentDocument)) == 0
    assert session.scalar(select(func.count()).select_from(ReleasedFile)) == 1


def test_a_paper_that_speaks_of_others_stays_and_is_not_given(
    session: scoped_session[Session], administrator: User, config: Config, browser: Browser
) -> None:
    kept = on_paper(session, administrator, config, LOUISE, PAUL)
    page, _record, archive = exported(browser)
    assert "n’est pas joint" in page
    assert archive.namelist() == ["donnees.json", "donnees.html"]
    assert "il sert à d’autres personnes" in erase(browser)
    session.expire_all()
    assert session.get(ConsentDocument, kept.id) is kept
    assert storage.load(config.files_directory, kept.digest) == PAPER


def test_a_paper_stays_as_long_as_a_letter_that_it_made_lawful(
    session: scoped_session[Session], administrator: User, config: Config, browser: Browser
) -> None:
    kept = on_paper(session, administrator, config, LOUISE)
    a_letter(session, administrator, config)
    assert "courriers encore gardés" in erase(browser)
    session.expire_all()
    assert session.get(ConsentDocument, kept.id) is kept


def test_openings_are_told_and_what_is_not_accepted_is_not_named_in_what_the_person_gets(
    session: scoped_session[Session], administrator: User, config: Config, browser: Browser
) -> None:
    letter = a_letter(session, administrator, config)
    louise = letter.addressees[0]
    steps.notify(session, louise, "250 OK", NOW)
    session.commit()
    there = ("quelque-part", *CLIENT.values(), "GET", "")
    opened = Opened(louise.id, EventKind.NOTIFICATION_ACCESS_TRACKING, *there)
    subject = letter.subject
    session.commit()
    openings.record(session.get_bind(), opened, NOW)
    assert "sa page a été ouverte 1 fois" in browser.get(f"{PAGE}?personne={LOUISE}").text
    page, record, _archive = exported(browser)
    assert "192.0.2.7 (Un navigateur)" in page
    assert subject not in page + json.dumps(record, ensure_ascii=False)
    steps.accept(session, louise, "Louise", CLIENT, NOW)
    session.commit()
    assert subject in exported(browser)[0]
