"""A whole group is duplicated, or united with another."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from tests.conftest import NOW, Browser
from webapp.accounts.models import Organisation
from webapp.contacts import book
from webapp.contacts.models import Contact, Group, Membership
from webapp.contacts.rules import Recipient, check


def person(name: str, **texts: str) -> Recipient:
    fields = {"email": f"{name}@x.example", "last_name": name, "status": "professional", **texts}
    recipient = check(fields).recipient
    assert recipient is not None
    return recipient


@pytest.fixture
def group(session: scoped_session[Session], organisation: Organisation) -> Group:
    group = book.create_group(session, organisation.id, "Adhérents", NOW)
    book.add_contacts(session, group, map(person, ("Blanc", "Gris")), NOW)
    session.commit()
    return group


def standing(session: scoped_session[Session], group_id: int) -> list[str]:
    members = select(Contact.last_name).join(Membership).where(Membership.group_id == group_id)
    return sorted(session.scalars(members))


def test_a_group_is_duplicated_under_another_name_with_the_same_contacts(
    browser: Browser, session: scoped_session[Session], group: Group
) -> None:
    address = f"/groupes/{group.id}/dupliquer"
    assert 'value="Adhérents (copie)"' in browser.get(address).text
    taken = browser.post(address, {"name": "adherents"})
    assert taken.status_code == 422
    assert "Un groupe porte déjà ce nom" in taken.text
    answer = browser.post(address, {"name": "Adhérents 2027"})
    assert "est créé avec 2 contacts" in browser.get(answer.location).text
    second = int(answer.location.rsplit("/", 1)[1])
    assert standing(session, second) == standing(session, group.id) == ["Blanc", "Gris"]
    assert len(session.scalars(select(Contact)).all()) == 2, "a contact stands in both"


def test_a_group_is_united_with_another_and_archived_when_it_is_empty(
    browser: Browser, session: scoped_session[Session], group: Group
) -> None:
    board = book.create_group(session, group.organisation_id, "Bureau", NOW)
    book.add_contact(session, board, person("Gris"), NOW)
    book.add_contact(session, board, person("Noir"), NOW)
    session.commit()
    address = f"/groupes/{board.id}/reunir"
    assert "Les 2 contacts de ce groupe passent dans l’autre" in browser.get(address).text
    assert browser.post(address, {"group": str(board.id)}).status_code == 422
    answer = browser.post(address, {"group": str(group.id)})
    assert answer.location == f"/groupes/{group.id}"
    assert "2 contacts sont passés" in browser.get(answer.location).text
    session.expire_all()
    assert standing(session, group.id) == ["Blanc", "Gris", "Noir"]
    assert standing(session, board.id) == []
    assert board.archived_at is not None
    assert "il n’y a rien à réunir" in browser.get(address).text


def test_who_stands_in_the_other_group_with_other_values_stays(
    browser: Browser, session: scoped_session[Session], group: Group
) -> None:
    board = book.create_group(session, group.organisation_id, "Bureau", NOW)
    home = {"address_1": "3 rue du Lavoir", "postal_code": "01000", "city": "Bourg-en-Bresse"}
    book.add_contact(session, board, person("Gris", **home), NOW)
    session.commit()
    answer = browser.post(f"/groupes/{board.id}/reunir", {"group": str(group.id)})
    assert answer.location == f"/groupes/{board.id}"
    assert "1 reste ici" in browser.get(answer.location).text
    session.expire_all()
    assert (standing(session, board.id), board.archived_at) == (["Gris"], None)
