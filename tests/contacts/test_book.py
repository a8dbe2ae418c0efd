from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from tests.conftest import NOW, new_organisation
from webapp.accounts.models import Organisation, User
from webapp.contacts import book, queries
from webapp.contacts.group_page import Sought, group_page
from webapp.contacts.models import Contact, Group, Membership
from webapp.contacts.reach import reached
from webapp.contacts.rules import Recipient, check
from webapp.web.paging import Mark

LOUISE = {
    "email": "Louise@courriel.example",
    "last_name": "Blanc",
    "first_name": "Louise",
    "status": "individual",
}
ALICE = {**LOUISE, "email": "alice@courriel.example", "first_name": "Alice"}

NewGroup = Callable[[str], Group]


def recipient(texts: dict[str, str], **changes: str) -> Recipient:
    checked = check({**texts, **changes}).recipient
    assert checked is not None
    return checked


def count(session: scoped_session[Session], table: type[Contact | Group | Membership]) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


@pytest.fixture
def new_group(session: scoped_session[Session], organisation: Organisation) -> NewGroup:
    return lambda name: book.create_group(session, organisation.id, name, NOW)


def test_a_group_keeps_its_name_as_written_but_for_runs_of_spaces(new_group: NewGroup) -> None:
    assert new_group("  Adhérents \t 2026 ").name == "Adhérents 2026"


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("", book.NameMissing),
        (" \u00a0\t", book.NameMissing),
        ("a" * (book.NAME_LENGTH + 1), book.NameTooLong),
        ("ß" * book.NAME_LENGTH, book.NameTooLong),
        ("ADHERENTS", book.NameTaken),
        ("  adhérents ", book.NameTaken),
    ],
)
def test_a_name_that_no_group_can_have_is_refused(
    session: scoped_session[Session],
    new_group: NewGroup,
    name: str,
    problem: type[book.GroupNameProblem],
) -> None:
    new_group("Adhérents")
    board = new_group("Bureau")
    with pytest.raises(problem):
        new_group(name)
    with pytest.raises(problem):
        book.rename_group(session, board, name)
    session.commit()
    assert sorted(session.scalars(select(Group.name))) == ["Adhérents", "Bureau"]


def test_a_group_may_change_only_the_case_and_accents_of_its_name(
    session: scoped_session[Session], new_group: NewGroup
) -> None:
    group = new_group("adherents")
    book.rename_group(session, group, "Adhérents")
    assert group.name == "Adhérents"


def test_two_organisations_have_groups_of_the_same_name_and_share_no_contact(
    session: scoped_session[Session], new_group: NewGroup
) -> None:
    ours = new_group("Adhérents")
    other = new_organisation(session, "Une autre association")
    theirs = book.create_group(session, other.id, "Adhérents", NOW)
    here = book.add_contact(session, ours, recipient(LOUISE), NOW)
    there = book.add_contact(session, theirs, recipient(LOUISE), NOW)
    assert here.id != there.id


def test_the_same_person_enters_a_group_once_whatever_case_and_accents(
    session: scoped_session[Session], new_group: NewGroup
) -> None:
    group = new_group("Adhérents")
    book.add_contact(session, group, recipient(LOUISE), NOW)
    with pytest.raises(book.AlreadyInGroup):
        book.add_contact(session, group, recipient(LOUISE, email="LOUISE@courriel.example"), NOW)
    with pytest.raises(book.AlreadyInGroup):
        book.add_contact(session, group, recipient(LOUISE, first_name="LOUÏSE"), NOW)
    assert count(session, Contact) == 1


def test_two_people_may_share_one_mailbox(
    session: scoped_session[Session], new_group: NewGroup
) -> None:
    group = new_group("Adhérents")
    book.add_contact(session, group, recipient(LOUISE), NOW)
    book.add_contact(session, group, recipient(LOUISE, first_name="Paul"), NOW)
    assert len(queries.identities(session, group.id)) == 2


def test_a_contact_with_the_very_same_fields_is_one_in_two_groups(
    session: scoped_session[Session], new_group: NewGroup
) -> None:
    first, second, third = (new_group(name) for name in ("Un", "Deux", "Trois"))
    contact = book.add_contact(session, first, recipient(LOUISE), NOW)
    assert book.add_contact(session, second, recipient(LOUISE), NOW).id == contact.id
    other = book.add_contact(session, third, recipient(LOUISE, status="professional"), NOW)
    assert other.id != contact.id
    assert (count(session, Contact), count(session, Membership)) == (2, 3)


def test_many_contacts_enter_at_once(session: scoped_session[Session], new_group: NewGroup) -> None:
    group = new_group("Adhérents")
    people = (recipient(LOUISE, email=f"p{number}@x.example") for number in range(1_000))
    assert book.add_contacts(session, group, people, NOW) == 1_000
    assert book.add_contacts(session, group, [], NOW) == 0
    (line,) = queries.groups(session, group.organisation_id)
    assert line.contacts == 1_000


def test_many_contacts_are_kept_as_one_by_one_whatever_their_number(
    session: scoped_session[Session], new_group: NewGroup, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(book, "_AT_ONCE", 3)
    alone, together, other = (new_group(name) for name in ("Un", "Ensemble", "Autre"))
    people = [recipient(LOUISE, email=f"p{number}@x.example") for number in range(7)]
    book.add_contact(session, other, recipient(ALICE), NOW)
    for person in people:
        book.add_contact(session, alone, person, NOW)
    assert book.add_contacts(session, together, people, NOW) == 7
    session.commit()
    kept = [
        [
            {
                name: value
                for name, value in vars(contact).items()
                if name[0] != "_" and name != "id"
            }
            for contact in session.scalars(
                select(Contact).join(Membership).where(Membership.group_id == group.id)
            )
        ]
        for group in (alone, together)
    ]
    assert kept[0] == kept[1]
    assert count(session, Contact) == count(session, Membership) == 15


def test_a_changed_contact_is_found_and_sorted_by_what_it_says_now(
    session: scoped_session[Session], new_group: NewGroup, administrator: User
) -> None:
    group = new_group("Adhérents")
    contact = book.add_contact(session, group, recipient(LOUISE), NOW)
    book.add_contact(session, group, recipient(ALICE), NOW)
    book.change_contact(
        session, group, contact, recipient(LOUISE, last_name="Àbel"), administrator.id, NOW
    )
    session.commit()
    assert [found.last_name for found in group_page(session, group, Sought(), Mark()).items] == [
        "Àbel",
        "Blanc",
    ]
    assert group_page(session, group, Sought("abel louise@"), Mark()).total == 1
    assert queries.recipient_of(contact) == recipient(LOUISE, last_name="Àbel")


def test_a_contact_cannot_become_another_of_its_group(
    session: scoped_session[Session], new_group: NewGroup, administrator: User
) -> None:
    group = new_group("Adhérents")
    contact = book.add_contact(session, group, recipient(LOUISE), NOW)
    book.add_contact(session, group, recipient(ALICE), NOW)
    with pytest.raises(book.AlreadyInGroup):
        book.change_contact(session, group, contact, recipient(ALICE), administrator.id, NOW)
    book.change_contact(
        session, group, contact, recipient(LOUISE, city="Bourg"), administrator.id, NOW
    )
    session.commit()
    assert sorted(session.scalars(select(Contact.first_name))) == ["Alice", "Louise"]


def test_a_contact_is_kept_as_long_as_one_group_has_it(
    session: scoped_session[Session], new_group: NewGroup
) -> None:
    first, second = new_group("Un"), new_group("Deux")
    contact = book.add_contact(session, first, recipient(LOUISE), NOW)
    book.add_contact(session, second, recipient(LOUISE), NOW)
    book.remove_from_group(session, first, contact)
    assert queries.contact_of(session, first, contact.id) is None
    assert queries.contact_of(session, second, contact.id) is contact
    book.remove_from_group(session, second, contact)
    assert count(session, Contact) == 0


def test_a_group_says_how_many_contacts_no_email_reaches(
    session: scoped_session[Session], new_group: NewGroup
) -> None:
    group = new_group("Zoé")
    new_group("Élus")
    on_paper = {"address_1": "2 rue du Four", "postal_code": "01000", "city": "Bourg"}
    book.add_contact(session, group, recipient(LOUISE), NOW)
    book.add_contact(session, group, recipient(LOUISE, email="", **on_paper), NOW)
    lines = queries.groups(session, group.organisation_id)
    assert [(line.group.name, line.contacts, line.without_email) for line in lines] == [
        ("Élus", 0, 0),
        ("Zoé", 2, 1),
    ]


def test_the_contacts_of_chosen_groups_are_those_of_the_organisation_alone(
    session: scoped_session[Session], new_group: NewGroup
) -> None:
    ours = new_group("Adhérents")
    other = new_organisation(session, "Une autre association")
    theirs = book.create_group(session, other.id, "Adhérents", NOW)
    book.add_contact(session, ours, recipient(LOUISE), NOW)
    book.add_contact(session, theirs, recipient(ALICE), NOW)
    strangers = session.scalars(select(Contact.id)).all()
    found = reached(session, ours.organisation_id, [ours.id, theirs.id], strangers)
    assert [(contact.texts[2], contact.groups) for contact in found] == [("Louise", (ours.id,))]
