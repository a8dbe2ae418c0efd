"""What the journal says of a consent is kept as long as it stands or a letter needs it."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session, scoped_session

from config import Config
from tests.desk.old_letters import LONG_AGO, MakeOld, old
from webapp.accounts.models import User
from webapp.contacts import consents
from webapp.desk import keeping
from webapp.evidence.integrity import verify_all
from webapp.evidence.journal import entries, organisation_chain

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
