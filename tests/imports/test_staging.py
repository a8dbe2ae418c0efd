"""A list kept until it is right: lines are mended, left out, and taken in again."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import scoped_session

from webapp.contacts.book import add_contact
from webapp.contacts.models import Group
from webapp.contacts.rules import check
from webapp.imports import commit, editing, findings, staging
from webapp.imports.effects import OUTCOMES
from webapp.imports.models import Import, ImportRow
from webapp.imports.queries import Summary, row_of, rows_page, summary

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
StageLines = Callable[..., Import]

JEAN = "jean@exemple.fr;Petit;Jean;;particulier"
LEA = "lea@exemple.fr;Roux;Léa;;particulier"
WRONG = "sans-arobase;Petit;Jean;;particulier"


def row(session: scoped_session[Any], import_: Import, number: int) -> ImportRow:
    found = row_of(session, import_, number)
    assert found
    return found


def outcomes(session: scoped_session[Any], import_: Import) -> list[str]:
    return list(
        session.scalars(
            select(ImportRow.outcome)
            .where(ImportRow.import_id == import_.id)
            .order_by(ImportRow.number)
        )
    )


def codes(staged: ImportRow) -> list[str]:
    return [finding.code for finding in findings.unpacked(staged.findings)]


def put_jean_into(session: scoped_session[Any], group: Group) -> None:
    fields = ("email", "last_name", "first_name", "company", "status")
    recipient = check(dict(zip(fields, JEAN.split(";"), strict=True))).recipient
    assert recipient
    add_contact(session, group, recipient, NOW)
    session.commit()


def test_a_list_is_kept_line_by_line(session: scoped_session[Any], stage_lines: StageLines) -> None:
    import_ = stage_lines(JEAN, WRONG, JEAN, LEA)
    assert outcomes(session, import_) == ["ready", "error", "duplicate", "ready"]
    assert summary(import_) == Summary(ready=2, errors=1, duplicates=1, ignored=0)


def test_who_stands_in_the_group_is_not_brought_again(
    session: scoped_session[Any], stage_lines: StageLines, group: Group
) -> None:
    put_jean_into(session, group)
    import_ = stage_lines(JEAN, JEAN, LEA)
    assert outcomes(session, import_) == ["duplicate", "duplicate", "ready"]
    assert codes(row(session, import_, 2)) == ["already_in_group"]
    assert codes(row(session, import_, 3)) == ["duplicate"]


def test_a_mended_cell_makes_its_line_ready(
    session: scoped_session[Any], stage_lines: StageLines
) -> None:
    import_ = stage_lines(WRONG, LEA)
    mended = row(session, import_, 2)
    assert editing.edit(session, import_, mended, {"email": "jean@exemple.fr"}) == []
    assert (mended.outcome, mended.findings) == ("ready", [])
    assert mended.texts["last_name"] == "Petit"


def test_a_line_mended_into_someone_else_on_the_list_is_a_duplicate(
    session: scoped_session[Any], stage_lines: StageLines
) -> None:
    import_ = stage_lines(JEAN, WRONG)
    mended = row(session, import_, 3)
    editing.edit(session, import_, mended, {"email": "jean@exemple.fr"})
    assert mended.outcome == "duplicate"
    assert findings.unpacked(mended.findings)[0].parameters == {"row": "2"}


def test_mending_the_first_of_two_lets_the_second_in(
    session: scoped_session[Any], stage_lines: StageLines
) -> None:
    import_ = stage_lines(JEAN, JEAN)
    first, second = row(session, import_, 2), row(session, import_, 3)
    assert editing.edit(session, import_, first, {"email": "pere@exemple.fr"}) == [second]
    assert (second.outcome, second.findings) == ("ready", [])


def test_an_earlier_line_mended_into_a_later_one_comes_first(
    session: scoped_session[Any], stage_lines: StageLines
) -> None:
    import_ = stage_lines(WRONG, JEAN)
    first, second = row(session, import_, 2), row(session, import_, 3)
    changed = editing.edit(session, import_, first, {"email": "jean@exemple.fr"})
    assert changed == [second]
    assert (first.outcome, second.outcome) == ("ready", "duplicate")


def test_a_line_mended_into_someone_in_the_group_is_a_duplicate(
    session: scoped_session[Any], stage_lines: StageLines, group: Group
) -> None:
    put_jean_into(session, group)
    import_ = stage_lines(WRONG)
    mended = row(session, import_, 2)
    editing.edit(session, import_, mended, {"email": "jean@exemple.fr"})
    assert (mended.outcome, codes(mended)) == ("duplicate", ["already_in_group"])


def test_a_line_left_out_makes_place_for_its_double_and_takes_it_back(
    session: scoped_session[Any], stage_lines: StageLines
) -> None:
    import_ = stage_lines(JEAN, JEAN)
    first, second = row(session, import_, 2), row(session, import_, 3)
    assert editing.ignore(session, import_, first) == [second]
    assert outcomes(session, import_) == ["ignored", "ready"]
    assert editing.restore(session, import_, first) == [second]
    assert outcomes(session, import_) == ["ready", "duplicate"]


def test_a_line_left_out_stays_out_when_it_is_mended(
    session: scoped_session[Any], stage_lines: StageLines
) -> None:
    import_ = stage_lines(WRONG)
    mended = row(session, import_, 2)
    editing.ignore(session, import_, mended)
    editing.edit(session, import_, mended, {"email": "jean@exemple.fr"})
    assert outcomes(session, import_) == ["ignored"]


def test_fields_that_are_none_of_a_recipient_are_not_kept(
    session: scoped_session[Any], stage_lines: StageLines
) -> None:
    import_ = stage_lines(JEAN)
    mended = row(session, import_, 2)
    editing.edit(session, import_, mended, {"csrf_token": "x"})
    assert "csrf_token" not in mended.texts


def test_lines_to_correct_come_first(session: scoped_session[Any], stage_lines: StageLines) -> None:
    import_ = stage_lines(JEAN, LEA, WRONG)
    page = rows_page(session, import_, tuple(OUTCOMES), 1)
    assert [shown.number for shown in page.items] == [4, 2, 3]


def test_a_page_beyond_the_last_gives_the_last(
    session: scoped_session[Any], stage_lines: StageLines
) -> None:
    import_ = stage_lines(JEAN, LEA)
    page = rows_page(session, import_, tuple(OUTCOMES), 9)
    assert (page.number, len(page.items)) == (1, 2)


def test_an_abandoned_import_leaves_no_line(
    session: scoped_session[Any], stage_lines: StageLines
) -> None:
    import_ = stage_lines(JEAN, LEA)
    staging.abandon(session, import_)
    session.commit()
    assert session.scalars(select(ImportRow)).all() == []
    assert session.scalars(select(Import)).all() == []


def test_an_import_that_is_done_stays_as_it_was(
    session: scoped_session[Any], stage_lines: StageLines
) -> None:
    import_ = stage_lines(JEAN, WRONG)
    commit.commit(session, import_, NOW)
    session.commit()
    left = row(session, import_, 3)
    for change in (editing.ignore, editing.restore):
        with pytest.raises(staging.ImportClosed):
            change(session, import_, left)
    with pytest.raises(staging.ImportClosed):
        editing.edit(session, import_, left, {"email": "jean@exemple.fr"})
    with pytest.raises(staging.ImportClosed):
        staging.abandon(session, import_)


EDITS = st.lists(
    st.tuples(
        st.sampled_from(["edit", "ignore", "restore"]),
        st.integers(2, 6),
        st.sampled_from(["jean@exemple.fr", "lea@exemple.fr", "faux", ""]),
        st.sampled_from(["Petit", "Roux"]),
    ),
    max_size=8,
)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(edits=EDITS)
def test_numbers_add_up_and_nobody_enters_twice_whatever_is_done(
    session: scoped_session[Any],
    stage_lines: StageLines,
    edits: list[tuple[str, int, str, str]],
) -> None:
    import_ = stage_lines(JEAN, WRONG, JEAN, LEA, WRONG)
    for action, number, email, name in edits:
        target = row(session, import_, number)
        if action == "edit":
            editing.edit(session, import_, target, {"email": email, "last_name": name})
        else:
            getattr(editing, action)(session, import_, target)
    session.commit()
    rows = session.scalars(select(ImportRow).where(ImportRow.import_id == import_.id)).all()
    assert summary(import_).rows == len(rows) == 5
    entering = [staged.identity for staged in rows if staged.outcome == "ready"]
    assert len(entering) == len(set(entering))
    left_as_double = {staged.identity for staged in rows if staged.outcome == "duplicate"}
    assert left_as_double <= set(entering)
    assert all((staged.outcome == "error") <= (staged.identity == "") for staged in rows)
