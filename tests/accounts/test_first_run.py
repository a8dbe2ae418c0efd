"""The first run, once and whole."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select

from webapp.accounts.first_run import AlreadyOpen, Opening, is_open, open_installation
from webapp.accounts.models import Installation, Kind, Organisation, User
from webapp.accounts.users import WeakPassword
from webapp.database import AnySession
from webapp.extensions import db

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

MakeOpening = Callable[..., Opening]


def _rows(session: AnySession) -> list[int | None]:
    return [
        session.scalar(select(func.count()).select_from(table))
        for table in (Installation, Organisation, User)
    ]


def test_an_installation_opens_with_its_organisation_and_administrator(
    session: AnySession, opening: MakeOpening
) -> None:
    assert not is_open(session)
    user = open_installation(session, opening(), NOW)
    session.commit()
    assert is_open(session)
    assert user.kind == Kind.ADMINISTRATOR
    assert user.organisation.name == "Les Amis du Lavoir"
    assert _rows(session) == [1, 1, 1]


def test_an_installation_opens_only_once(session: AnySession, opening: MakeOpening) -> None:
    open_installation(session, opening(), NOW)
    session.commit()
    with pytest.raises(AlreadyOpen):
        open_installation(session, opening(administrator_email="autre@lavoir.example"), NOW)
    session.commit()
    assert _rows(session) == [1, 1, 1]


def test_nothing_is_kept_of_an_opening_that_fails(
    session: AnySession, opening: MakeOpening
) -> None:
    with pytest.raises(WeakPassword):
        open_installation(session, opening(password="court"), NOW)
    session.rollback()
    assert _rows(session) == [0, 0, 0]


def test_of_two_people_who_open_at_once_exactly_one_does(app: Flask, opening: MakeOpening) -> None:
    at_once = Barrier(2)

    def open_as(name: str) -> str:
        with app.app_context():
            at_once.wait(timeout=10)
            try:
                open_installation(db.session, opening(administrator_email=f"{name}@a.example"), NOW)
            except AlreadyOpen:
                return "too late"
            db.session.commit()
            return name

    with ThreadPoolExecutor(2) as threads:
        outcomes = sorted(threads.map(open_as, ("anne", "zoe")))
    assert outcomes in (["anne", "too late"], ["too late", "zoe"])
    with app.app_context():
        assert _rows(db.session) == [1, 1, 1]
