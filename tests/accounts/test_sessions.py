"""Sessions: seen by their owner, ended for good, over in time."""

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session, scoped_session

from config import Config
from tests.conftest import PASSWORD, Browser
from webapp.accounts import sessions
from webapp.accounts.models import User, UserSession

SignIn = Callable[[User], Browser]
Database = scoped_session[Session]
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1"
)


def _is_in(browser: Browser) -> bool:
    return browser.get("/compte").status_code == 200


def _age(session: Database, **ages: timedelta) -> None:
    now = datetime.now(UTC)
    session.execute(update(UserSession).values({name: now - age for name, age in ages.items()}))
    session.commit()


@pytest.fixture
def two(app: Flask, administrator: User) -> tuple[Browser, Browser]:
    """Odile's two browsers, each signed in: a computer and a telephone."""

    def browser_of(agent: str) -> Browser:
        client = app.test_client()
        client.environ_base["HTTP_USER_AGENT"] = agent
        browser = Browser(client)
        browser.post("/connexion", {"email": administrator.email, "password": PASSWORD})
        return browser

    return browser_of(FIREFOX), browser_of(SAFARI)


def test_one_sees_where_one_is_signed_in(two: tuple[Browser, Browser]) -> None:
    page = two[0].get("/compte").text
    assert "Firefox sur Windows" in page
    assert "Safari sur iPhone" in page
    assert page.count("cette session") == 1
    assert "127.0.0.1" in page


def test_one_session_is_ended_from_another(session: Database, two: tuple[Browser, Browser]) -> None:
    here, there = two
    other = session.scalars(select(UserSession).where(UserSession.system == "iPhone")).one()
    answer = here.post(f"/compte/sessions/{other.id}/fermer", follow_redirects=True)
    assert "La session est fermée." in answer.text
    assert "Safari sur iPhone" not in answer.text
    assert not _is_in(there)
    assert _is_in(here)
    assert here.post(f"/compte/sessions/{other.id}/fermer").status_code == 404


def test_all_other_sessions_are_ended_at_once(two: tuple[Browser, Browser]) -> None:
    here, there = two
    answer = there.post("/compte/sessions/fermer", follow_redirects=True)
    assert "Votre autre session a été fermée." in answer.text
    assert (_is_in(here), _is_in(there)) == (False, True)
    again = there.post("/compte/sessions/fermer", follow_redirects=True)
    assert "Aucune autre session n’était ouverte." in again.text


def test_nobody_ends_the_session_of_someone_else(
    session: Database, browser: Browser, managed: User, sign_in: SignIn
) -> None:
    paul = sign_in(managed)
    his = session.scalars(select(UserSession).where(UserSession.user_id == managed.id)).one()
    assert browser.post(f"/compte/sessions/{his.id}/fermer").status_code == 404
    assert browser.post("/compte/sessions/fermer").status_code == 303
    assert _is_in(paul)


def test_a_cookie_that_was_kept_opens_nothing_after_sign_out(browser: Browser) -> None:
    cookie = browser.client.get_cookie("plirec")
    assert cookie is not None
    browser.post("/deconnexion")
    browser.client.set_cookie("plirec", cookie.value)
    assert not _is_in(browser)


def test_a_session_without_use_is_over_after_twelve_hours(
    session: Database, browser: Browser
) -> None:
    _age(session, seen_at=timedelta(hours=11))
    assert _is_in(browser)
    _age(session, seen_at=timedelta(hours=12, minutes=1))
    assert not _is_in(browser)


def test_a_session_in_constant_use_is_over_after_seven_days(
    session: Database, browser: Browser
) -> None:
    _age(session, created_at=timedelta(days=6, hours=23))
    assert _is_in(browser)
    _age(session, created_at=timedelta(days=7, minutes=1))
    assert not _is_in(browser)


def test_use_is_noted_every_five_minutes_and_reading_pages_stay_reading(
    session: Database, browser: Browser
) -> None:
    _age(session, seen_at=timedelta(minutes=4))
    before = session.scalars(select(UserSession.seen_at)).one()
    assert _is_in(browser)
    session.expire_all()
    assert session.scalars(select(UserSession.seen_at)).one() == before
    _age(session, seen_at=timedelta(minutes=6))
    assert _is_in(browser)
    seen = session.scalars(select(UserSession.seen_at)).one()
    assert datetime.now(UTC) - seen < timedelta(minutes=1)


@pytest.mark.sqlite
def test_a_page_does_not_wait_for_a_writer_to_note_the_use(
    session: Database, browser: Browser, config: Config
) -> None:
    _age(session, seen_at=timedelta(minutes=6))
    writer = sqlite3.connect(config.data_directory / "plirec.sqlite", isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    began = datetime.now(UTC)
    assert _is_in(browser)
    assert datetime.now(UTC) - began < timedelta(seconds=5)
    writer.execute("ROLLBACK")
    writer.close()
    session.expire_all()
    seen = session.scalars(select(UserSession.seen_at)).one()
    assert datetime.now(UTC) - seen > timedelta(minutes=5)
    assert _is_in(browser), "the next page notes it"


def test_a_disabled_account_stops_at_its_next_request(
    session: Database, administrator: User, browser: Browser
) -> None:
    administrator.active = False
    session.commit()
    assert not _is_in(browser)


def test_ending_the_sessions_of_an_account_spares_at_most_the_one_in_use(
    session: Database, managed: User, sign_in: SignIn
) -> None:
    first, second = sign_in(managed), sign_in(managed)
    with first.client.session_transaction() as cookie:
        kept = cookie["identifier"]
    now = datetime.now(UTC)
    assert sessions.end_sessions(session, managed.id, now, except_identifier=kept) == 1
    session.commit()
    assert (_is_in(first), _is_in(second)) == (True, False)
    assert sessions.end_sessions(session, managed.id, now) == 1
    session.commit()
    assert not _is_in(first)


@pytest.mark.sqlite
def test_each_sign_in_has_a_new_identifier_and_the_database_holds_none(
    session: Database, administrator: User, sign_in: SignIn, config: Config
) -> None:
    held = []
    for _ in range(2):
        with sign_in(administrator).client.session_transaction() as cookie:
            held.append(cookie["identifier"])
    assert len(set(held)) == 2
    session.commit()
    database = (config.data_directory / "plirec.sqlite").read_bytes()
    log = (config.data_directory / "plirec.sqlite-wal").read_bytes()
    assert all(one.encode() not in database + log for one in held)


def test_what_is_over_is_swept_at_the_next_sign_in(
    session: Database, administrator: User, managed: User, sign_in: SignIn
) -> None:
    sign_in(administrator)
    _age(session, created_at=timedelta(days=8))
    sign_in(managed)
    assert [one.user_id for one in session.scalars(select(UserSession))] == [managed.id]
