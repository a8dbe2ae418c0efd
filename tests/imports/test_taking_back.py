"""A correction, or a whole import, is taken back."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import scoped_session

from tests.imports.conftest import NOW
from tests.imports.test_comparison import (
    JEAN,
    LEA,
    NEW,
    StageLines,
    bring,
    effects,
    member,
    row,
)
from webapp.contacts import book
from webapp.contacts.models import Contact, ContactChange, Group
from webapp.contacts.queries import identities
from webapp.imports import editing, undoing
from webapp.imports.models import Import, ImportEdit, ImportRow
from webapp.imports.queries import summary

LATER = NOW + timedelta(days=2)
Act = Callable[[Any, Any], object]

ACTS: dict[str, Act] = {
    "edit": lambda s, i: editing.edit(s, i, row(s, i, 2), {"email": "faux"}),
    "ignore": lambda s, i: editing.ignore(s, i, row(s, i, 2)),
    "choose": lambda s, i: editing.choose(s, i, [row(s, i, 3)], "both"),
    "replace": lambda s, i: editing.replace(s, i, "city", "bourg", "Lyon"),
    "alike": lambda s, i: editing.edit_alike(s, i, "email", "faux", "a@exemple.fr"),
}


@pytest.mark.parametrize("act", ACTS)
def test_each_correction_can_be_taken_back(
    session: scoped_session[Any], stage_lines: StageLines, act: str
) -> None:
    import_ = stage_lines(JEAN, JEAN, "faux;Noir;Zoé;;particulier;;;;;")

    def state() -> list[Any]:
        session.expire_all()
        ordered = select(ImportRow.texts, ImportRow.effect, ImportRow.findings, ImportRow.choice)
        return [tuple(found) for found in session.execute(ordered.order_by(ImportRow.number))]

    before, counts = state(), summary(import_)
    ACTS[act](session, import_)
    session.commit()
    assert state() != before
    assert editing.undo(session, import_)
    session.commit()
    assert (state(), summary(import_)) == (before, counts)
    assert editing.undo(session, import_) == []


def test_corrections_are_taken_back_the_newest_first(
    session: scoped_session[Any], stage_lines: StageLines
) -> None:
    import_ = stage_lines(JEAN)
    for email in ("un@exemple.fr", "deux@exemple.fr"):
        editing.edit(session, import_, row(session, import_, 2), {"email": email})
    assert editing.undo(session, import_) == [2]
    assert row(session, import_, 2).texts["email"] == "un@exemple.fr"
    assert editing.undo(session, import_) == [2]
    assert row(session, import_, 2).texts["email"] == "jean@exemple.fr"


def test_a_text_is_found_and_replaced_in_one_column_whatever_its_case(
    session: scoped_session[Any], stage_lines: StageLines
) -> None:
    import_ = stage_lines(JEAN, LEA.replace("Roux", "Bourg"))
    assert editing.replace(session, import_, "city", "BOURG", "Bourg-en-Bresse") == 1
    assert row(session, import_, 2).texts["city"] == "Bourg-en-Bresse"
    assert row(session, import_, 3).texts["last_name"] == "Bourg"


def test_what_could_be_taken_back_is_forgotten_with_the_import(
    session: scoped_session[Any], stage_lines: StageLines
) -> None:
    import_ = stage_lines(JEAN, LEA)
    editing.ignore(session, import_, row(session, import_, 2))
    bring(session, import_)
    assert session.scalar(select(func.count()).select_from(ImportEdit)) == 0


def test_an_import_taken_back_leaves_no_ghost(
    session: scoped_session[Any], stage_lines: StageLines, group: Group
) -> None:
    jean = member(session, group, JEAN)
    member(session, group, "paul@exemple.fr;Gris;Paul;;particulier;;;;;")
    other = book.create_group(session, group.organisation_id, "Bureau", NOW)
    lea = member(session, other, LEA)
    before = identities(session, group.id)
    import_ = stage_lines(JEAN.replace("3 rue", "9 rue"), LEA, NEW)
    import_.takes_absent_out = True
    bring(session, import_)
    assert "paul@exemple.fr" not in session.scalars(select(Contact.email)).all()
    plan = undoing.plan(session, import_)
    assert (plan.leaving, plan.restored, plan.returning, plan.changed.count) == (2, 1, 1, 0)
    undoing.undo(session, import_, LATER)
    session.commit()
    session.expire_all()
    assert identities(session, group.id) == before
    assert jean.address_1 == "3 rue des Lilas"
    assert lea.identity in identities(session, other.id)
    emails = session.scalars(select(Contact.email).order_by(Contact.email)).all()
    assert emails == ["jean@exemple.fr", "lea@exemple.fr", "paul@exemple.fr"]


def test_a_contact_changed_since_stays_as_it_is_and_is_named(
    session: scoped_session[Any], stage_lines: StageLines, group: Group
) -> None:
    import_ = stage_lines(JEAN, LEA)
    bring(session, import_)
    jean = session.scalars(select(Contact).where(Contact.last_name == "Petit")).one()
    session.add(
        ContactChange(contact_id=jean.id, kind="edited", moment=LATER, before=book.fields_of(jean))
    )
    session.commit()
    plan = undoing.plan(session, import_)
    assert (plan.leaving, plan.changed.named) == (1, [jean])
    undoing.undo(session, import_, LATER)
    session.commit()
    assert identities(session, group.id) == {jean.identity}


def test_whom_a_later_list_found_stays_and_is_named(
    session: scoped_session[Any], stage_lines: StageLines, group: Group, visitor: Any
) -> None:
    first = stage_lines(JEAN, LEA, NEW)
    bring(session, first)
    later = stage_lines(JEAN, LEA.replace("Roux;Léa;;particulier", "Roux;Léa;;pro"))
    bring(session, later)
    jean = session.scalars(select(Contact).where(Contact.last_name == "Petit")).one()
    plan = undoing.plan(session, first)
    assert (plan.leaving, plan.changed.count, plan.listed.named) == (1, 1, [jean])
    undoing.undo(session, first, LATER)
    session.commit()
    left = session.scalars(select(Contact.last_name).order_by(Contact.last_name)).all()
    assert left == ["Petit", "Roux"]


def test_the_page_says_who_stays_since_a_later_list_has_them(
    session: scoped_session[Any], stage_lines: StageLines, visitor: Any
) -> None:
    first = stage_lines(JEAN, NEW)
    bring(session, first)
    bring(session, stage_lines(JEAN, LEA))
    session.execute(update(Import).values(committed_at=datetime.now(UTC)))
    session.commit()
    page = visitor.get(f"/imports/{first.id}/annuler").text
    assert "1 contact quittera le groupe" in page
    assert "1 contact est aussi dans une liste importée depuis dans ce groupe" in page
    assert "<li>Jean Petit</li>" in page


def test_a_later_list_that_is_taken_back_too_leaves_no_ghost(
    session: scoped_session[Any], stage_lines: StageLines, group: Group
) -> None:
    imports = [stage_lines(JEAN)]
    bring(session, imports[0])
    for line in (LEA, NEW):
        imports.append(stage_lines(JEAN, line))
        bring(session, imports[-1])
    for number, taken_back in enumerate(imports):
        assert undoing.plan(session, taken_back).listed.count == (number < 2)
        undoing.undo(session, taken_back, LATER)
        session.commit()
        session.expire_all()
        assert bool(session.scalars(select(Contact)).all()) is (number < 2)


def test_a_later_list_that_was_taken_back_before_holds_nobody(
    session: scoped_session[Any], stage_lines: StageLines, group: Group
) -> None:
    first = stage_lines(JEAN)
    bring(session, first)
    later = stage_lines(JEAN, LEA)
    bring(session, later)
    undoing.undo(session, later, LATER)
    session.commit()
    assert undoing.plan(session, first).listed.count == 0
    undoing.undo(session, first, LATER)
    session.commit()
    assert session.scalars(select(Contact)).all() == []


def test_values_that_a_later_list_confirmed_are_kept(
    session: scoped_session[Any], stage_lines: StageLines, group: Group
) -> None:
    jean = member(session, group, JEAN)
    first = stage_lines(JEAN.replace("3 rue", "9 rue"))
    bring(session, first)
    bring(session, stage_lines(JEAN.replace("3 rue", "9 rue"), LEA))
    assert undoing.plan(session, first).restored == 0
    undoing.undo(session, first, LATER)
    session.commit()
    session.expire_all()
    assert jean.address_1 == "9 rue des Lilas"


def test_an_import_is_taken_back_once_and_for_thirty_days(
    session: scoped_session[Any], stage_lines: StageLines, group: Group
) -> None:
    import_ = stage_lines(JEAN)
    with pytest.raises(undoing.CannotUndo):
        undoing.undo(session, import_, NOW)
    bring(session, import_)
    with pytest.raises(undoing.CannotUndo):
        undoing.undo(session, import_, NOW + timedelta(days=30, seconds=1))
    undoing.undo(session, import_, NOW + timedelta(days=30))
    session.commit()
    with pytest.raises(undoing.CannotUndo):
        undoing.undo(session, import_, LATER)
    again = stage_lines(JEAN)
    assert effects(session, again) == ["create"]
