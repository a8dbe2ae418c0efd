"""A group that is archived is put away: no letter goes to it, nothing is lost."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from tests.compose.conftest import group_of, letters, names, press
from tests.conftest import Browser
from webapp.accounts.models import User
from webapp.contacts.models import Contact, Group

pytestmark = pytest.mark.slow

Filled = Callable[..., dict[str, Any]]
PAUL = {"email": "paul@courriel.example", "last_name": "Vert", "status": "professional"}


@pytest.fixture
def group(session: scoped_session[Session], administrator: User) -> Group:
    return group_of(session, administrator.organisation, "Bureau", PAUL)


def test_a_group_is_archived_and_restored_with_its_contacts(
    browser: Browser, session: scoped_session[Session], group: Group
) -> None:
    address = f"/groupes/{group.id}"
    assert "Groupes archivés" not in browser.get("/groupes").text
    assert f'action="{address}/archiver"' in browser.get(address).text
    assert browser.post(f"{address}/archiver").location == "/groupes"
    page = browser.get("/groupes").text
    assert "Le groupe « Bureau » est archivé" in page
    before, after = page.split('id="groups"')[1].split("Groupes archivés</h2>")
    assert ">Bureau</a>" not in before
    assert ">Bureau</a>" in after
    session.expire_all()
    since = group.archived_at
    browser.post(f"{address}/archiver")
    session.expire_all()
    assert group.archived_at == since, "a second press leaves the day"
    shown = browser.get(address).text
    assert "Ce groupe est archivé depuis le" in shown
    assert "Vert" in shown
    assert f"/envoyer?group={group.id}" not in shown
    assert browser.post(f"{address}/reprendre").location == address
    assert "de nouveau proposé à l’envoi" in browser.get(address).text
    assert "Groupes archivés" not in browser.get("/groupes").text
    assert list(session.scalars(select(Contact.last_name))) == ["Vert"]


def test_an_archived_group_is_not_offered_and_its_contacts_are_found(
    browser: Browser, group: Group
) -> None:
    browser.post(f"/groupes/{group.id}/archiver")
    browser.get("/groupes")
    page = browser.get(f"/envoyer?group={group.id}").text
    assert "Bureau" not in page
    found = browser.post("/envoyer/contacts/chercher", {"contact_search": "vert"}, htmx=True)
    assert "Vert" in found.text
    other = browser.post("/groupes", {"name": "BUREAU"})
    assert other.status_code == 422
    assert "Un groupe porte déjà ce nom" in other.text


def test_a_form_that_names_an_archived_group_reaches_nobody_through_it(
    browser: Browser, session: scoped_session[Session], group: Group, filled: Filled
) -> None:
    browser.post(f"/groupes/{group.id}/archiver")
    press(browser, filled(groups=str(group.id)))
    assert len(letters(session)) == 1
    assert names(session) == ["Louise Blanc"]


def test_a_group_archived_while_the_letter_is_written_is_told_before_it_leaves(
    browser: Browser, session: scoped_session[Session], group: Group, filled: Filled
) -> None:
    form = filled(groups=str(group.id))
    recap = browser.post("/envoyer/recapitulatif", form, htmx=True).text
    shown = recap.split('name="shown" value="')[1].split('"')[0]
    browser.post(f"/groupes/{group.id}/archiver")
    assert browser.post("/envoyer", {**form, "shown": shown}).status_code == 422
    assert letters(session) == []


def test_nothing_is_kept_or_copied_into_an_archived_group(
    browser: Browser,
    session: scoped_session[Session],
    administrator: User,
    group: Group,
    filled: Filled,
) -> None:
    other = group_of(session, administrator.organisation, "Adhérents", PAUL | {"email": "p@x.fr"})
    browser.post(f"/groupes/{group.id}/archiver")
    form = filled(save_group=str(group.id))
    recap = browser.post("/envoyer/recapitulatif", form, htmx=True).text
    shown = recap.split('name="shown" value="')[1].split('"')[0]
    assert browser.post("/envoyer", {**form, "shown": shown}).status_code == 422
    copying = {"everyone": "y", "shown": "1", "group": str(group.id)}
    answer = browser.post(f"/groupes/{other.id}/plusieurs/copier", copying)
    assert answer.status_code == 422
    assert "Ce groupe n’est plus proposé" in answer.text
    assert len(session.scalars(select(Contact)).all()) == 2
