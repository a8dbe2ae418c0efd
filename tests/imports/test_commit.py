"""The ready lines enter the group: all of them, and once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import scoped_session

from webapp.contacts.models import Contact, Group, Membership
from webapp.extensions import db
from webapp.imports import commit
from webapp.imports.models import Import
from webapp.imports.queries import summary
from webapp.imports.staging import ImportClosed

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
JEAN = "jean@exemple.fr;Petit;Jean;;particulier"
LEA = "lea@exemple.fr;Roux;Léa;;Particulière;3 rue des Lilas;;1000;Bourg"
WRONG = "sans-arobase;Petit;Jean;;particulier"
StageLines = Callable[..., Import]


def members(session: scoped_session[Any], group_id: int) -> int:
    query = select(func.count()).select_from(Membership).where(Membership.group_id == group_id)
    return session.scalar(query) or 0


def test_the_ready_lines_become_contacts_as_the_rules_clean_them(
    session: scoped_session[Any], stage_lines: StageLines, group: Group
) -> None:
    import_ = stage_lines(JEAN, WRONG, JEAN, LEA)
    assert commit.commit(session, import_, NOW) == 2
    session.commit()
    lea = session.scalars(select(Contact).where(Contact.last_name == "Roux")).one()
    assert (lea.status, lea.postal_code) == ("individual", "01000")
    assert members(session, group.id) == 2
    assert import_.committed_at == NOW


def test_the_other_lines_stay_listed(session: scoped_session[Any], stage_lines: StageLines) -> None:
    import_ = stage_lines(JEAN, WRONG, JEAN)
    commit.commit(session, import_, NOW)
    session.commit()
    counts = summary(import_)
    assert (counts.ready, counts.errors, counts.duplicates) == (1, 1, 1)


def test_a_second_press_imports_nothing(
    session: scoped_session[Any], stage_lines: StageLines, group: Group
) -> None:
    import_ = stage_lines(JEAN)
    commit.commit(session, import_, NOW)
    session.commit()
    with pytest.raises(ImportClosed):
        commit.commit(session, import_, NOW)
    assert members(session, group.id) == 1


def test_two_presses_at_the_same_moment_import_once(
    app: Flask, stage_lines: StageLines, group: Group
) -> None:
    lines = [f"p{number}@exemple.fr;Petit;Jean;;particulier" for number in range(60)]
    import_id, group_id = stage_lines(*lines).id, group.id
    db.session.remove()
    start = Barrier(2)

    def press() -> str:
        with app.app_context():
            start.wait()
            try:
                count = commit.commit(db.session, db.session.get_one(Import, import_id), NOW)
                db.session.commit()
            except ImportClosed:
                db.session.rollback()
                return "closed"
            return f"{count} imported"

    with ThreadPoolExecutor(2) as pool:
        answers = [press.result() for press in [pool.submit(press) for _ in range(2)]]
    assert sorted(answers) == ["60 imported", "closed"]
    assert members(db.session, group_id) == 60


def test_a_list_imported_twice_in_two_tabs_brings_nobody_twice(
    session: scoped_session[Any], stage_lines: StageLines, group: Group
) -> None:
    first, second = stage_lines(JEAN, LEA), stage_lines(JEAN)
    commit.commit(session, first, NOW)
    session.commit()
    with pytest.raises(commit.NothingReady):
        commit.commit(session, second, NOW)
    session.commit()
    assert second.committed_at is None
    assert summary(second).duplicates == 1
    assert members(session, group.id) == 2


def test_a_group_that_got_some_of_them_meanwhile_gets_the_others(
    session: scoped_session[Any], stage_lines: StageLines, group: Group
) -> None:
    first, second = stage_lines(JEAN), stage_lines(JEAN, LEA)
    commit.commit(session, first, NOW)
    session.commit()
    assert commit.commit(session, second, NOW) == 1
    assert members(session, group.id) == 2
