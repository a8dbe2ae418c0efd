"""A list is compared with the contacts that are kept: new, changed, unchanged, absent."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import scoped_session

from tests.imports.conftest import NOW
from webapp.contacts import book
from webapp.contacts.models import Contact, ContactChange, Group
from webapp.contacts.queries import identities
from webapp.contacts.rules import FIELDS, check
from webapp.imports import commit, editing, findings
from webapp.imports.models import Import, ImportRow
from webapp.imports.queries import absent_count, absent_page, row_of, summary

StageLines = Callable[..., Import]
JEAN = "jean@exemple.fr;Petit;Jean;;particulier;3 rue des Lilas;;01000;Bourg;"
LEA = "lea@exemple.fr;Roux;Léa;;particulier;;;;;"
NEW = "zoe@exemple.fr;Noir;Zoé;;particulier;;;;;"


def effects(session: scoped_session[Any], import_: Import) -> list[str]:
    ordered = select(ImportRow.effect).where(ImportRow.import_id == import_.id)
    return list(session.scalars(ordered.order_by(ImportRow.number)))


def row(session: scoped_session[Any], import_: Import, number: int) -> ImportRow:
    found = row_of(session, import_, number)
    assert found
    return found


def member(session: scoped_session[Any], group: Group, line: str) -> Contact:
    recipient = check(dict(zip(FIELDS, line.split(";"), strict=True))).recipient
    assert recipient
    contact = book.add_contact(session, group, recipient, NOW)
    session.commit()
    return contact


def bring(session: scoped_session[Any], import_: Import) -> None:
    commit.commit(session, import_, NOW)
    session.commit()
    session.expire_all()


def test_each_line_is_new_changed_or_unchanged_and_who_is_missing_is_absent(
    session: scoped_session[Any], stage_lines: StageLines, group: Group
) -> None:
    jean, lea = member(session, group, JEAN), member(session, group, LEA)
    paul = member(session, group, "paul@exemple.fr;Gris;Paul;;particulier;;;;;")
    import_ = stage_lines(JEAN.replace("3 rue", "9 rue"), LEA, NEW)
    assert effects(session, import_) == ["update", "unchanged", "create"]
    assert [row(session, import_, number).contact_id for number in (2, 3)] == [jean.id, lea.id]
    changed = findings.unpacked(row(session, import_, 2).findings)
    assert [(found.field, found.parameters) for found in changed] == [
        ("address_1", {"before": "3 rue des Lilas"})
    ]
    assert absent_page(session, import_, 1).items == [paul]
    assert absent_count(session, import_) == 1
    counts = summary(import_)
    assert (counts.ready, counts.duplicates, counts.rows) == (2, 1, 3)


def test_the_import_writes_new_values_into_the_contact_and_keeps_what_they_were(
    session: scoped_session[Any], stage_lines: StageLines, group: Group
) -> None:
    jean = member(session, group, JEAN)
    import_ = stage_lines(JEAN.replace("3 rue", "9 rue"))
    bring(session, import_)
    assert session.scalars(select(Contact)).all() == [jean]
    assert jean.address_1 == "9 rue des Lilas"
    change = session.scalars(select(ContactChange)).one()
    assert (change.kind, change.import_id) == ("imported", import_.id)
    assert change.before["address_1"] == "3 rue des Lilas"


def test_the_same_list_twice_changes_nothing(
    session: scoped_session[Any], stage_lines: StageLines, group: Group
) -> None:
    bring(session, stage_lines(JEAN, LEA))
    again = stage_lines(JEAN, LEA)
    assert effects(session, again) == ["unchanged", "unchanged"]
    with pytest.raises(commit.NothingReady):
        commit.commit(session, again, NOW)


def test_an_empty_cell_erases_nothing(
    session: scoped_session[Any], stage_lines: StageLines, group: Group
) -> None:
    member(session, group, JEAN)
    import_ = stage_lines("jean@exemple.fr;Petit;Jean;;particulier;;;;;")
    assert effects(session, import_) == ["unchanged"]


def test_a_new_address_replaces_the_old_one_whole(
    session: scoped_session[Any], stage_lines: StageLines, group: Group
) -> None:
    jean = member(session, group, JEAN.replace(";;01000", ";Bâtiment B;01000"))
    bring(session, stage_lines(JEAN.replace("3 rue", "9 rue")))
    assert (jean.address_1, jean.address_2) == ("9 rue des Lilas", "")


def test_who_has_a_new_email_is_found_by_name_and_changed(
    session: scoped_session[Any], stage_lines: StageLines, group: Group
) -> None:
    jean = member(session, group, JEAN)
    import_ = stage_lines(JEAN.replace("jean@", "jp@"))
    assert effects(session, import_) == ["update"]
    assert absent_count(session, import_) == 0
    bring(session, import_)
    assert jean.email == "jp@exemple.fr"


def test_a_namesake_is_kept_beside_when_the_person_says_so(
    session: scoped_session[Any], stage_lines: StageLines, group: Group
) -> None:
    member(session, group, JEAN)
    import_ = stage_lines(JEAN.replace("jean@", "fils@"))
    editing.choose(session, import_, [row(session, import_, 2)], "both")
    bring(session, import_)
    assert set(session.scalars(select(Contact.email))) == {"jean@exemple.fr", "fils@exemple.fr"}


def test_two_people_at_one_address_are_both_kept(
    session: scoped_session[Any], stage_lines: StageLines, group: Group
) -> None:
    member(session, group, LEA)
    import_ = stage_lines(LEA, "lea@exemple.fr;Roux;Marc;;particulier;;;;;")
    assert effects(session, import_) == ["unchanged", "create"]
    bring(session, import_)
    assert len(identities(session, group.id)) == 2


def test_another_name_at_a_members_address_can_be_a_correction(
    session: scoped_session[Any], stage_lines: StageLines, group: Group
) -> None:
    lea = member(session, group, LEA)
    import_ = stage_lines(LEA.replace("Roux", "Rousse"))
    assert effects(session, import_) == ["create"]
    editing.choose(session, import_, [row(session, import_, 2)], "update")
    bring(session, import_)
    assert [contact.last_name for contact in session.scalars(select(Contact))] == ["Rousse"]
    assert lea.last_name == "Rousse"


def test_the_old_values_stay_when_the_person_says_so(
    session: scoped_session[Any], stage_lines: StageLines, group: Group
) -> None:
    jean = member(session, group, JEAN)
    import_ = stage_lines(JEAN.replace("3 rue", "9 rue"), NEW)
    editing.choose(session, import_, [row(session, import_, 2)], "skip")
    assert effects(session, import_) == ["kept", "create"]
    bring(session, import_)
    assert jean.address_1 == "3 rue des Lilas"


def test_a_line_repeated_in_the_file_is_kept_when_the_person_says_so(
    session: scoped_session[Any], stage_lines: StageLines, group: Group
) -> None:
    import_ = stage_lines(JEAN, JEAN)
    editing.choose(session, import_, [row(session, import_, 3)], "both")
    assert effects(session, import_) == ["create", "create"]
    bring(session, import_)
    assert len(session.scalars(select(Contact)).all()) == 2


def test_who_is_kept_in_another_group_joins_this_one_and_is_not_doubled(
    session: scoped_session[Any], stage_lines: StageLines, group: Group
) -> None:
    other = book.create_group(session, group.organisation_id, "Bureau", NOW)
    jean = member(session, other, JEAN)
    import_ = stage_lines(JEAN, LEA)
    assert effects(session, import_) == ["join", "create"]
    bring(session, import_)
    assert jean.identity in identities(session, group.id)
    assert len(session.scalars(select(Contact)).all()) == 2


def test_who_came_changed_or_went_meanwhile_is_seen_at_the_import(
    session: scoped_session[Any], stage_lines: StageLines, group: Group
) -> None:
    jean = member(session, group, JEAN)
    import_ = stage_lines(JEAN, LEA, NEW)
    assert effects(session, import_) == ["unchanged", "create", "create"]
    book.remove_from_group(session, group, jean)
    member(session, group, LEA)
    bring(session, import_)
    assert effects(session, import_) == ["create", "unchanged", "create"]
    assert len(identities(session, group.id)) == 3


def test_a_line_mended_into_a_member_takes_him_from_a_mere_namesake(
    session: scoped_session[Any], stage_lines: StageLines, group: Group
) -> None:
    jean = member(session, group, JEAN)
    import_ = stage_lines(JEAN.replace("jean@", "autre@"), "faux;Petit;Jean;;particulier;;;;;")
    assert row(session, import_, 2).contact_id == jean.id
    mended = row(session, import_, 3)
    editing.edit(session, import_, mended, {"email": "jean@exemple.fr"})
    session.commit()
    assert effects(session, import_) == ["create", "unchanged"]
    assert (row(session, import_, 2).contact_id, mended.contact_id) == (None, jean.id)


def test_the_absent_leave_the_group_only_when_asked(
    session: scoped_session[Any], stage_lines: StageLines, group: Group
) -> None:
    member(session, group, JEAN)
    bring(session, stage_lines(LEA))
    assert len(identities(session, group.id)) == 2
    import_ = stage_lines(LEA)
    import_.takes_absent_out = True
    bring(session, import_)
    assert [contact.last_name for contact in session.scalars(select(Contact))] == ["Roux"]
