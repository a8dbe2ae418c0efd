"""The association takes a request for consent back while nobody has answered it."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from tests.conftest import NOW, Browser
from webapp.accounts.models import Organisation, User
from webapp.contacts import answers, book
from webapp.contacts.consent_models import ConsentRequest
from webapp.contacts.models import Group
from webapp.contacts.rules import check

pytestmark = pytest.mark.usefixtures("by_mail")

CLIENT = {"ip": "192.0.2.7", "user_agent": "Un navigateur"}


@pytest.fixture
def group(session: scoped_session[Session], organisation: Organisation) -> Group:
    group = book.create_group(session, organisation.id, "Adhérents", NOW)
    session.commit()
    return group


@pytest.fixture
def page(session: scoped_session[Session], group: Group) -> str:
    texts = {"email": "Louise@x.example", "last_name": "Blanc", "status": "individual"}
    recipient = check(texts).recipient
    assert recipient is not None
    contact = book.add_contact(session, group, recipient, NOW)
    session.commit()
    return f"/groupes/{group.id}/contacts/{contact.id}/accord"


def asked(session: scoped_session[Session]) -> list[ConsentRequest]:
    session.rollback()
    return list(session.scalars(select(ConsentRequest).order_by(ConsentRequest.generation)))


def test_a_request_is_taken_back_while_it_waits_and_may_be_made_again(
    browser: Browser, session: scoped_session[Session], page: str, group: Group
) -> None:
    browser.post(f"{page}/demander", {"days": "15"})
    assert f'action="{page}/demande/retirer"' in browser.get(page).text
    answer = browser.post(f"{page}/demande/retirer")
    shown = browser.get(answer.location).text
    assert "La demande est retirée" in shown
    assert "votre association a retiré la demande" in shown
    assert "Par Odile" in shown
    assert f'action="{page}/demande/retirer"' not in shown
    assert "demande d’accord retirée" in browser.get(f"/groupes/{group.id}").text
    browser.post(f"{page}/demander", {"days": "15"})
    assert [(one.generation, one.state) for one in asked(session)] == [
        (1, "taken_back"),
        (2, "pending"),
    ]


def test_a_request_that_was_answered_meanwhile_is_not_taken_back(
    browser: Browser, session: scoped_session[Session], page: str
) -> None:
    browser.post(f"{page}/demander", {"days": "15"})
    (request,) = asked(session)
    answers.give(session, request, CLIENT, datetime.now(UTC))
    session.commit()
    answer = browser.post(f"{page}/demande/retirer")
    assert "Aucune demande n’attend de réponse" in browser.get(answer.location).text
    assert asked(session)[0].state == "given"


def test_another_association_cannot_take_a_request_back(
    browser: Browser,
    session: scoped_session[Session],
    sign_in: Callable[[User], Browser],
    stranger: User,
    page: str,
) -> None:
    browser.post(f"{page}/demander", {"days": "15"})
    assert sign_in(stranger).post(f"{page}/demande/retirer").status_code == 404
    assert asked(session)[0].state == "pending"
