"""A forgotten password: asked for by mail, or by a link from the administrator."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session
from werkzeug.test import TestResponse

from tests.conftest import Browser
from tests.databases import make_fail
from webapp.accounts import password_links, team
from webapp.accounts.invitations import NotOpen
from webapp.accounts.link_models import PasswordLink, PasswordRequest
from webapp.accounts.models import User
from webapp.accounts.tasks import mail_all_due
from webapp.extensions import db
from webapp.jobs import queue_of

AnySession = scoped_session[Session]
ASK = "/mot-de-passe-oublie"
NEW = "six mots sans le moindre rapport"

Send = Callable[..., TestResponse]
Links = Callable[[str, str], str]
SignIn = Callable[[User], Browser]
Start = Callable[..., tuple[Any, dict[str, Any]]]
Configure = Callable[..., Any]


def number(session: AnySession, table: type) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(table)) or 0


def text_of(message: Any) -> str:
    return str(message.get_body(("plain",)).get_content())


@pytest.fixture
def server(mail_server: Start, configure: Configure) -> Any:
    """A mail server that the installation uses."""
    started, settings = mail_server()
    configure(**settings)
    return started


def test_a_forgotten_password_is_replaced_by_a_link_that_came_by_mail(
    app: Flask,
    session: AnySession,
    managed: User,
    sign_in: SignIn,
    server: Any,
    send_form: Send,
    links: Links,
) -> None:
    before = sign_in(managed)
    visitor = app.test_client()
    assert f'href="{ASK}"' in visitor.get("/connexion").text
    answer = send_form(visitor, ASK, email="Paul@Lavoir.example")
    assert (answer.status_code, answer.location) == (303, ASK)
    assert "Si un compte existe avec cette adresse" in visitor.get(ASK).text
    assert server.messages == [], "the page waits for no mail server"
    mail_all_due()
    (message,) = server.messages
    assert message["To"] == "paul@lavoir.example"
    link = links(text_of(message), "mot-de-passe")
    assert visitor.get(link).headers["Referrer-Policy"] == "strict-origin"
    assert before.get("/").status_code == 200
    answer = send_form(visitor, link, password=NEW)
    assert (answer.status_code, answer.location) == (303, "/connexion")
    assert before.get("/").status_code == 303, "every session has ended"
    assert visitor.get("/").status_code == 303, "one signs in with the new password"
    old = Browser(visitor).post("/connexion", {"email": managed.email, "password": "court"})
    assert old.status_code == 422
    answer = Browser(visitor).post("/connexion", {"email": managed.email, "password": NEW})
    assert (answer.status_code, answer.location) == (303, "/")
    assert visitor.get(link).status_code == 410


def test_an_unknown_address_gets_the_same_answer_and_no_mail(
    app: Flask, session: AnySession, managed: User, simple: User, server: Any, send_form: Send
) -> None:
    team.disable(session, simple, None, datetime.now(UTC))
    pages = []
    for email in ("paul@lavoir.example", "inconnu@lavoir.example", "rose@lavoir.example"):
        visitor = app.test_client()
        answer = send_form(visitor, ASK, email=email)
        shown = visitor.get(ASK).text
        pages.append((answer.status_code, answer.location, shown.split("<main")[1].count("<p")))
    assert len(set(pages)) == 1
    mail_all_due()
    assert [message["To"] for message in server.messages] == ["paul@lavoir.example"]
    assert number(session, PasswordRequest) == 0, "nothing is kept of who asked"


def test_asking_again_within_five_minutes_sends_nothing_more(
    session: AnySession, managed: User, server: Any
) -> None:
    now = datetime.now(UTC)
    password_links.ask(session, managed.email, now)
    password_links.ask(session, managed.email, now)
    session.commit()
    mail_all_due()
    password_links.ask(session, managed.email, now)
    session.commit()
    mail_all_due()
    assert len(server.messages) == 1
    link = session.scalars(select(PasswordLink)).one()
    link.mailed_at = now - timedelta(minutes=6)
    password_links.ask(session, managed.email, now)
    session.commit()
    mail_all_due()
    assert len(server.messages) == 2


def test_a_mail_server_that_is_down_is_tried_again_and_one_that_refuses_is_not(
    session: AnySession, managed: User, server: Any
) -> None:
    server.refused[managed.email] = "450 try later"
    password_links.ask(session, managed.email, datetime.now(UTC))
    session.commit()
    mail_all_due()
    request = session.scalars(select(PasswordRequest)).one()
    assert request.due_at > datetime.now(UTC)
    assert number(session, PasswordLink) == 0
    server.refused[managed.email] = "550 no such mailbox"
    session.get_one(PasswordRequest, 1).due_at = datetime.now(UTC)
    session.commit()
    mail_all_due()
    assert (number(session, PasswordRequest), number(session, PasswordLink)) == (0, 0)
    assert server.messages == []


def test_what_goes_wrong_for_one_stops_no_other(
    app: Flask,
    session: AnySession,
    administrator: User,
    managed: User,
    server: Any,
    send_form: Send,
) -> None:
    for user in (managed, administrator):
        send_form(app.test_client(), ASK, email=user.email)
    make_fail(session, "INSERT", "password_link", f"NEW.user_id = {managed.id}")
    session.commit()
    mail_all_due()
    assert [message["To"] for message in server.messages] == [administrator.email]
    assert number(session, PasswordRequest) == 1, "the other is tried again"


def test_the_worker_finds_the_call_of_the_page(
    app: Flask, managed: User, server: Any, send_form: Send
) -> None:
    send_form(app.test_client(), ASK, email=managed.email)
    queue = queue_of(app)
    task = queue.dequeue()
    assert task is not None
    queue.execute(task)
    assert [message["To"] for message in server.messages] == [managed.email]


@pytest.mark.usefixtures("managed")
def test_without_a_mail_server_the_page_says_whom_to_ask_and_names_nobody(app: Flask) -> None:
    page = app.test_client().get(ASK).text
    assert "Demandez à un administrateur de votre association" in page
    assert f'action="{ASK}"' not in page
    assert "Odile" not in page


@pytest.mark.usefixtures("managed")
def test_what_is_no_address_is_told_so(app: Flask, server: Any, send_form: Send) -> None:
    answer = send_form(app.test_client(), ASK, email="paul@")
    assert answer.status_code == 422
    assert '<a href="#email">' in answer.text


def test_a_link_from_the_administrator_serves_once_within_the_hour(
    app: Flask, session: AnySession, browser: Browser, managed: User, links: Links, send_form: Send
) -> None:
    made = browser.post(f"/organisation/equipe/{managed.id}/mot-de-passe").text
    link = links(made, "mot-de-passe")
    visitor = app.test_client()
    weak = send_form(visitor, link, password="court")
    assert weak.status_code == 422
    assert "<title>Erreur" in weak.text
    kept = session.scalars(select(PasswordLink)).one()
    assert kept.expires_at - kept.created_at == timedelta(hours=1)
    assert send_form(visitor, link, password=NEW).status_code == 303
    used = Browser(visitor).post(link, {"password": "une autre phrase entière"})
    assert used.status_code == 410
    assert "Ce lien a déjà servi" in used.text


@pytest.mark.parametrize(
    ("change", "status", "words"),
    [
        ({"expires_at": datetime(2026, 1, 1, tzinfo=UTC)}, 410, "Le délai de ce lien est passé"),
        ({"token_hash": "0" * 64}, 404, "Ce lien n’existe pas"),
    ],
)
def test_a_link_that_opens_nothing_says_what_to_do(
    app: Flask,
    session: AnySession,
    managed: User,
    change: dict[str, Any],
    status: int,
    words: str,
) -> None:
    token = password_links.make_link(session, managed, None, datetime.now(UTC))
    link = session.scalars(select(PasswordLink)).one()
    for name, value in change.items():
        setattr(link, name, value)
    page = app.test_client().get(f"/mot-de-passe/{token}")
    assert page.status_code == status
    assert words in page.text
    assert f'href="{ASK}"' in page.text
    posted = Browser(app.test_client()).post(f"/mot-de-passe/{token}", {"password": NEW})
    assert posted.status_code == status


def test_a_link_of_a_disabled_account_opens_nothing_even_after_it_is_enabled(
    app: Flask, session: AnySession, managed: User
) -> None:
    token = password_links.make_link(session, managed, None, datetime.now(UTC))
    team.disable(session, managed, None, datetime.now(UTC))
    assert app.test_client().get(f"/mot-de-passe/{token}").status_code == 404
    team.enable(managed)
    assert app.test_client().get(f"/mot-de-passe/{token}").status_code == 410


def test_of_two_who_use_the_link_at_once_one_sets_the_password(
    app: Flask, session: AnySession, managed: User
) -> None:
    token = password_links.make_link(session, managed, None, datetime.now(UTC))
    session.commit()
    at_once = Barrier(2)

    def choose(password: str) -> str:
        with app.app_context():
            at_once.wait(timeout=10)
            try:
                password_links.choose(db.session, token, password, datetime.now(UTC))
            except NotOpen as closed:
                db.session.rollback()
                return str(closed.standing)
            db.session.commit()
            return "chosen"

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(choose, (NEW, f"{NEW} encore"))) == ["chosen", "used"]


@pytest.mark.usefixtures("managed")
def test_one_browser_does_not_ask_without_end(app: Flask, server: Any, send_form: Send) -> None:
    visitor = app.test_client()
    answers = [
        send_form(visitor, ASK, email="inconnu@lavoir.example").status_code for _ in range(6)
    ]
    assert answers == [303] * 5 + [429]


def test_a_password_that_is_guessed_first_is_refused_and_the_link_stays(
    app: Flask, session: AnySession, managed: User, send_form: Send
) -> None:
    token = password_links.make_link(session, managed, None, datetime.now(UTC))
    refused = send_form(app.test_client(), f"/mot-de-passe/{token}", password="aaaaaaaaaaaa")
    assert refused.status_code == 422
    assert "serait vite deviné" in refused.text
    assert send_form(app.test_client(), f"/mot-de-passe/{token}", password=NEW).status_code == 303
