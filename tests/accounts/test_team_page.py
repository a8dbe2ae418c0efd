"""« Mon équipe »: who may open it, and what an administrator changes there."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, scoped_session

from tests.conftest import PASSWORD, Browser
from webapp.accounts import team
from webapp.accounts.models import Kind, User

pytestmark = pytest.mark.slow

AnySession = scoped_session[Session]
SignIn = Callable[[User], Browser]
TEAM = "/organisation/equipe"
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def fresh(session: AnySession, user: User) -> User:
    session.expire_all()
    return session.get_one(User, user.id)


def test_the_administrator_sees_everyone_and_when_they_came_last(
    session: AnySession, browser: Browser, managed: User, simple: User
) -> None:
    team.disable(session, simple, None, NOW)
    page = browser.get(TEAM).text
    for email in ("odile@lavoir.example", "paul@lavoir.example", "rose@lavoir.example"):
        assert email in page
    assert "désactivé" in page
    assert "lundi 2 mars 2026" in page
    assert "inconnue" in page
    assert "C’est vous." in page
    assert f'href="{TEAM}/{managed.id}/sorte"' in page
    assert f'href="{TEAM}/{simple.id}/reactiver"' in page
    assert 'href="/organisation/equipe"' in browser.get("/").text


def test_an_account_of_another_kind_is_told_why_not_and_whom_to_ask(
    sign_in: SignIn, administrator: User, managed: User, simple: User
) -> None:
    for user in (managed, simple):
        browser = sign_in(user)
        page = browser.get(TEAM)
        assert page.status_code == 403
        assert "réservée aux comptes" in page.text
        assert "demandez à Odile Martin" in page.text
        assert 'href="/organisation/equipe"' not in browser.get("/").text
        answer = browser.post(f"{TEAM}/{administrator.id}/desactiver")
        assert answer.status_code == 403


def test_a_simple_account_reads_whom_to_ask_wherever_it_is_bounded(
    sign_in: SignIn, administrator: User, simple: User
) -> None:
    browser = sign_in(simple)
    for address, status in (("/", 200), ("/groupes", 403), ("/envoyer", 200)):
        page = browser.get(address)
        assert page.status_code == status
        assert "Odile Martin" in page.text.split("<main")[1]
        assert "à la fois" in page.text


def test_a_kind_is_changed_after_reading_what_it_means_and_counts_at_once(
    session: AnySession, browser: Browser, sign_in: SignIn, simple: User
) -> None:
    rose = sign_in(simple)
    assert rose.get("/groupes").status_code == 403
    asked = browser.get(f"{TEAM}/{simple.id}/sorte").text
    assert "Aujourd’hui" in asked
    assert "voit les courriers de toute l’association" in asked
    answer = browser.post(f"{TEAM}/{simple.id}/sorte", {"kind": "managed"})
    assert answer.location == TEAM
    assert fresh(session, simple).kind == Kind.MANAGED
    assert rose.get("/groupes").status_code == 200
    wrong = browser.post(f"{TEAM}/{simple.id}/sorte", {"kind": "chef"})
    assert wrong.status_code == 422


def test_a_disabled_account_is_out_at_once_and_comes_back_only_by_signing_in(
    session: AnySession, browser: Browser, sign_in: SignIn, administrator: User, managed: User
) -> None:
    paul = sign_in(managed)
    assert paul.get("/courriers").status_code == 200
    assert "restent à l’association" in browser.get(f"{TEAM}/{managed.id}/desactiver").text
    browser.post(f"{TEAM}/{managed.id}/desactiver")
    assert paul.get("/courriers").status_code == 303
    closed = fresh(session, managed)
    assert (closed.active, closed.disabled_by_id) == (False, administrator.id)
    assert closed.disabled_at is not None
    refused = Browser(paul.client).post(
        "/connexion", {"email": "paul@lavoir.example", "password": PASSWORD}
    )
    assert refused.status_code == 422
    assert "avec le mot de passe" in browser.get(f"{TEAM}/{managed.id}/reactiver").text
    browser.post(f"{TEAM}/{managed.id}/reactiver")
    assert fresh(session, managed).disabled_at is None
    assert paul.get("/courriers").status_code == 303, "the old session does not come back"
    assert sign_in(managed).get("/courriers").status_code == 200


def test_nobody_takes_his_own_rights_away(
    session: AnySession, browser: Browser, administrator: User
) -> None:
    for address, fields in (("sorte", {"kind": "simple"}), ("desactiver", {})):
        answer = browser.post(f"{TEAM}/{administrator.id}/{address}", fields)
        assert answer.status_code == 403
        assert "vos propres droits" in answer.text
    assert fresh(session, administrator).kind == Kind.ADMINISTRATOR
    assert fresh(session, administrator).active


def test_the_last_administrator_stays_whoever_asks(
    session: AnySession, administrator: User, managed: User, stranger: User
) -> None:
    with pytest.raises(team.LastAdministrator):
        team.disable(session, administrator, None, NOW)
    with pytest.raises(team.LastAdministrator):
        team.change_kind(session, administrator, Kind.SIMPLE, None, NOW)
    team.change_kind(session, managed, Kind.ADMINISTRATOR, administrator, NOW)
    team.disable(session, administrator, managed, NOW)
    with pytest.raises(team.LastAdministrator):
        team.disable(session, managed, None, NOW)
    assert (administrator.active, managed.active, stranger.active) == (False, True, True)


def test_the_database_holds_no_active_account_that_is_disabled(
    session: AnySession, managed: User
) -> None:
    managed.disabled_at = NOW
    with pytest.raises(IntegrityError):
        session.flush()
    session.rollback()


def test_people_of_another_organisation_are_not_found(
    app: Flask,
    session: AnySession,
    sign_in: SignIn,
    stranger: User,
    managed: User,
    browser: Browser,
) -> None:
    browser.post(f"{TEAM}/invitations", {"email": "ami@x.example", "kind": "simple"})
    zoe = sign_in(stranger)
    page = zoe.get(TEAM).text
    assert "lavoir.example" not in page
    assert "ami@x.example" not in page
    for place in ("sorte", "desactiver", "reactiver", "mot-de-passe"):
        address = f"{TEAM}/{managed.id}/{place}"
        assert zoe.get(address).status_code == 404
        assert zoe.post(address, {"kind": "simple"}).status_code == 404
    for place in ("annuler", "refaire"):
        assert zoe.post(f"{TEAM}/invitations/1/{place}").status_code == 404
    assert fresh(session, managed).active
    assert fresh(session, managed).kind == Kind.MANAGED


def test_an_invitation_form_with_faults_says_each_and_keeps_what_was_typed(
    browser: Browser,
) -> None:
    answer = browser.post(f"{TEAM}/invitations", {"name": "Paul", "email": "paul@"})
    assert answer.status_code == 422
    assert "<title>Erreur" in answer.text
    assert '<a href="#email">' in answer.text
    assert '<a href="#kind">' in answer.text
    assert 'value="paul@"' in answer.text


def test_the_administrator_makes_a_link_for_a_new_password_but_not_for_a_closed_account(
    session: AnySession, browser: Browser, managed: User
) -> None:
    asked = browser.get(f"{TEAM}/{managed.id}/mot-de-passe")
    assert "/mot-de-passe/" not in asked.text.replace(f"{TEAM}/", "")
    made = browser.post(f"{TEAM}/{managed.id}/mot-de-passe")
    assert "http://localhost/mot-de-passe/" in made.text
    assert session.scalars(select(User.active)).all() == [True, True]
    team.disable(session, managed, None, NOW)
    assert browser.post(f"{TEAM}/{managed.id}/mot-de-passe").status_code == 403


@pytest.mark.parametrize("dismissal", ["desactiver", "sorte"])
def test_links_that_a_dismissed_administrator_made_open_nothing(
    session: AnySession,
    browser: Browser,
    sign_in: SignIn,
    administrator: User,
    managed: User,
    dismissal: str,
) -> None:
    managed.kind = Kind.ADMINISTRATOR
    session.commit()
    made = sign_in(managed).post(f"{TEAM}/{administrator.id}/mot-de-passe").text
    link = re.search(r"/mot-de-passe/[\w-]+", made)
    assert link is not None
    assert browser.get(link[0]).status_code == 200
    browser.post(f"{TEAM}/{managed.id}/{dismissal}", {"kind": "simple"})
    assert browser.get(link[0]).status_code == 410
