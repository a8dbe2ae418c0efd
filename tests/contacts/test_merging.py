"""Two contacts that are one person, side by side, and the one contact that is made of them."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from tests.conftest import NOW, Browser
from webapp.accounts.models import Organisation, User
from webapp.compose import drafts
from webapp.compose.models import Draft
from webapp.contacts import book, consents, history, merging
from webapp.contacts.models import Contact, Group, Membership
from webapp.contacts.rules import Recipient, check

LATER = NOW + timedelta(days=1)
HOME = {"address_1": "3 rue du Lavoir", "postal_code": "01000", "city": "Bourg-en-Bresse"}
KEY = "une-clef-de-brouillon"


def person(email: str, **texts: str) -> Recipient:
    fields = {"last_name": "Blanc", "first_name": "Louise", "status": "individual", **texts}
    recipient = check({"email": email, **fields}).recipient
    assert recipient is not None
    return recipient


@pytest.fixture
def group(session: scoped_session[Session], organisation: Organisation) -> Group:
    return book.create_group(session, organisation.id, "Adhérents", NOW)


@pytest.fixture
def two(session: scoped_session[Session], group: Group) -> tuple[Contact, Contact]:
    older = book.add_contact(session, group, person("louise@ancien.example", city=""), NOW)
    newer = book.add_contact(session, group, person("louise@neuf.example", **HOME), LATER)
    session.commit()
    return older, newer


def asked(group: Group, *contacts: Contact) -> str:
    ticked = "&".join(f"contacts={contact.id}" for contact in contacts)
    return f"/groupes/{group.id}/plusieurs/fusionner?{ticked}"


def press(browser: Browser, group: Group, page: str, **chosen: str) -> str:
    """Press the button of the page that shows both, as it stands but for what is chosen."""
    ids = re.findall(r'name="contacts" value="(\d+)"', page)
    shown = re.search(r'name="shown" value="(\w+)"', page)
    assert shown is not None
    kept = dict(re.findall(r'name="(keep-\w+)" id="[\w-]+" value="(\d+)" checked', page))
    fields = {"contacts": ids, "shown": shown[1], **kept, **chosen}
    answer = browser.post(f"/groupes/{group.id}/plusieurs/fusionner", fields)
    return browser.get(answer.location).text if answer.location else answer.text


def test_two_contacts_side_by_side_become_one_with_the_values_that_were_chosen(
    browser: Browser,
    session: scoped_session[Session],
    group: Group,
    two: tuple[Contact, Contact],
) -> None:
    older, newer = (contact.id for contact in two)
    page = browser.get(asked(group, *two)).text
    assert page.index("louise@ancien.example") < page.index("louise@neuf.example")
    proposed = re.findall(r'name="keep-(\w+)" id="[\w-]+" value="(\d+)" checked', page)
    assert dict(proposed) == dict.fromkeys(
        ("email", "address_1", "postal_code", "city"), str(newer)
    ), "what is equal is not asked"
    told = press(browser, group, page, **{"keep-email": str(older)})
    assert "Les deux contacts n’en font plus qu’un : Louise Blanc." in told
    session.expire_all()
    (kept,) = session.scalars(select(Contact))
    assert (kept.id, kept.email, kept.city) == (older, "louise@ancien.example", "Bourg-en-Bresse")
    step, _entry = history.steps(session, kept)
    assert step.kind == "merged"
    assert {difference.field for difference in step.differences} == {
        "address_1",
        "postal_code",
        "city",
    }
    page = browser.get(f"/groupes/{group.id}/contacts/{older}/historique").text
    assert "Fusionné avec un autre contact" in page
    assert "louise@neuf.example" in page, "what was not kept is still told"


@pytest.mark.parametrize(
    ("ticked", "told"),
    [((), "aucun n’est coché"), ((0,), "un seul est coché"), ((0, 1, 2), "3 sont cochés")],
)
def test_other_than_two_ticked_contacts_get_a_clear_message(
    browser: Browser,
    session: scoped_session[Session],
    group: Group,
    two: tuple[Contact, Contact],
    ticked: tuple[int, ...],
    told: str,
) -> None:
    third = book.add_contact(session, group, person("zoe@x.example", first_name="Zoé"), NOW)
    session.commit()
    contacts = (*two, third)
    page = browser.get(asked(group, *(contacts[place] for place in ticked)))
    assert page.status_code == 200
    assert f"{told}. Revenez au groupe" in " ".join(page.text.split())
    assert "Cochez deux contacts" in page.text


def test_the_one_that_stays_stands_once_in_the_groups_of_both(
    session: scoped_session[Session],
    administrator: User,
    group: Group,
    two: tuple[Contact, Contact],
) -> None:
    older, newer = two
    board = book.create_group(session, group.organisation_id, "Bureau", NOW)
    session.add(Membership(group_id=board.id, contact_id=newer.id))
    consents.declare(
        session, group.organisation_id, [newer.email], "bulletin", administrator.id, NOW
    )
    session.flush()
    merging.merge(session, older, newer, person(newer.email), administrator.id, LATER)
    standing = session.execute(select(Membership.group_id, Membership.contact_id)).all()
    assert sorted(map(tuple, standing)) == [(group.id, older.id), (board.id, older.id)]
    assert consents.consented(session, group.organisation_id, ["louise@neuf.example"])


def test_a_result_that_breaks_a_rule_or_is_a_third_contact_is_refused(
    browser: Browser,
    session: scoped_session[Session],
    group: Group,
    two: tuple[Contact, Contact],
) -> None:
    older, _newer = two
    company = person("", last_name="", first_name="", company="Lavoir", status="pro", **HOME)
    named = book.add_contact(session, group, company, LATER)
    session.commit()
    page = browser.get(asked(group, older, named)).text
    wrong = {"keep-email": str(named.id), "keep-address_1": str(older.id)}
    refused = press(browser, group, page, **wrong)
    assert "<title>Erreur" in refused
    assert 'href="#keep-' in refused
    third = book.add_contact(session, group, person("louise@neuf.example", first_name="Lou"), NOW)
    session.commit()
    page = browser.get(asked(group, older, third)).text
    refused = press(
        browser, group, page, **{"keep-email": str(third.id), "keep-first_name": str(older.id)}
    )
    assert "Cette personne est déjà dans le groupe" in refused
    assert session.scalar(select(func.count()).select_from(Contact)) == 4


def test_a_contact_that_changed_under_the_page_is_shown_again_before_anything_is_done(
    browser: Browser,
    session: scoped_session[Session],
    administrator: User,
    group: Group,
    two: tuple[Contact, Contact],
) -> None:
    page = browser.get(asked(group, *two)).text
    changed = person("louise@encore.example")
    book.change_contact(session, group, two[1], changed, administrator.id, LATER)
    session.commit()
    again = press(browser, group, page)
    assert "L’un des deux contacts a changé entre-temps" in again
    assert "louise@encore.example" in again
    assert "n’en font plus qu’un" in press(browser, group, again)
    twice = press(browser, group, again)
    assert "Ces contacts ne sont plus dans le groupe" in twice, "a second press does nothing"


def test_a_draft_that_names_the_contact_that_goes_names_the_one_that_stays(
    browser: Browser,
    session: scoped_session[Session],
    administrator: User,
    group: Group,
    two: tuple[Contact, Contact],
) -> None:
    older, newer = two
    named = [("subject", "Convocation"), ("contacts", str(newer.id)), ("contacts", "91")]
    drafts.keep(session, administrator, KEY, named, NOW)
    drafts.keep(session, administrator, f"{KEY}-2", [*named, ("contacts", str(older.id))], NOW)
    session.commit()
    press(browser, group, browser.get(asked(group, *two)).text)
    fields = list(session.scalars(select(Draft.fields).order_by(Draft.id)))
    kept = ["contacts", str(older.id)]
    assert fields[0] == [["subject", "Convocation"], kept, ["contacts", "91"]]
    assert fields[1] == fields[0], "no contact is named twice"
    shown = browser.get(f"/envoyer/brouillons/{KEY}")
    assert shown.status_code == 200
    assert "louise@neuf.example" in shown.text
