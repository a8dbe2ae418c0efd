"""An invitation, from the administrator's page to the account that it becomes."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, scoped_session
from werkzeug.test import TestResponse

from tests.conftest import Browser
from webapp.accounts import invitations, team
from webapp.accounts.link_models import Invitation
from webapp.accounts.models import Kind, User
from webapp.accounts.tokens import hashed, new_token
from webapp.extensions import db

AnySession = scoped_session[Session]
PASSWORD = "cinq mots sans aucun rapport"
PAUL = {"name": "Paul Roux", "email": "Paul@Lavoir.example", "kind": "managed"}
INVITE = "/organisation/equipe/invitations"

Send = Callable[..., TestResponse]
Links = Callable[[str, str], str]


def accounts(session: AnySession) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(User)) or 0


def test_an_invited_person_chooses_a_password_and_is_signed_in(
    app: Flask, session: AnySession, browser: Browser, links: Links, send_form: Send
) -> None:
    made = browser.post(INVITE, PAUL)
    assert made.status_code == 200
    assert "Aucun serveur de messagerie n’est réglé" in made.text
    link = links(made.text, "invitation")
    paul = app.test_client()
    page = paul.get(link)
    assert "Odile Martin vous invite à rejoindre Les Amis du Lavoir" in page.text
    assert "ne voit que ses propres courriers" in page.text
    assert 'value="Paul Roux"' in page.text
    answer = send_form(paul, link, name="Paul Roux", password=PASSWORD)
    assert (answer.status_code, answer.location) == (303, "/")
    assert "Votre compte est créé" in paul.get("/").text
    user = session.scalars(select(User).where(User.email == "paul@lavoir.example")).one()
    invitation = session.scalars(select(Invitation)).one()
    assert (user.kind, user.organisation.name) == ("managed", "Les Amis du Lavoir")
    assert (invitation.user_id, invitation.invited_by.email) == (user.id, "odile@lavoir.example")
    assert user.signed_in_at is not None


def test_opening_the_link_changes_nothing_and_the_page_stays_secret(
    app: Flask, session: AnySession, browser: Browser, links: Links
) -> None:
    link = links(browser.post(INVITE, PAUL).text, "invitation")
    for _ in range(3):
        page = app.test_client().get(link)
        assert page.headers["Referrer-Policy"] == "strict-origin"
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert accounts(session) == 1
    assert session.scalars(select(Invitation)).one().accepted_at is None


def test_only_the_hash_of_a_long_secret_is_kept(
    session: AnySession, browser: Browser, links: Links
) -> None:
    token = links(browser.post(INVITE, PAUL).text, "invitation").rsplit("/", 1)[1]
    assert len(token) * 6 >= 256
    assert session.scalars(select(Invitation.token_hash)).one() == hashed(token)
    assert token not in browser.get("/organisation/equipe").text
    assert new_token() != new_token()


def test_a_link_makes_one_account_and_then_says_to_sign_in(
    app: Flask, session: AnySession, browser: Browser, links: Links, send_form: Send
) -> None:
    link = links(browser.post(INVITE, PAUL).text, "invitation")
    send_form(app.test_client(), link, name="Paul", password=PASSWORD)
    again = app.test_client().get(link)
    assert again.status_code == 410
    assert "Cette invitation a déjà servi" in again.text
    assert 'href="/connexion"' in again.text
    assert accounts(session) == 2


def test_of_two_who_use_the_link_at_once_exactly_one_gets_the_account(
    app: Flask, session: AnySession, administrator: User
) -> None:
    now = datetime.now(UTC)
    _invitation, token = invitations.invite(
        session,
        administrator.organisation_id,
        "",
        "paul@lavoir.example",
        Kind.SIMPLE,
        administrator,
        now,
    )
    session.commit()
    at_once = Barrier(2)

    def accept(name: str) -> str:
        with app.app_context():
            at_once.wait(timeout=10)
            try:
                invitations.accept(db.session, token, name, PASSWORD, datetime.now(UTC))
            except invitations.NotOpen as closed:
                db.session.rollback()
                return str(closed.standing)
            db.session.commit()
            return "made"

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(accept, ("Paul", "Pierre"))) == ["made", "used"]
    assert accounts(session) == 2


@pytest.mark.parametrize(
    ("change", "status", "words"),
    [
        ({"expires_at": datetime(2026, 1, 1, tzinfo=UTC)}, 410, "Le délai de cette invitation"),
        ({"cancelled_at": datetime(2026, 1, 1, tzinfo=UTC)}, 410, "a été annulée"),
        ({"token_hash": "0" * 64}, 404, "Cette invitation n’existe pas"),
    ],
)
def test_a_link_that_opens_nothing_says_what_to_do_and_makes_nothing(
    app: Flask,
    session: AnySession,
    browser: Browser,
    links: Links,
    change: dict[str, Any],
    status: int,
    words: str,
) -> None:
    link = links(browser.post(INVITE, PAUL).text, "invitation")
    invitation = session.scalars(select(Invitation)).one()
    for name, value in change.items():
        setattr(invitation, name, value)
    page = app.test_client().get(link)
    assert page.status_code == status
    assert words in page.text
    assert "demande" in page.text.lower()
    # Signed out, a token against forgery is on the sign-in page.
    posted = Browser(app.test_client()).post(link, {"name": "Paul", "password": PASSWORD})
    assert posted.status_code == status
    assert accounts(session) == 1


def test_a_form_with_faults_keeps_the_name_and_the_link(
    app: Flask, browser: Browser, links: Links, send_form: Send
) -> None:
    link = links(browser.post(INVITE, PAUL).text, "invitation")
    paul = app.test_client()
    answer = send_form(paul, link, name="Paul Le Roux", password="court")
    assert answer.status_code == 422
    assert "<title>Erreur" in answer.text
    assert 'value="Paul Le Roux"' in answer.text
    assert '<a href="#password">' in answer.text
    assert send_form(paul, link, name="Paul", password=PASSWORD).status_code == 303


def test_somebody_who_is_signed_in_is_told_to_sign_out_first(
    session: AnySession, browser: Browser, links: Links
) -> None:
    link = links(browser.post(INVITE, PAUL).text, "invitation")
    assert "déconnectez-vous d’abord" in browser.get(link).text
    assert browser.post(link, {"name": "Paul", "password": PASSWORD}).status_code == 422
    assert accounts(session) == 1


def test_an_invitation_made_again_has_a_new_link_and_the_old_one_dies(
    app: Flask, session: AnySession, browser: Browser, links: Links
) -> None:
    old = links(browser.post(INVITE, PAUL).text, "invitation")
    number = session.scalars(select(Invitation.id)).one()
    new = links(browser.post(f"{INVITE}/{number}/refaire").text, "invitation")
    assert app.test_client().get(old).status_code == 404
    assert app.test_client().get(new).status_code == 200
    assert session.scalar(select(func.count()).select_from(Invitation)) == 1


def test_a_cancelled_invitation_opens_nothing_and_can_be_sent_anew(
    app: Flask, session: AnySession, browser: Browser, links: Links
) -> None:
    link = links(browser.post(INVITE, PAUL).text, "invitation")
    number = session.scalars(select(Invitation.id)).one()
    answer = browser.post(f"{INVITE}/{number}/annuler")
    assert answer.location == "/organisation/equipe"
    assert "L’invitation de paul@lavoir.example est annulée." in browser.get(answer.location).text
    assert app.test_client().get(link).status_code == 410
    assert browser.post(f"{INVITE}/{number}/refaire").status_code == 303
    assert browser.post(INVITE, PAUL).status_code == 200


def test_an_address_is_not_invited_twice_nor_when_it_has_an_account(
    session: AnySession, browser: Browser, stranger: User
) -> None:
    browser.post(INVITE, PAUL)
    twice = browser.post(INVITE, PAUL)
    assert twice.status_code == 422
    assert "a déjà une invitation ouverte" in twice.text
    for email in ("odile@lavoir.example", stranger.email):
        known = browser.post(INVITE, {**PAUL, "email": email})
        assert known.status_code == 422
        assert "a déjà un compte sur Plirec" in known.text
    assert session.scalar(select(func.count()).select_from(Invitation)) == 1


def test_an_invitation_that_ran_out_of_time_can_be_made_anew(
    session: AnySession, administrator: User
) -> None:
    now = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    arguments = (session, administrator.organisation_id)
    _first, old = invitations.invite(
        *arguments, "", "paul@lavoir.example", Kind.SIMPLE, administrator, now
    )
    later = now + timedelta(hours=24)
    again, _new = invitations.invite(
        *arguments, "Paul", "paul@lavoir.example", Kind.MANAGED, administrator, later
    )
    assert (again.name, again.kind) == ("Paul", "managed")
    with pytest.raises(invitations.NotOpen):
        invitations.accept(session, old, "Paul", PASSWORD, later)
    assert len(invitations.open_invitations(session, administrator.organisation_id)) == 1


def test_the_database_holds_one_open_invitation_an_address(
    session: AnySession, administrator: User
) -> None:
    def add(**changes: Any) -> None:
        values = {
            "organisation_id": administrator.organisation_id,
            "email": "paul@lavoir.example",
            "kind": "simple",
            "token_hash": new_token(),
            "created_at": datetime.now(UTC),
            "expires_at": datetime.now(UTC),
        }
        with session.begin_nested():
            session.add(Invitation(**values | changes))

    add(cancelled_at=datetime.now(UTC))
    add()
    for changes in ({}, {"email": "B@x.example"}, {"email": "b@x.example", "kind": "chef"}):
        with pytest.raises(IntegrityError):
            add(**changes)
    with pytest.raises(IntegrityError):
        add(email="c@x.example", accepted_at=datetime.now(UTC))


def test_who_leaves_the_administrators_takes_his_open_invitations_along(
    session: AnySession, administrator: User, managed: User
) -> None:
    now = datetime.now(UTC)
    managed.kind = Kind.ADMINISTRATOR
    organisation_id = administrator.organisation_id
    invitations.invite(
        session, organisation_id, "", "ami@x.example", Kind.ADMINISTRATOR, managed, now
    )
    invitations.invite(
        session, organisation_id, "", "zoe@x.example", Kind.SIMPLE, administrator, now
    )
    team.change_kind(session, managed, Kind.SIMPLE, administrator, now)
    left = [one.email for one in invitations.open_invitations(session, organisation_id)]
    assert left == ["zoe@x.example"]


def test_a_mail_goes_out_with_the_same_link_and_no_line_break_becomes_a_header(
    session: AnySession,
    browser: Browser,
    administrator: User,
    mail_server: Callable[..., tuple[Any, dict[str, Any]]],
    configure: Callable[..., Any],
    links: Links,
) -> None:
    server, settings = mail_server()
    configure(**settings)
    administrator.organisation.name = "Les Amis\r\nBcc: espion@mal.example"
    made = browser.post(INVITE, {**PAUL, "name": "Paul\r\nBcc: espion@mal.example"})
    assert "Le message est parti à paul@lavoir.example" in made.text
    (message,) = server.messages
    assert message["To"] == "paul@lavoir.example"
    assert message["From"] == "Plirec <avis@courrier.example>"
    assert message["Bcc"] is None
    assert message["Auto-Submitted"] == "auto-generated"
    text = message.get_body(("plain",)).get_content()
    html = message.get_body(("html",)).get_content()
    assert "https://courrier.example/invitation/" in text
    assert links(text, "invitation") == links(html, "invitation")
    assert links(made.text, "invitation") == links(text, "invitation")
    assert "<img" not in html


def test_a_mail_that_cannot_leave_names_the_stage_and_keeps_the_link(
    app: Flask,
    browser: Browser,
    mail_server: Callable[..., tuple[Any, dict[str, Any]]],
    configure: Callable[..., Any],
    links: Links,
) -> None:
    server, settings = mail_server()
    server.refused["paul@lavoir.example"] = "550 no such mailbox"
    configure(**settings)
    made = browser.post(INVITE, PAUL)
    assert made.status_code == 200
    assert "annoncer l’adresse du destinataire" in made.text
    assert "(détail technique : 550 no such mailbox)" in made.text
    assert app.test_client().get(links(made.text, "invitation")).status_code == 200


def test_a_link_that_works_on_this_machine_alone_is_not_mailed(
    browser: Browser,
    mail_server: Callable[..., tuple[Any, dict[str, Any]]],
    configure: Callable[..., Any],
    links: Links,
) -> None:
    server, settings = mail_server()
    configure(**{**settings, "public_url": ""})
    made = browser.post(INVITE, PAUL)
    assert "doit commencer par https://" in made.text
    assert links(made.text, "invitation")
    assert server.messages == []


def test_a_forged_post_makes_no_account(
    app: Flask, session: AnySession, browser: Browser, links: Links
) -> None:
    link = links(browser.post(INVITE, PAUL).text, "invitation")
    client: FlaskClient = app.test_client()
    answer = client.post(link, data={"name": "Paul", "password": PASSWORD})
    assert answer.status_code == 400
    assert accounts(session) == 1
