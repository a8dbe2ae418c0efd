import threading

import pytest
from flask import Flask
from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import InternalError, OperationalError
from sqlalchemy.orm import Session, scoped_session

from tests.conftest import NOW, Browser
from webapp.accounts.models import Installation, Organisation
from webapp.contacts.models import Group
from webapp.database import alone, reading_only
from webapp.extensions import csrf, db
from webapp.letters.models import Letter
from webapp.web.transactions import only_read_from_here

pytestmark = pytest.mark.slow


@pytest.fixture
def app(separate_app: Flask) -> Flask:
    """Some tests here add a page of their own."""
    return separate_app


def test_a_page_that_is_only_read_cannot_write(session: scoped_session[Session]) -> None:
    reading_only.set(True)
    try:
        row = {"id": 1, "public_url": "http://x", "created_at": NOW}
        with pytest.raises((OperationalError, InternalError), match=r"readonly|read-only"):
            session.execute(insert(Installation), row)
    finally:
        session.rollback()
        reading_only.set(False)


@pytest.mark.parametrize(("method", "status", "groups"), [("get", 500, 0), ("post", 204, 1)])
def test_a_request_to_read_that_tries_to_write_is_stopped_by_the_database_itself(
    app: Flask,
    session: scoped_session[Session],
    organisation: Organisation,
    method: str,
    status: int,
    groups: int,
) -> None:
    def write() -> tuple[str, int]:
        row = {"organisation_id": 1, "name": "Bureau", "folded_name": "bureau", "created_at": NOW}
        db.session.execute(insert(Group), row)
        db.session.commit()
        return "", 204

    app.add_url_rule("/ecrire", "write", csrf.exempt(write), methods=["GET", "POST"])
    assert app.test_client().open("/ecrire", method=method).status_code == status
    assert session.scalar(select(func.count()).select_from(Group)) == groups


def test_what_only_reads_after_a_change_keeps_the_change_and_cannot_write(
    app: Flask, session: scoped_session[Session], organisation: Organisation
) -> None:
    def write(name: str) -> None:
        row = {"organisation_id": 1, "name": name, "folded_name": name, "created_at": NOW}
        db.session.execute(insert(Group), row)

    def change() -> str:
        write("avant")
        only_read_from_here()
        write("après")
        return ""

    app.add_url_rule("/changer", "change", csrf.exempt(change), methods=["POST"])
    assert app.test_client().post("/changer").status_code == 500
    assert session.scalars(select(Group.name)).all() == ["avant"]


def test_the_request_after_one_that_only_read_may_write(browser: Browser) -> None:
    for number in range(3):
        assert browser.get("/groupes").status_code == 200
        assert browser.post("/groupes", {"name": f"Groupe {number}"}).status_code == 303
    assert "Groupe 2" in browser.get("/groupes").text


def test_no_update_is_lost_among_threads_that_write_at_once(
    app: Flask, session: scoped_session[Session], organisation: object
) -> None:
    group = Group(organisation_id=1, name="0", folded_name="0", created_at=NOW)
    session.add(group)
    session.commit()
    identifier = group.id
    session.commit()

    def count_up() -> None:
        with app.app_context():
            for _ in range(50):
                alone(db.session, "counting")
                name = db.session.scalars(select(Group.name).where(Group.id == identifier)).one()
                db.session.execute(
                    update(Group).where(Group.id == identifier).values(name=str(int(name) + 1))
                )
                db.session.commit()

    threads = [threading.Thread(target=count_up) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    session.expire_all()
    assert session.get_one(Group, identifier).name == "400"


def test_a_moment_without_its_time_zone_is_refused(session: scoped_session[Session]) -> None:
    with pytest.raises(Exception, match="time zone"):
        session.scalars(select(Letter).where(Letter.submitted_at == NOW.replace(tzinfo=None)))
