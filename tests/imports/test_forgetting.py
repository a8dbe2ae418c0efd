"""Thirty days after an import its lines are gone, and whom it took out; the history stays."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import scoped_session

from tests.imports.conftest import NOW
from tests.imports.test_comparison import JEAN, LEA, NEW, StageLines, bring, member
from webapp.contacts.models import Contact, Group
from webapp.imports import forgetting, tasks, undoing
from webapp.imports.models import Import, ImportRow

TERM = timedelta(days=30)
PAUL = "paul@exemple.fr;Gris;Paul;;particulier;;;;;"


@pytest.fixture
def done(session: scoped_session[Any], stage_lines: StageLines, group: Group) -> Import:
    """Two lines entered, one is to correct, and Paul, being absent, was taken out."""
    member(session, group, PAUL)
    import_ = stage_lines(JEAN, LEA, "faux;Noir;Zoé;;particulier;;;;;")
    import_.takes_absent_out = True
    bring(session, import_)
    return import_


def kept(session: scoped_session[Any]) -> tuple[int, int]:
    """Count the lines that are kept, and the contacts that could come back."""
    session.expire_all()
    lines = session.scalar(select(func.count()).select_from(ImportRow)) or 0
    removed = session.scalars(select(Import.removed)).all()
    session.rollback()
    return lines, sum(map(len, removed))


def test_all_is_kept_as_long_as_the_import_can_be_taken_back(
    session: scoped_session[Any], done: Import
) -> None:
    forgetting.forget_lapsed(session, NOW + TERM)
    assert kept(session) == (3, 1)
    undoing.undo(session, done, NOW + TERM)
    session.commit()
    assert "paul@exemple.fr" in session.scalars(select(Contact.email)).all()
    assert kept(session) == (3, 0), "who came back need not be kept twice"


def test_what_served_to_take_it_back_goes_when_it_can_no_more(
    session: scoped_session[Any], done: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forgetting, "PORTION", 2)
    for _ in range(2):
        forgetting.forget_lapsed(session, NOW + TERM + timedelta(seconds=1))
        assert kept(session) == (0, 0)
    assert session.scalars(select(Contact.email).order_by(Contact.email)).all() == [
        "jean@exemple.fr",
        "lea@exemple.fr",
    ]


def test_an_import_that_is_not_done_waits_as_long_as_it_takes(
    session: scoped_session[Any], stage_lines: StageLines
) -> None:
    stage_lines(NEW)
    forgetting.forget_lapsed(session, NOW + 40 * TERM)
    assert kept(session) == (1, 0)


def test_the_worker_forgets_by_itself_and_the_pages_still_give_the_numbers(
    session: scoped_session[Any], done: Import, visitor: Any
) -> None:
    address = f"/imports/{done.id}"
    session.execute(update(Import).values(committed_at=datetime.now(UTC)))
    session.commit()
    tasks.do_all_due()
    assert kept(session) == (3, 1)
    assert "Ligne 4" in visitor.get(address).text
    session.execute(update(Import).values(committed_at=datetime.now(UTC) - 2 * TERM))
    session.commit()
    tasks.do_all_due()
    assert kept(session) == (0, 0)
    said = "2 contacts importés. 1 ligne n’a pas été reprise."
    assert said in visitor.get("/imports").text
    for htmx in (False, True):
        page = visitor.get(f"{address}?voir=absents", htmx=htmx).text
        assert said in page
        assert "celles-ci sont effacées" in page
        assert "reste.xlsx" not in page
    assert visitor.get(f"{address}/reste.xlsx").location == address
    assert "ne peut pas être annulé" in visitor.get(f"{address}/annuler").text
