"""Individuals are asked for their consent, and answer."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from config import Config
from tests.conftest import NOW
from webapp.accounts.models import Organisation, User
from webapp.contacts import answers, asking, consents
from webapp.contacts.asking import Asking
from webapp.contacts.consent_models import ConsentRequest, RequestState
from webapp.contacts.consent_states import Standing, state_of
from webapp.evidence.journal import RecordedEvent, consent_subject, entries, organisation_chain
from webapp.evidence.kinds import EventKind

LOUISE, PAUL = "louise@x.example", "paul@x.example"
CLIENT = {"ip": "192.0.2.7", "user_agent": "Un navigateur"}
DAY = timedelta(days=1)


@pytest.fixture
def who(session: scoped_session[Session], administrator: User, config: Config) -> Asking:
    return asking.asking(session, config, administrator.organisation_id, administrator.id, 15)


@pytest.fixture
def asked(session: scoped_session[Session], who: Asking) -> ConsentRequest:
    """Louise was asked, and the mail left."""
    request = asking.ask(session, who, [LOUISE], NOW)[LOUISE]
    request.sent_at, request.ends_at = NOW, asking.ends_at(NOW, request.days)
    session.flush()
    return request


def standing(session: scoped_session[Session], request: ConsentRequest) -> Standing:
    return state_of(session, request.organisation_id, request.email).standing


def journal(session: scoped_session[Session], organisation_id: int) -> list[RecordedEvent]:
    return entries(session, organisation_chain(organisation_id))


def test_who_is_asked_already_is_not_asked_twice_and_who_agreed_is_not_asked(
    session: scoped_session[Session], who: Asking, administrator: User
) -> None:
    consents.declare(session, who.organisation_id, [PAUL], "oral", administrator.id, NOW)
    first = asking.ask(session, who, [LOUISE.upper(), PAUL], NOW)
    again = asking.ask(session, who, [LOUISE], NOW + DAY)
    assert set(first) == {LOUISE}
    assert again[LOUISE] is first[LOUISE]
    assert len(session.scalars(select(ConsentRequest)).all()) == 1


def test_the_secret_of_the_page_can_be_made_again_and_stands_nowhere(
    session: scoped_session[Session], who: Asking, asked: ConsentRequest
) -> None:
    secret = asking.token(who.key, asked.number, asked.generation)
    assert asking.request_by_token(session, secret) is asked
    assert secret not in str([getattr(asked, name.key) for name in ConsentRequest.__table__.c])


@pytest.mark.parametrize(
    ("sent", "days", "last"),
    [
        (datetime(2026, 3, 2, 9, tzinfo=UTC), 3, datetime(2026, 3, 5, 23, tzinfo=UTC)),
        (datetime(2026, 3, 26, 9, tzinfo=UTC), 3, datetime(2026, 3, 29, 22, tzinfo=UTC)),
        (datetime(2026, 10, 23, 9, tzinfo=UTC), 3, datetime(2026, 10, 26, 23, tzinfo=UTC)),
        (datetime(2026, 12, 31, 23, 30, tzinfo=UTC), 30, datetime(2027, 1, 31, 23, tzinfo=UTC)),
    ],
)
def test_the_days_to_answer_are_whole_and_counted_from_the_day_after(
    sent: datetime, days: int, last: datetime
) -> None:
    assert asking.ends_at(sent, days) == last


def test_a_consent_that_is_given_serves_and_is_told_with_its_address_and_where_it_came_from(
    session: scoped_session[Session], asked: ConsentRequest
) -> None:
    answers.give(session, asked, CLIENT, NOW + DAY)
    answers.give(session, asked, CLIENT, NOW + 2 * DAY)
    assert standing(session, asked) == Standing.GIVEN
    means = consents.means_of(session, asked.organisation_id, [LOUISE])[LOUISE]
    assert "par la personne elle-même" in means
    assert "3 mars 2026" in means
    (given,) = journal(session, asked.organisation_id)
    assert (given.kind, given.subject) == (EventKind.CONSENT_GIVEN, consent_subject(asked.number))
    assert given.occurred_at == NOW + DAY
    assert given.facts is not None
    assert {"email": LOUISE, **CLIENT}.items() <= given.facts.items()


def test_a_refusal_may_be_changed_until_the_time_is_over_and_not_after(
    session: scoped_session[Session], asked: ConsentRequest
) -> None:
    answers.refuse(session, asked, CLIENT, NOW + DAY)
    answers.refuse(session, asked, CLIENT, NOW + DAY)
    assert standing(session, asked) == Standing.REFUSED
    assert asked.ends_at is not None
    with pytest.raises(answers.TooLate):
        answers.give(session, asked, CLIENT, asked.ends_at)
    answers.give(session, asked, CLIENT, asked.ends_at - DAY)
    assert standing(session, asked) == Standing.GIVEN
    kinds = [event.kind for event in journal(session, asked.organisation_id)]
    assert kinds == [EventKind.CONSENT_REFUSED, EventKind.CONSENT_GIVEN]


def test_a_consent_is_withdrawn_long_after_the_term_by_who_gave_it(
    session: scoped_session[Session], asked: ConsentRequest
) -> None:
    answers.give(session, asked, CLIENT, NOW + DAY)
    answers.withdraw(session, asked, CLIENT, NOW + 300 * DAY)
    answers.withdraw(session, asked, CLIENT, NOW + 301 * DAY)
    assert standing(session, asked) == Standing.WITHDRAWN
    assert consents.consented(session, asked.organisation_id, [LOUISE]) == set()
    _given, taken_back = journal(session, asked.organisation_id)
    assert taken_back.kind == EventKind.CONSENT_WITHDRAWN
    assert taken_back.subject == consent_subject(asked.number)
    assert taken_back.facts is not None
    assert {"email": LOUISE, **CLIENT}.items() <= taken_back.facts.items()
    assert taken_back.facts["sender"]["name"] == "Les Amis du Lavoir"


def test_no_answer_in_time_is_a_refusal_for_that_reason(
    session: scoped_session[Session], asked: ConsentRequest
) -> None:
    answers.end(session, asked, NOW + 20 * DAY)
    assert standing(session, asked) == Standing.UNANSWERED
    (event,) = journal(session, asked.organisation_id)
    assert event.kind == EventKind.CONSENT_REFUSED
    assert event.facts is not None
    assert event.facts["reason"] == "no answer"


def test_a_consent_serves_this_address_and_no_other_and_no_other_organisation(
    session: scoped_session[Session], asked: ConsentRequest, stranger: User
) -> None:
    answers.give(session, asked, CLIENT, NOW)
    assert consents.consented(session, asked.organisation_id, [PAUL]) == set()
    assert consents.consented(session, stranger.organisation_id, [LOUISE]) == set()


def test_a_request_to_many_leaves_out_who_refused_or_took_back_or_is_asked(
    session: scoped_session[Session], who: Asking, asked: ConsentRequest, administrator: User
) -> None:
    others = ["a@x.example", "b@x.example", "c@x.example"]
    requests = asking.ask(session, who, others, NOW)
    answers.refuse(session, requests["a@x.example"], CLIENT, NOW)
    answers.give(session, requests["b@x.example"], CLIENT, NOW)
    answers.withdraw(session, requests["b@x.example"], CLIENT, NOW)
    answers.end(session, requests["c@x.example"], NOW)
    wanted = asking.to_be_asked(session, who.organisation_id, [LOUISE, PAUL, *others])
    assert wanted == {PAUL, "c@x.example"}


def test_who_is_asked_anew_has_another_page_and_the_journal_tells_all_under_one_number(
    session: scoped_session[Session], who: Asking, asked: ConsentRequest
) -> None:
    answers.refuse(session, asked, CLIENT, NOW)
    again = asking.ask(session, who, [LOUISE], NOW + DAY)[LOUISE]
    assert again.number == asked.number
    assert (again.generation, again.token_hash != asked.token_hash) == (2, True)
    answers.give(session, again, CLIENT, NOW + DAY)
    subjects = {event.subject for event in journal(session, who.organisation_id)}
    assert subjects == {consent_subject(asked.number)}


def test_a_consent_that_the_sender_notes_meanwhile_ends_the_request(
    session: scoped_session[Session],
    who: Asking,
    asked: ConsentRequest,
    administrator: User,
    organisation: Organisation,
) -> None:
    consents.declare(session, organisation.id, [LOUISE], "bulletin", administrator.id, NOW)
    session.refresh(asked)
    assert (asked.state, asked.due_at) == (RequestState.SETTLED, None)
    (event,) = journal(session, organisation.id)
    assert event.subject == consent_subject(asked.number)
    assert standing(session, asked) == Standing.GIVEN
