"""Several contacts of a group at once: ticked on its page, or all that stand there or are found."""

import re

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from tests.conftest import NOW, Browser
from webapp.accounts.models import Organisation, User
from webapp.contacts import book, several
from webapp.contacts.models import Contact, Group, Membership
from webapp.contacts.rules import Recipient, check
from webapp.contacts.several import Choice

pytestmark = pytest.mark.slow

NAMES = ("Blanc", "Gris", "Noir", "Roux", "Vert")


def person(name: str, **texts: str) -> Recipient:
    fields = {"email": f"{name}@x.example", "last_name": name, "status": "professional", **texts}
    recipient = check(fields).recipient
    assert recipient is not None
    return recipient


@pytest.fixture
def group(session: scoped_session[Session], organisation: Organisation) -> Group:
    group = book.create_group(session, organisation.id, "Adhérents", NOW)
    book.add_contacts(session, group, map(person, NAMES), NOW)
    session.commit()
    return group


@pytest.fixture
def board(session: scoped_session[Session], organisation: Organisation) -> Group:
    group = book.create_group(session, organisation.id, "Bureau", NOW)
    session.commit()
    return group


def standing(session: scoped_session[Session], name: str) -> list[str]:
    return list(
        session.scalars(
            select(Contact.last_name)
            .join(Membership)
            .join(Group, Group.id == Membership.group_id)
            .where(Group.name == name)
            .order_by(Contact.last_name)
        )
    )


def ids(session: scoped_session[Session], *names: str) -> list[str]:
    found = select(Contact.id).where(Contact.last_name.in_(names)).order_by(Contact.id)
    return [str(identifier) for identifier in session.scalars(found)]


def press(browser: Browser, address: str, **fields: object) -> str:
    """Press the button on the page that asks, with all that it holds; give the page after it."""
    page = browser.get(address)
    assert page.status_code == 200, address
    form = next(part for part in page.text.split("<form")[1:] if "/plusieurs/" in part)
    hidden = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form)
    values: dict[str, list[object]] = {}
    for name, value in hidden:
        values.setdefault(name, []).append(value)
    values.pop("csrf_token")
    sent = form.split('action="')[1].split('"')[0].replace("&amp;", "&")
    answer = browser.post(sent, {**values, **fields})
    return browser.get(answer.headers["Location"]).text if answer.location else answer.text


def test_ticked_contacts_are_removed_after_a_question(
    browser: Browser, session: scoped_session[Session], group: Group
) -> None:
    shown = browser.get(f"/groupes/{group.id}").text
    assert 'form="several" name="contacts"' in shown
    first, second = ids(session, "Gris", "Vert")
    address = f"/groupes/{group.id}/plusieurs/retirer?contacts={first}&contacts={second}"
    question = browser.get(address).text
    assert "Retirer 2 contacts du groupe « Adhérents »" in question
    assert "Gris, Vert" in question
    assert "2 d’entre eux ne sont dans aucun autre groupe" in question
    assert standing(session, "Adhérents") == list(NAMES)
    assert "2 contacts retirés du groupe." in press(browser, address)
    assert standing(session, "Adhérents") == ["Blanc", "Noir", "Roux"]
    assert ids(session, "Gris", "Vert") == []


def test_contacts_that_stand_in_another_group_stay_there(
    browser: Browser, session: scoped_session[Session], group: Group, board: Group
) -> None:
    assert book.add_contact(session, board, person("Noir"), NOW).id == int(ids(session, "Noir")[0])
    address = f"/groupes/{group.id}/plusieurs/retirer?everyone=y"
    assert "4 d’entre eux ne sont dans aucun autre groupe" in browser.get(address).text
    assert "5 contacts retirés du groupe." in press(browser, address)
    assert standing(session, "Adhérents") == []
    assert standing(session, "Bureau") == ["Noir"]
    assert list(session.scalars(select(Contact.last_name))) == ["Noir"]


def test_all_that_a_search_finds_are_meant_over_all_pages(
    browser: Browser, session: scoped_session[Session], group: Group
) -> None:
    many = [person(f"Petit-{number:03}", city="Bourg") for number in range(60)]
    book.add_contacts(session, group, many, NOW)
    page = browser.get(f"/groupes/{group.id}?recherche=petit&page=2").text
    assert "Tous les 60 contacts trouvés" in page
    assert 'name="recherche" value="petit"' in page
    address = f"/groupes/{group.id}/plusieurs/retirer?everyone=y&recherche=petit&page=2"
    question = browser.get(address).text
    assert "Retirer 60 contacts" in question
    assert "et 50 autres" in question
    assert "60 contacts retirés du groupe." in press(browser, address)
    assert standing(session, "Adhérents") == list(NAMES)


def test_contacts_are_copied_and_none_stands_twice(
    browser: Browser, session: scoped_session[Session], group: Group, board: Group
) -> None:
    book.add_contacts(session, board, [person("Roux", city="Bourg")], NOW)
    address = f"/groupes/{group.id}/plusieurs/copier?everyone=y"
    page = press(browser, address, group=str(board.id))
    assert "4 contacts copiés dans « Bureau ». 1 y était déjà." in page
    assert standing(session, "Bureau") == list(NAMES)
    assert standing(session, "Adhérents") == list(NAMES)
    assert session.scalar(select(func.count()).select_from(Contact)) == 6


def test_contacts_are_moved_to_a_new_group(
    browser: Browser, session: scoped_session[Session], group: Group
) -> None:
    (noir,) = ids(session, "Noir")
    address = f"/groupes/{group.id}/plusieurs/deplacer?contacts={noir}"
    page = press(browser, address, group="", name="Anciens")
    assert "1 contact déplacé vers « Anciens »." in page
    assert standing(session, "Anciens") == ["Noir"]
    assert ids(session, "Noir") == [noir], "it is the same contact"
    assert "Noir" not in standing(session, "Adhérents")


def test_who_stands_there_with_other_values_is_not_lost_by_a_move(
    browser: Browser, session: scoped_session[Session], group: Group, board: Group
) -> None:
    book.add_contacts(session, board, [person("Roux", city="Bourg"), person("Vert")], NOW)
    address = f"/groupes/{group.id}/plusieurs/deplacer?everyone=y"
    page = press(browser, address, group=str(board.id))
    assert "4 contacts déplacés vers « Bureau ». 1 reste ici" in page
    assert standing(session, "Adhérents") == ["Roux"]
    assert standing(session, "Bureau") == list(NAMES)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"group": "", "name": ""}, "Choisissez un groupe, ou écrivez le nom"),
        ({"group": "2", "name": "Anciens"}, "pas les deux"),
        ({"group": "", "name": "ADHERENTS"}, "Un groupe porte déjà ce nom"),
        ({"group": "1", "name": ""}, "Ce groupe n’est plus proposé"),
        ({"group": "99", "name": ""}, "Ce groupe n’est plus proposé"),
    ],
)
@pytest.mark.parametrize("act", ["copier", "deplacer"])
def test_a_destination_that_cannot_be_is_refused_with_a_reason(
    browser: Browser,
    session: scoped_session[Session],
    group: Group,
    board: Group,
    fields: dict[str, str],
    told: str,
    act: str,
) -> None:
    assert (group.id, board.id) == (1, 2)
    page = press(browser, f"/groupes/1/plusieurs/{act}?everyone=y", **fields)
    assert "<title>Erreur" in page
    assert told in page
    assert standing(session, "Adhérents") == list(NAMES)
    assert standing(session, "Bureau") == []
    assert len(session.scalars(select(Group)).all()) == 2


@pytest.mark.parametrize("act", ["retirer", "copier", "deplacer"])
def test_a_group_that_changed_meanwhile_is_asked_about_again(
    browser: Browser, session: scoped_session[Session], group: Group, board: Group, act: str
) -> None:
    answer = browser.post(
        f"/groupes/{group.id}/plusieurs/{act}",
        {"everyone": "y", "shown": "4", "group": str(board.id)},
    )
    assert answer.status_code == 422
    assert "Le groupe a changé entre-temps" in answer.text
    assert 'name="shown" value="5"' in answer.text
    assert standing(session, "Adhérents") == list(NAMES)
    assert standing(session, "Bureau") == []


def test_nothing_ticked_or_pressed_twice_changes_nothing_and_says_so(
    browser: Browser, session: scoped_session[Session], group: Group
) -> None:
    asked = browser.get(f"/groupes/{group.id}/plusieurs/retirer?recherche=x&contacts=999")
    assert "cochez d’abord des contacts" in asked.text
    assert f'href="/groupes/{group.id}?recherche=x"' in asked.text
    again = {"contacts": "999", "shown": "1"}
    answer = browser.post(f"/groupes/{group.id}/plusieurs/retirer", again)
    assert "ne sont plus dans le groupe" in browser.get(answer.headers["Location"]).text
    for wrong in ("1" * 11, "&contacts=".join(["1"] * 501)):
        refused = browser.get(f"/groupes/{group.id}/plusieurs/retirer?contacts={wrong}")
        assert refused.status_code == 400
    assert standing(session, "Adhérents") == list(NAMES)


def test_contacts_and_groups_of_another_organisation_are_out_of_reach(
    browser: Browser, session: scoped_session[Session], group: Group, stranger: User
) -> None:
    theirs = book.create_group(session, stranger.organisation_id, "Bureau", NOW)
    zoe = book.add_contact(session, theirs, person("Zoé", email="z@x.example"), NOW)
    address = f"/groupes/{group.id}/plusieurs/copier?contacts={zoe.id}"
    assert "Aucun contact n’est choisi" in browser.get(address).text
    everyone = f"/groupes/{group.id}/plusieurs/copier?everyone=y"
    assert "Ce groupe n’est plus proposé" in press(browser, everyone, group=str(theirs.id))
    assert standing(session, "Bureau") == ["Zoé"]


def test_ten_thousand_contacts_are_copied_moved_and_removed_at_once(
    session: scoped_session[Session], group: Group, board: Group
) -> None:
    people = [person(f"Petit-{number:05}") for number in range(10_000)]
    book.add_contacts(session, group, people, NOW)
    book.add_contacts(session, board, people[::2], NOW)
    session.commit()
    everyone = Choice(group, (), everyone=True, search="petit")
    assert several.copy(session, everyone, board) == 5_000
    assert several.move(session, everyone, board) == 10_000
    assert several.remove(session, Choice(board, (), everyone=True, search="")) == 10_000
    assert standing(session, "Adhérents") == list(NAMES)
    session.rollback()
