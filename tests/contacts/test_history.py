"""The history of a contact: what it was, who changed it and when."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from tests.conftest import NOW, Browser
from webapp.accounts.models import Organisation, User
from webapp.contacts import book, history
from webapp.contacts.models import Contact, ContactChange, Group
from webapp.contacts.rules import Recipient, check
from webapp.imports.models import Import

LOUISE = {"email": "louise@x.example", "last_name": "Blanc", "status": "individual"}
LATER = NOW + timedelta(days=1)


def person(**texts: str) -> Recipient:
    recipient = check({**LOUISE, **texts}).recipient
    assert recipient is not None
    return recipient


@pytest.fixture
def group(session: scoped_session[Session], organisation: Organisation) -> Group:
    return book.create_group(session, organisation.id, "Adhérents", NOW)


@pytest.fixture
def louise(session: scoped_session[Session], group: Group) -> Contact:
    contact = book.add_contact(session, group, person(), NOW)
    session.commit()
    return contact


def test_each_change_of_a_contact_is_kept_with_its_author_and_its_day(
    browser: Browser,
    session: scoped_session[Session],
    administrator: User,
    group: Group,
    louise: Contact,
) -> None:
    for texts in ({"email": "l@neuf.example"}, {"email": "l@neuf.example", "status": "pro"}):
        book.change_contact(session, group, louise, person(**texts), administrator.id, LATER)
    second, first, entry = history.steps(session, louise)
    assert first.differences == (("email", "louise@x.example", "l@neuf.example"),)
    assert second.differences == (("status", "individual", "professional"),)
    assert (second.author, second.moment, second.kind) == ("Odile Martin", LATER, "edited")
    assert (entry.kind, entry.moment, entry.differences) == ("created", NOW, ())
    page = browser.get(f"/groupes/{group.id}/contacts/{louise.id}/historique").text
    assert "Historique de Blanc" in page
    assert "louise@x.example → l@neuf.example" in page
    assert "particulier → professionnel" in page
    assert "par Odile Martin" in page


def test_saving_a_contact_as_it_was_notes_nothing(
    session: scoped_session[Session], administrator: User, group: Group, louise: Contact
) -> None:
    book.change_contact(session, group, louise, person(), administrator.id, LATER)
    assert session.scalars(select(ContactChange)).all() == []


def test_what_an_import_brought_names_its_file(
    browser: Browser,
    session: scoped_session[Session],
    administrator: User,
    group: Group,
    louise: Contact,
) -> None:
    brought = Import(
        organisation_id=group.organisation_id,
        group_id=group.id,
        author_id=administrator.id,
        filename="liste-2026.xlsx",
        created_at=NOW,
    )
    session.add(brought)
    session.flush()
    louise.import_id = brought.id
    changed = person(city="Bourg-en-Bresse", address_1="3 rue du Lavoir", postal_code="01000")
    book.change_contacts(session, [(louise, changed)], administrator.id, brought.id, LATER)
    session.commit()
    page = browser.get(f"/groupes/{group.id}/contacts/{louise.id}/historique").text
    assert "Ajouté par un import" in page
    assert "Modifié par un import" in page
    assert page.count(f'<a href="/imports/{brought.id}">liste-2026.xlsx</a>') == 2


def test_the_row_of_a_contact_leads_to_its_history(
    browser: Browser, group: Group, louise: Contact
) -> None:
    page = browser.get(f"/groupes/{group.id}").text
    assert f'href="/groupes/{group.id}/contacts/{louise.id}/historique"' in page
