from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from tests.conftest import NOW, new_organisation
from webapp.accounts.models import Organisation, User
from webapp.contacts import consents
from webapp.contacts.models import Consent
from webapp.evidence.journal import entries, organisation_chain
from webapp.evidence.kinds import EventKind

LOUISE = "Louise@courriel.example"
PAUL = "paul@courriel.example"
SENDER = {
    "name": "Les Amis du Lavoir",
    "email": "bureau@lavoir.example",
    "address": "3 rue du Lavoir\n01000 Bourg-en-Bresse",
}


def test_a_consent_is_recorded_with_its_means_and_its_event(
    session: scoped_session[Session], organisation: Organisation, administrator: User
) -> None:
    consents.declare(
        session, organisation.id, [LOUISE, PAUL], "bulletin 2026", administrator.id, NOW
    )
    recorded = session.scalars(select(Consent).order_by(Consent.email)).all()
    assert [(consent.email, consent.means) for consent in recorded] == [
        ("louise@courriel.example", "bulletin 2026"),
        ("paul@courriel.example", "bulletin 2026"),
    ]
    assert {(consent.declared_by, consent.declared_at) for consent in recorded} == {
        (administrator.id, NOW)
    }
    events = entries(session, organisation_chain(organisation.id))
    assert {event.kind for event in events} == {EventKind.CONSENT_DECLARED}
    assert [event.facts for event in events] == [
        {"email": "louise@courriel.example", "means": "bulletin 2026", "sender": SENDER},
        {"email": "paul@courriel.example", "means": "bulletin 2026", "sender": SENDER},
    ]
    assert {event.occurred_at for event in events} == {NOW}


def test_a_consent_on_record_is_never_overwritten(
    session: scoped_session[Session], organisation: Organisation, administrator: User
) -> None:
    later = NOW + timedelta(days=1)
    consents.declare(session, organisation.id, [LOUISE], "bulletin", administrator.id, NOW)
    again = [LOUISE.upper(), LOUISE, PAUL, PAUL]
    consents.declare(session, organisation.id, again, "de vive voix", administrator.id, later)
    consents.declare(session, organisation.id, again, "autre", administrator.id, later)
    assert consents.means_of(session, organisation.id, again) == {
        "louise@courriel.example": "bulletin",
        "paul@courriel.example": "de vive voix",
    }
    assert len(entries(session, organisation_chain(organisation.id))) == 2


@pytest.mark.parametrize("emails", [[], [PAUL, "louise@autre.example"]])
def test_a_consent_serves_its_precise_address_only(
    session: scoped_session[Session],
    organisation: Organisation,
    administrator: User,
    emails: list[str],
) -> None:
    consents.declare(session, organisation.id, [LOUISE], "bulletin", administrator.id, NOW)
    assert consents.consented(session, organisation.id, emails) == set()
    assert consents.consented(session, organisation.id, [LOUISE, *emails]) == {LOUISE.lower()}


def test_a_consent_serves_one_organisation_only(
    session: scoped_session[Session], organisation: Organisation, administrator: User
) -> None:
    other = new_organisation(session, "Une autre association")
    consents.declare(session, organisation.id, [LOUISE], "bulletin", administrator.id, NOW)
    assert consents.consented(session, other.id, [LOUISE]) == set()


def test_ten_thousand_addresses_are_asked_for_at_once(
    session: scoped_session[Session], organisation: Organisation, administrator: User
) -> None:
    emails = [f"p{number}@x.example" for number in range(10_001)]
    consents.declare(session, organisation.id, emails[-1:], "bulletin", administrator.id, NOW)
    assert consents.consented(session, organisation.id, emails) == set(emails[-1:])


def test_a_withdrawn_consent_serves_no_more_and_no_list_gives_it_back(
    session: scoped_session[Session], organisation: Organisation, administrator: User
) -> None:
    consents.declare(session, organisation.id, [LOUISE, PAUL], "bulletin", administrator.id, NOW)
    louise = consents.of_address(session, organisation.id, LOUISE)
    assert louise is not None
    for _ in range(2):
        consents.withdraw(session, louise, administrator.id, NOW + timedelta(hours=1))
    later = NOW + timedelta(days=3)
    both = [LOUISE, PAUL]
    assert consents.declare(session, organisation.id, both, "encore", administrator.id, later) == 0
    assert consents.consented(session, organisation.id, both) == {PAUL}
    assert consents.means_of(session, organisation.id, both) == {PAUL: "bulletin"}
    assert consents.standings(session, organisation.id, both).withdrawn == {LOUISE.lower()}
    told = entries(session, organisation_chain(organisation.id))[-1]
    assert (told.kind, told.facts) == (
        EventKind.CONSENT_WITHDRAWN,
        {"email": LOUISE.lower(), "sender": SENDER},
    )


def test_a_withdrawn_consent_is_given_anew_on_no_earlier_day(
    session: scoped_session[Session], organisation: Organisation, administrator: User
) -> None:
    consents.declare(session, organisation.id, [LOUISE], "bulletin", administrator.id, NOW)
    louise = consents.of_address(session, organisation.id, LOUISE)
    assert louise is not None
    consents.withdraw(session, louise, administrator.id, NOW)
    later = NOW + timedelta(days=3)
    too_early, seen = NOW.date() - timedelta(days=1), NOW.isoformat()
    with pytest.raises(consents.GivenTooEarly):
        consents.renew(session, louise, "oral", administrator.id, too_early, later, seen=seen)
    consents.renew(session, louise, "courriel", administrator.id, later.date(), later, seen=seen)
    assert consents.means_of(session, organisation.id, [LOUISE]) == {
        LOUISE.lower(): "courriel (accord donné le 5 mars 2026)"
    }
    told = entries(session, organisation_chain(organisation.id))[-1]
    given = {"email": LOUISE.lower(), "means": "courriel", "given_on": "2026-03-05"}
    assert told.facts == {**given, "sender": SENDER}


def test_what_was_withdrawn_and_given_on_one_day_stands_as_it_was_noted_last(
    session: scoped_session[Session], organisation: Organisation, administrator: User
) -> None:
    consents.declare(session, organisation.id, [LOUISE], "bulletin", administrator.id, NOW)
    louise = consents.of_address(session, organisation.id, LOUISE)
    assert louise is not None
    first, again, last = (NOW + timedelta(minutes=minutes) for minutes in (1, 2, 3))
    anew = (session, louise, "courriel", administrator.id, NOW.date())
    consents.withdraw(session, louise, administrator.id, first)
    consents.renew(*anew, again, seen=first.isoformat())
    assert consents.consented(session, organisation.id, [LOUISE]) == {LOUISE.lower()}
    assert louise.declared_at == again
    consents.withdraw(session, louise, administrator.id, last)
    with pytest.raises(consents.GivenTooEarly):
        consents.renew(*anew, last, seen=first.isoformat())
    assert consents.declare(session, organisation.id, [LOUISE], "oral", administrator.id, last) == 0
    assert consents.consented(session, organisation.id, [LOUISE]) == set()
    told = entries(session, organisation_chain(organisation.id))
    assert [(event.kind, event.occurred_at) for event in told] == [
        (EventKind.CONSENT_DECLARED, NOW),
        (EventKind.CONSENT_WITHDRAWN, first),
        (EventKind.CONSENT_DECLARED, again),
        (EventKind.CONSENT_WITHDRAWN, last),
    ]
