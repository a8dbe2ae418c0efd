"""A contact whose address failed is marked on the page of its group, and when one writes to it."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session, scoped_session

from tests.conftest import NOW, Browser
from webapp.accounts.models import Organisation, User
from webapp.contacts import book, failing
from webapp.contacts.models import Contact, Group
from webapp.contacts.rules import Recipient, check

MARK = "adresse en échec depuis le"


def person(email: str, name: str) -> Recipient:
    recipient = check({"email": email, "last_name": name, "status": "professionnel"}).recipient
    assert recipient is not None
    return recipient


@pytest.fixture
def group(session: scoped_session[Session], organisation: Organisation) -> Group:
    group = book.create_group(session, organisation.id, "Adhérents", NOW)
    for email, name in (("Ada@x.example", "Blanc"), ("bert@x.example", "Noir")):
        book.add_contact(session, group, person(email, name), NOW)
    failing.mark(session, organisation.id, "ada@X.example", NOW)
    session.commit()
    return group


def test_the_contact_is_marked_and_the_filter_finds_it(browser: Browser, group: Group) -> None:
    page = browser.get(f"/groupes/{group.id}").text
    assert page.count(MARK) == 1
    found = browser.get(f"/groupes/{group.id}?voir=email-en-echec").text
    assert "1 contact trouvé" in found
    assert "Blanc" in found
    assert "Noir" not in found


def test_another_address_clears_the_mark(
    browser: Browser, group: Group, session: scoped_session[Session], administrator: User
) -> None:
    ada = session.query(Contact).filter_by(last_name="Blanc").one()
    changed = person("ada@neuf.example", "Blanc")
    book.change_contact(session, group, ada, changed, administrator.id, NOW)
    session.commit()
    assert MARK not in browser.get(f"/groupes/{group.id}").text


def test_the_first_failure_dates_it_and_an_answer_from_there_clears_it(
    session: scoped_session[Session], group: Group
) -> None:
    organisation = group.organisation_id
    failing.mark(session, organisation, "ADA@x.example", NOW.replace(year=2027))
    assert failing.since(session, organisation, ["Ada@x.example", "bert@x.example", ""]) == {
        "ada@x.example": NOW
    }
    failing.clear(session, organisation, "Ada@X.example")
    assert failing.since(session, organisation, ["ada@x.example"]) == {}


def test_another_organisation_knows_nothing_of_it(
    session: scoped_session[Session],
    group: Group,
    stranger: User,
    sign_in: Callable[[User], Browser],
) -> None:
    theirs = book.create_group(session, stranger.organisation_id, "Eux", NOW)
    book.add_contact(session, theirs, person("ada@x.example", "Blanc"), NOW)
    session.commit()
    browser = sign_in(stranger)
    assert MARK not in browser.get(f"/groupes/{theirs.id}").text
    nobody = browser.get(f"/groupes/{theirs.id}?voir=email-en-echec").text
    assert "Aucun contact du groupe n’est dans ce cas." in nobody


@pytest.mark.parametrize("typed", [True, False])
def test_who_writes_to_it_again_is_warned(browser: Browser, group: Group, typed: bool) -> None:
    form: dict[str, Any] = {"key": "une-clef-de-formulaire", "groups": str(group.id)}
    if typed:
        form = {
            "key": "une-clef-de-formulaire",
            "recipient-0-email": "ada@x.example",
            "recipient-0-last_name": "Blanc",
            "recipient-0-status": "professional",
        }
    recap = browser.post("/envoyer/recapitulatif", form, htmx=True).text
    assert "1 à une adresse où un avis n’est pas arrivé" in recap
    assert "vérifiez-la" in recap
