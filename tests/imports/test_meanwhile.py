"""What others do to the contacts between two steps of an import is neither lost nor overwritten."""

from io import BytesIO
from typing import Any

from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import scoped_session

from tests.imports.conftest import NOW
from tests.imports.test_comparison import JEAN, LEA, NEW, StageLines, bring, effects, member, row
from webapp.accounts.models import User
from webapp.contacts import book
from webapp.contacts.models import Contact, Group, Membership
from webapp.contacts.queries import identities
from webapp.contacts.rules import FIELDS, check
from webapp.imports import editing, undoing


def emails(session: scoped_session[Any], group: Group) -> list[str]:
    members = select(Contact.email).join(Membership).where(Membership.group_id == group.id)
    return sorted(session.scalars(members))


def test_who_was_taken_out_is_not_mistaken_for_a_later_contact(
    session: scoped_session[Any], stage_lines: StageLines, group: Group
) -> None:
    other = book.create_group(session, group.organisation_id, "Bureau", NOW)
    member(session, group, JEAN)
    import_ = stage_lines(LEA)
    import_.takes_absent_out = True
    bring(session, import_)
    member(session, other, NEW)
    undoing.undo(session, import_, NOW)
    session.commit()
    assert emails(session, group) == ["jean@exemple.fr"]
    assert emails(session, other) == ["zoe@exemple.fr"]


def test_a_contact_that_became_somebody_else_is_not_overwritten(
    session: scoped_session[Any], stage_lines: StageLines, group: Group, administrator: User
) -> None:
    jean = member(session, group, JEAN)
    import_ = stage_lines(JEAN.replace("3 rue", "9 rue"))
    assert effects(session, import_) == ["update"]
    zoe = check(dict(zip(FIELDS, NEW.split(";"), strict=True))).recipient
    assert zoe
    book.change_contact(session, group, jean, zoe, administrator.id, import_.created_at)
    session.commit()
    bring(session, import_)
    assert emails(session, group) == ["jean@exemple.fr", "zoe@exemple.fr"]


def test_who_was_added_by_hand_meanwhile_is_not_doubled_by_a_namesakes_line(
    session: scoped_session[Any], stage_lines: StageLines, group: Group
) -> None:
    member(session, group, JEAN)
    import_ = stage_lines(JEAN.replace("jean@", "jp@"), LEA)
    assert effects(session, import_) == ["update", "create"]
    member(session, group, JEAN.replace("jean@", "jp@"))
    bring(session, import_)
    assert effects(session, import_) == ["unchanged", "create"]
    assert len(identities(session, group.id)) == 3


def test_taking_back_doubles_nobody_who_came_back_by_hand(
    session: scoped_session[Any], stage_lines: StageLines, group: Group
) -> None:
    member(session, group, JEAN)
    import_ = stage_lines(JEAN.replace("jean@", "jp@"))
    bring(session, import_)
    member(session, group, JEAN)
    undoing.undo(session, import_, NOW)
    session.commit()
    assert emails(session, group) == ["jean@exemple.fr", "jp@exemple.fr"]


def test_who_is_kept_beside_a_line_is_not_absent_from_the_file(
    session: scoped_session[Any], stage_lines: StageLines, group: Group
) -> None:
    member(session, group, JEAN)
    import_ = stage_lines(JEAN.replace("3 rue", "9 rue"))
    editing.choose(session, import_, [row(session, import_, 2)], "both")
    import_.takes_absent_out = True
    bring(session, import_)
    assert emails(session, group) == ["jean@exemple.fr", "jean@exemple.fr"]


def test_a_cell_does_not_grow_without_bound(
    session: scoped_session[Any], stage_lines: StageLines
) -> None:
    import_ = stage_lines("a;Petit;Jean;;particulier;;;;;")
    assert editing.replace(session, import_, "email", "a", "a" * 500) == 1
    assert editing.replace(session, import_, "email", "a", "a" * 500) == 0
    editing.edit(session, import_, row(session, import_, 2), {"email": "b" * 100_000})
    assert len(row(session, import_, 2).texts["email"]) == editing.LONGEST_CELL


def test_what_no_workbook_can_hold_is_left_out_of_the_rest(
    session: scoped_session[Any], visitor: Any, stage_lines: StageLines
) -> None:
    import_ = stage_lines("x@\uffff#;Petit\ufffe;Jean;;particulier;;;;;")
    content = visitor.get(f"/imports/{import_.id}/reste.xlsx").data
    sheet = load_workbook(BytesIO(content)).worksheets[0]
    assert (sheet["A2"].value, sheet["B2"].value) == ("x@#", "Petit")
