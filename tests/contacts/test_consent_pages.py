"""Consents noted on pages: for many contacts at once, and for one that took it back."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from tests.conftest import NOW, Browser
from webapp.accounts.models import Organisation, User
from webapp.contacts import book, consents
from webapp.contacts.models import Consent, Contact, Group
from webapp.contacts.rules import check

PEOPLE = (
    {"email": "Louise@x.example", "last_name": "Blanc", "status": "individual"},
    {"email": "paul@x.example", "last_name": "Gris", "status": "individual"},
    {"email": "zoe@x.example", "last_name": "Noir", "status": "individual"},
    {"email": "atelier@x.example", "company": "Roux", "status": "professional"},
)
SAID = {"means": "bulletin d’adhésion", "given_on": "2026-01-03"}


@pytest.fixture
def group(session: scoped_session[Session], organisation: Organisation) -> Group:
    group = book.create_group(session, organisation.id, "Adhérents", NOW)
    for texts in PEOPLE:
        recipient = check(texts).recipient
        assert recipient is not None
        book.add_contact(session, group, recipient, NOW)
    session.commit()
    return group


@pytest.fixture
def louise(session: scoped_session[Session], administrator: User, group: Group) -> Contact:
    """Louise had consented, and took it back."""
    contact = session.scalars(select(Contact).where(Contact.last_name == "Blanc")).one()
    consents.declare(session, group.organisation_id, [contact.email], "oral", administrator.id, NOW)
    recorded = consents.of_address(session, group.organisation_id, contact.email)
    assert recorded is not None
    consents.withdraw(session, recorded, administrator.id, NOW)
    session.commit()
    return contact


def record(session: scoped_session[Session]) -> dict[str, tuple[str, date | None]]:
    session.expire_all()
    serving = session.scalars(select(Consent).where(Consent.withdrawn_at.is_(None)))
    return {consent.email: (consent.means, consent.given_on) for consent in serving}


def test_a_consent_is_noted_for_all_with_how_and_when(
    browser: Browser,
    session: scoped_session[Session],
    administrator: User,
    group: Group,
    louise: Contact,
) -> None:
    consents.declare(
        session, group.organisation_id, ["paul@x.example"], "oral", administrator.id, NOW
    )
    address = f"/groupes/{group.id}/plusieurs/accord"
    page = browser.get(f"{address}?everyone=y").text
    assert "3 adresses e-mail de particuliers" in page
    assert "1 a déjà un accord noté" in page
    assert "1 a retiré son accord" in page
    assert "L’accord sera noté pour 1 adresse." in page
    fields = {"everyone": "y", "shown": "4", **SAID}
    answer = browser.post(address, fields)
    assert "Accord noté pour 1 adresse e-mail." in browser.get(answer.location).text
    assert record(session) == {
        "paul@x.example": ("oral", None),
        "zoe@x.example": ("bulletin d’adhésion", date(2026, 1, 3)),
    }
    browser.post(address, fields)
    assert len(record(session)) == 2


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"means": " "}, "Écrivez comment l’accord a été donné."),
        ({"means": "x" * 501}, "500 caractères au plus"),
        ({"given_on": ""}, "Choisissez le jour"),
        ({"given_on": "hier"}, "given_on"),
        (
            {"given_on": (datetime.now(UTC) + timedelta(days=2)).date().isoformat()},
            "Ce jour n’est pas encore venu.",
        ),
        ({"given_on": "0026-01-03"}, "Vérifiez l’année."),
    ],
)
def test_how_and_when_are_needed_and_no_day_to_come_is_taken(
    browser: Browser,
    session: scoped_session[Session],
    group: Group,
    wrong: dict[str, str],
    told: str,
) -> None:
    fields = {"everyone": "y", "shown": "4", **SAID, **wrong}
    answer = browser.post(f"/groupes/{group.id}/plusieurs/accord", fields)
    assert answer.status_code == 422
    assert told in answer.text
    assert record(session) == {}


def test_a_group_that_changed_under_the_page_is_counted_again(
    browser: Browser, session: scoped_session[Session], group: Group
) -> None:
    fields = {"everyone": "y", "shown": "5", **SAID}
    answer = browser.post(f"/groupes/{group.id}/plusieurs/accord", fields)
    assert answer.status_code == 422
    assert "Le groupe a changé entre-temps" in answer.text
    assert record(session) == {}


def withdrawal_shown(page: str) -> str:
    found = re.search(r'name="after" value="([^"]+)"', page)
    assert found
    return found[1]


def test_a_person_takes_the_consent_back_and_what_was_before_serves_no_more(
    browser: Browser, session: scoped_session[Session], group: Group
) -> None:
    paul = session.scalars(select(Contact).where(Contact.last_name == "Gris")).one()
    address = f"/groupes/{group.id}/contacts/{paul.id}/accord"
    assert "sans accord" in browser.get(f"/groupes/{group.id}").text
    assert "Aucun accord n’est noté pour paul@x.example." in browser.get(address).text
    browser.post(address, SAID)
    assert record(session) == {"paul@x.example": ("bulletin d’adhésion", date(2026, 1, 3))}
    assert "accord noté" in browser.get(f"/groupes/{group.id}").text
    assert "Retirer l’accord de Gris" in browser.get(f"{address}/retirer").text
    for _ in range(2):
        browser.post(f"{address}/retirer")
    assert record(session) == {}
    assert "accord retiré" in browser.get(f"/groupes/{group.id}").text
    page = browser.get(address).text
    assert "Retiré le" in page
    assert "L’accord d’avant ne vaut plus." in page
    refused = browser.post(address, {**SAID, "after": withdrawal_shown(page)})
    assert refused.status_code == 422
    assert "il en faut un nouveau" in refused.text
    assert record(session) == {}


def test_a_new_consent_after_the_withdrawal_serves(
    browser: Browser, session: scoped_session[Session], group: Group, louise: Contact
) -> None:
    address = f"/groupes/{group.id}/contacts/{louise.id}/accord"
    after = withdrawal_shown(browser.get(address).text)
    browser.post(address, {"means": "courriel", "given_on": "2026-03-05", "after": after})
    assert record(session) == {"louise@x.example": ("courriel", date(2026, 3, 5))}


def test_a_withdrawal_noted_by_mistake_is_mended_on_the_same_day(
    browser: Browser, session: scoped_session[Session], group: Group
) -> None:
    paul = session.scalars(select(Contact).where(Contact.last_name == "Gris")).one()
    address = f"/groupes/{group.id}/contacts/{paul.id}/accord"
    browser.post(address, SAID)
    browser.post(f"{address}/retirer")
    today = consents.day_of(datetime.now(UTC))
    anew = {"means": "confirmé au téléphone", "given_on": today.isoformat()}
    stale = browser.post(address, anew)
    assert stale.status_code == 422, "a page that stood open from before revives nothing"
    assert record(session) == {}
    page = stale.text
    assert "Le retrait a été noté par erreur" in page
    browser.post(address, {**anew, "after": withdrawal_shown(page)})
    assert record(session) == {"paul@x.example": ("confirmé au téléphone", today)}


def test_the_pages_of_a_contact_without_email_or_without_need_say_so(
    browser: Browser, session: scoped_session[Session], group: Group
) -> None:
    home = {"address_1": "3 rue du Lavoir", "postal_code": "01000", "city": "Bourg-en-Bresse"}
    recipient = check({"last_name": "Vert", "status": "individual", **home}).recipient
    assert recipient is not None
    vert = book.add_contact(session, group, recipient, NOW)
    roux = session.scalars(select(Contact).where(Contact.company == "Roux")).one()
    session.commit()
    for contact, told in ((vert, "n’a pas d’adresse e-mail"), (roux, "pas d’accord à un profess")):
        address = f"/groupes/{group.id}/contacts/{contact.id}/accord"
        page = browser.get(address)
        assert told in page.text
        assert 'name="given_on"' not in page.text
        assert browser.get(f"{address}/retirer").location.endswith("/accord")
    browser.post(f"/groupes/{group.id}/contacts/{vert.id}/accord", SAID)
    assert record(session) == {}


def test_a_group_of_professionals_has_nothing_to_note(
    browser: Browser, session: scoped_session[Session], group: Group
) -> None:
    roux = session.scalars(select(Contact).where(Contact.company == "Roux")).one()
    page = browser.get(f"/groupes/{group.id}/plusieurs/accord?contacts={roux.id}").text
    assert "Il n’y a rien à noter." in page
    nobody = browser.get(f"/groupes/{group.id}/plusieurs/accord").text
    assert re.search("<h1>Aucun contact n’est choisi</h1>", nobody)


def test_a_first_consent_is_asked_without_a_word_of_others(browser: Browser, group: Group) -> None:
    page = browser.get(f"/groupes/{group.id}/plusieurs/accord?everyone=y").text
    assert "adresse" in page
    assert "déjà un accord noté" not in page


def test_who_withdraws_for_one_of_a_couple_is_told_of_the_other(
    browser: Browser,
    session: scoped_session[Session],
    administrator: User,
    group: Group,
) -> None:
    zoe = session.scalars(select(Contact).where(Contact.last_name == "Noir")).one()
    consents.declare(session, group.organisation_id, [zoe.email], "oral", administrator.id, NOW)
    session.commit()
    page = f"/groupes/{group.id}/contacts/{zoe.id}/accord/retirer"
    assert "retiré aussi pour" not in browser.get(page).text
    hugo = {"email": "ZOE@x.example", "last_name": "Noir", "first_name": "Hugo"}
    recipient = check({**hugo, "status": "individual"}).recipient
    assert recipient is not None
    book.add_contact(session, group, recipient, NOW)
    session.commit()
    assert "il sera retiré aussi pour Hugo Noir, qui a la même." in browser.get(page).text
