"""Attempts are counted, and slow down; nobody is locked out for ever."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from webapp.accounts import attempts
from webapp.accounts.attempts import Paused, count, forget, network
from webapp.accounts.models import AttemptCount
from webapp.database import AnySession
from webapp.extensions import db

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HERE, THERE = "192.0.2.7", "198.51.100.9"
MINUTE = timedelta(minutes=1)
Press = Callable[..., TestResponse]


def _pause(session: AnySession, subject: str, client: str, now: datetime) -> timedelta:
    try:
        count(session, "password", subject, client, now)
    except Paused as pause:
        return pause.until - now
    return timedelta()


def test_pauses_grow_to_a_bound_and_refused_attempts_do_not_make_them_longer(
    session: AnySession,
) -> None:
    now, pauses = NOW, []
    for number in range(12):
        # From another address each time: the account alone is counted here.
        pause = _pause(session, "odile", f"203.0.113.{number}", now)
        if pause:
            assert _pause(session, "odile", f"203.0.113.{number}", now) == pause
            now += pause
        pauses.append(pause // MINUTE)
    assert pauses == [0, 0, 0, 0, 0, 1, 0, 5, 0, 15, 0, 15]


def test_five_attempts_are_free_and_the_next_waits_a_minute(session: AnySession) -> None:
    assert [_pause(session, "odile", HERE, NOW) for _ in range(5)] == [timedelta()] * 5
    assert _pause(session, "odile", HERE, NOW) == MINUTE
    assert _pause(session, "odile", THERE, NOW) == MINUTE, "an account's pause is for everybody"
    assert _pause(session, "odile", HERE, NOW + MINUTE) == timedelta()
    assert _pause(session, "odile", HERE, NOW + MINUTE) == 5 * MINUTE


def test_a_right_secret_starts_the_account_anew_but_not_the_address(session: AnySession) -> None:
    for _ in range(5):
        count(session, "password", "odile", HERE, NOW)
    forget(session, "password", "odile", HERE)
    assert _pause(session, "odile", THERE, NOW) == timedelta()
    for number in range(16):
        count(session, "password", f"other-{number}", HERE, NOW)
    assert _pause(session, "one more", HERE, NOW) == MINUTE
    assert _pause(session, "one more", THERE, NOW) == timedelta()


def test_each_purpose_has_its_own_count(session: AnySession) -> None:
    for _ in range(5):
        count(session, "password", "odile", HERE, NOW)
    count(session, "code", "odile", HERE, NOW)
    with pytest.raises(Paused):
        count(session, "password", "odile", HERE, NOW)


def test_counts_are_swept_after_a_day_and_name_nobody(session: AnySession) -> None:
    count(session, "password", "odile@lavoir.example", HERE, NOW)
    kept = [f"{row.key}" for row in session.scalars(select(AttemptCount))]
    assert not any("odile" in key or HERE in key for key in kept)
    count(session, "password", "paul", THERE, NOW + timedelta(hours=25))
    session.expire_all()
    assert session.scalar(select(func.count()).select_from(AttemptCount)) == 2


def test_an_ipv6_household_is_one_address() -> None:
    assert network("2001:db8:1:2::a") == network("2001:db8:1:2:ffff::b")
    assert network("2001:db8:1:2::a") != network("2001:db8:1:3::a")
    assert network("::ffff:192.0.2.7") == network("192.0.2.7")
    assert network("") == ""


def test_attempts_made_at_once_cannot_outrun_the_count(app: Flask) -> None:
    at_once = Barrier(12)

    def attempt(_number: int) -> bool:
        with app.app_context():
            at_once.wait(timeout=10)
            try:
                count(db.session, "password", "odile", HERE, NOW)
            except Paused:
                return False
            db.session.commit()
            return True

    with ThreadPoolExecutor(12) as threads:
        assert sum(threads.map(attempt, range(12))) == attempts.FOR_SUBJECT.free


@pytest.mark.usefixtures("organisation_id")
@pytest.mark.parametrize("email", ["odile@lavoir.example", "inconnu@lavoir.example"])
def test_the_sign_in_page_says_when_to_try_again_known_or_not(press: Press, email: str) -> None:
    def sign_in(password: str) -> TestResponse:
        return press("/connexion", "/connexion", email=email, password=password)

    assert [sign_in("une autre phrase").status_code for _ in range(5)] == [422] * 5
    answer = sign_in("quatre mots sans rapport")
    assert answer.status_code == 429
    assert "Trop d’essais ont été faits. Réessayez à partir de" in answer.text
    assert 'value="' + email in answer.text


@pytest.mark.usefixtures("organisation_id")
def test_the_owner_gets_in_after_the_pause(app: Flask, client: FlaskClient, press: Press) -> None:
    for _ in range(6):
        press("/connexion", "/connexion", email="odile@lavoir.example", password="faux, tout faux")
    with app.app_context():
        past = datetime.now(UTC) - 2 * MINUTE
        db.session.execute(update(AttemptCount).values(last_at=past))
        db.session.commit()
    answer = press(
        "/connexion",
        "/connexion",
        email=" Odile@lavoir.example ",
        password="quatre mots sans rapport",
    )
    assert answer.status_code == 303
    assert client.get("/").status_code == 200
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(AttemptCount)) == 1


def test_an_office_in_which_all_sign_in_well_is_not_slowed_down(session: AnySession) -> None:
    for number in range(60):
        assert _pause(session, f"person-{number}", HERE, NOW) == timedelta()
        forget(session, "password", f"person-{number}", HERE)


@pytest.mark.usefixtures("organisation_id")
def test_nobody_is_kept_out_of_his_own_browser_by_what_others_try(
    app: Flask, client: FlaskClient, press: Press
) -> None:
    def sign_in(password: str) -> TestResponse:
        return press("/connexion", "/connexion", email="odile@lavoir.example", password=password)

    assert sign_in("quatre mots sans rapport").status_code == 303
    press("/", "/deconnexion")
    with app.app_context():
        for _ in range(5):
            count(db.session, "password", "odile@lavoir.example", THERE, datetime.now(UTC))
        db.session.commit()
    mark = client.get_cookie("plirec-known")
    assert mark is not None
    client.delete_cookie("plirec-known")
    assert sign_in("quatre mots sans rapport").status_code == 429, "elsewhere one waits"
    client.set_cookie("plirec-known", f"{mark.value}A")
    assert sign_in("quatre mots sans rapport").status_code == 429, "a mark is signed"
    client.set_cookie("plirec-known", mark.value)
    assert [sign_in("faux, tout faux").status_code for _ in range(4)] == [422] * 4
    assert sign_in("quatre mots sans rapport").status_code == 303
    press("/", "/deconnexion")
    assert [sign_in("faux, tout faux").status_code for _ in range(6)] == [422] * 5 + [429]
