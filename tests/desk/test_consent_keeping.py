"""What the journal says of a consent is kept as long as it stands or a letter needs it."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from config import Config
from tests.desk.old_letters import LONG_AGO, MakeOld, let_rest, old, stored
from webapp.accounts.models import User
from webapp.contacts import answers, asking, consent_documents, consents
from webapp.contacts.consent_models import ConsentDocument, ConsentRequest
from webapp.contacts.models import Consent
from webapp.desk import keeping
from webapp.evidence import proofs
from webapp.evidence.integrity import verify_all
from webapp.evidence.journal import entries, organisation_chain

pytestmark = pytest.mark.slow

__all__ = ["old"]


def facts(session: scoped_session[Session], user: User) -> list[bool]:
    """Say of each entry of the organisation's journal whether its facts are kept."""
    chain = organisation_chain(user.organisation_id)
    session.expire_all()
    return [event.facts is not None for event in entries(session, chain)]


@pytest.fixture
def withdrawn(session: scoped_session[Session], administrator: User) -> None:
    organisation_id, email = administrator.organisation_id, "l@zanzibar.example"
    consents.declare(session, organisation_id, [email], "bulletin", administrator.id, LONG_AGO)
    consent = consents.of_address(session, organisation_id, email)
    assert consent is not None
    consents.withdraw(session, consent, administrator.id, LONG_AGO + timedelta(days=1))
    session.commit()


@pytest.mark.usefixtures("withdrawn")
def test_a_consent_that_was_withdrawn_long_ago_is_told_no_more(
    session: scoped_session[Session], administrator: User, config: Config
) -> None:
    keeping.erase_due(session, config.files_directory)
    assert facts(session, administrator) == [False, False]
    assert verify_all(session) == []


@pytest.mark.usefixtures("withdrawn")
def test_it_is_told_while_a_letter_to_that_address_is_kept(
    session: scoped_session[Session], administrator: User, old: MakeOld, config: Config
) -> None:
    old(at=datetime.now(UTC) - timedelta(days=400))
    keeping.erase_due(session, config.files_directory)
    assert facts(session, administrator) == [True, True]


def test_a_consent_that_stands_and_one_of_late_are_told(
    session: scoped_session[Session], administrator: User, config: Config
) -> None:
    organisation_id, now = administrator.organisation_id, datetime.now(UTC)
    for email, at in (("a@zanzibar.example", LONG_AGO), ("b@zanzibar.example", now)):
        consents.declare(session, organisation_id, [email], "bulletin", administrator.id, at)
    late = consents.of_address(session, organisation_id, "b@zanzibar.example")
    assert late is not None
    consents.withdraw(session, late, administrator.id, now)
    session.commit()
    keeping.erase_due(session, config.files_directory)
    assert facts(session, administrator) == [True, True, True]


@pytest.fixture
def on_paper(session: scoped_session[Session], administrator: User, config: Config) -> None:
    """Somebody agreed on paper long ago and took it back, with the proof of both."""
    organisation_id, user_id = administrator.organisation_id, administrator.id
    paper = consent_documents.keep(
        session,
        organisation_id,
        "accord.txt",
        b"Accord",
        config.files_directory,
        user_id,
        LONG_AGO,
    )
    emails = ["l@zanzibar.example"]
    consents.declare(session, organisation_id, emails, "bulletin", user_id, LONG_AGO, None, paper)
    consent = consents.of_address(session, organisation_id, emails[0])
    assert consent is not None
    consents.withdraw(session, consent, user_id, LONG_AGO + timedelta(days=1))
    session.commit()
    for entry_id in proofs.due(session, 50):
        session.rollback()
        proofs.make(session, entry_id, config, LONG_AGO)
    session.commit()
    let_rest(config)


@pytest.mark.usefixtures("on_paper")
def test_the_paper_and_the_proofs_of_a_consent_go_with_what_the_journal_says_of_it(
    session: scoped_session[Session], config: Config
) -> None:
    assert len(stored(config)) == 2
    keeping.erase_due(session, config.files_directory)
    assert stored(config) == set()
    assert session.scalar(select(func.count()).select_from(ConsentDocument)) == 0
    assert session.scalar(select(func.count()).select_from(Consent)) == 1


@pytest.mark.usefixtures("on_paper")
def test_they_stay_while_a_letter_to_that_address_is_kept(
    session: scoped_session[Session], old: MakeOld, config: Config
) -> None:
    before = stored(config)
    old(at=datetime.now(UTC) - timedelta(days=400))
    keeping.erase_due(session, config.files_directory)
    assert before <= stored(config)


@pytest.mark.parametrize("kept", ["nothing", "consent", "letter"])
def test_a_request_of_long_ago_goes_unless_a_consent_or_a_letter_is_kept(
    session: scoped_session[Session],
    administrator: User,
    old: MakeOld,
    config: Config,
    kept: str,
) -> None:
    organisation_id, email = administrator.organisation_id, "l@zanzibar.example"
    who = asking.asking(session, config, organisation_id, administrator.id, 15)
    request = asking.ask(session, who, [email], LONG_AGO)[email]
    answers.end(session, request, LONG_AGO)
    if kept == "consent":
        consents.declare(session, organisation_id, [email], "oral", administrator.id, LONG_AGO)
    session.commit()
    if kept == "letter":
        old(at=datetime.now(UTC) - timedelta(days=400))
    keeping.erase_due(session, config.files_directory)
    left = session.scalar(select(func.count()).select_from(ConsentRequest))
    assert left == (kept != "nothing")
