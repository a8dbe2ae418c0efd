"""What the page of a group is read from is kept by the database, whatever writes the contacts."""

import itertools
import random

import pytest
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session, scoped_session

from tests.conftest import NOW
from webapp.accounts.models import Organisation, User
from webapp.contacts import book, consents, listing, merging, queries, several
from webapp.contacts.group_page import RECENT, Sought, group_page
from webapp.contacts.models import Consent, Contact, Group, Listed, Membership
from webapp.contacts.rules import Recipient, check
from webapp.contacts.several import Choice
from webapp.extensions import db
from webapp.web.paging import PAGE_SIZE, Mark

HOME = {"address_1": "3 rue du Lavoir", "postal_code": "01000", "city": "Bourg-en-Bresse"}
LONG = f"{'A' * 64}@{'.'.join(['b' * 60] * 3)}.example"
"""With a long name, more than an identity holds."""

ABROAD = {"address_1": "3 High Street", "city": "Dublin", "country": "Irlande"}


def person(number: int, **texts: str) -> Recipient:
    fields = {
        "email": f"Personne{number}@x.example",
        "last_name": f"Nom {number:03}",
        "status": "individual",
        **texts,
    }
    recipient = check(fields).recipient
    assert recipient is not None
    return recipient


def people() -> list[Recipient]:
    return [
        person(1),
        person(2, status="pro", **HOME),
        person(3, email="", **HOME),
        person(4, **ABROAD),
        person(5, email="élodie@x.example", last_name="Éclair"),
        person(
            6, last_name="N" * 120, first_name="P" * 120, email=f"{'a' * 64}@{'b' * 60}.example"
        ),
        person(7, email="ÉLODIE@x.example", last_name="Autre"),
    ]


@pytest.fixture
def groups(session: scoped_session[Session], organisation: Organisation) -> tuple[Group, Group]:
    adherents, bureau = (
        book.create_group(session, organisation.id, name, NOW) for name in ("Adhérents", "Bureau")
    )
    book.add_contacts(session, adherents, people(), NOW)
    return adherents, bureau


def kept(session: scoped_session[Session]) -> list[tuple[int, str, int, int, str]]:
    session.flush()
    lines = select(
        Listed.group_id, Listed.sort_name, Listed.contact_id, Listed.traits, Listed.search_text
    )
    return sorted(map(tuple, session.execute(lines)))


def expected(session: scoped_session[Session]) -> list[tuple[int, str, int, int, str]]:
    """Say by the rules of Python what the listing must hold."""
    session.expire_all()
    lines = []
    for group_id, contact in session.execute(
        select(Membership.group_id, Contact).join(Contact, Contact.id == Membership.contact_id)
    ):
        recipient = queries.recipient_of(contact)
        needed = contact.status == "individual" and contact.email
        agreed = consents.consented(session, contact.organisation_id, [contact.email])
        traits = (
            listing.PROFESSIONAL * (contact.status == "professional")
            + listing.WITHOUT_EMAIL * (not contact.email)
            + listing.WITHOUT_ADDRESS * (not recipient.has_postal_address)
            + listing.WITHOUT_CONSENT * bool(needed and not agreed)
        )
        lines.append((group_id, contact.sort_name, contact.id, traits, contact.search_text))
    return sorted(lines)


def test_the_listing_says_what_the_rules_say_after_every_kind_of_write(
    session: scoped_session[Session],
    administrator: User,
    groups: tuple[Group, Group],
) -> None:
    adherents, bureau = groups
    organisation_id, author = adherents.organisation_id, administrator.id
    assert len(kept(session)) == 7
    assert kept(session) == expected(session)
    everyone = Choice(adherents, (), everyone=True, search="")
    contacts = session.scalars(select(Contact).order_by(Contact.id)).all()
    emails = [contact.email for contact in contacts if contact.email]
    acts = (
        lambda: several.copy(session, everyone, bureau),
        lambda: consents.declare(session, organisation_id, emails, "bulletin", author, NOW),
        lambda: session.execute(update(Consent).values(withdrawn_at=NOW)),
        lambda: session.execute(update(Consent).values(withdrawn_at=None)),
        lambda: session.execute(delete(Consent).where(Consent.email.like("%lodie%"))),
        lambda: session.execute(delete(Consent).where(Consent.email.like("aaa%"))),
        lambda: book.change_contact(
            session, adherents, contacts[0], person(1, last_name="Zola", **HOME), author, NOW
        ),
        lambda: book.change_contact(
            session, adherents, contacts[1], person(2, email="", **HOME), author, NOW
        ),
        lambda: merging.merge(session, contacts[2], contacts[3], person(4), author, NOW),
        lambda: book.remove_from_group(session, adherents, contacts[4]),
        lambda: session.execute(delete(Contact).where(Contact.id == contacts[4].id)),
        lambda: session.execute(delete(Membership).where(Membership.group_id == bureau.id)),
        lambda: several.move(session, everyone, bureau),
        lambda: session.execute(
            insert(Membership), [{"group_id": adherents.id, "contact_id": contacts[0].id}]
        ),
        lambda: session.execute(
            update(Membership)
            .where(Membership.group_id == adherents.id)
            .values(contact_id=contacts[1].id)
        ),
        lambda: session.execute(delete(Group).where(Group.id == bureau.id)),
    )
    for number, act in enumerate(acts):
        act()
        assert kept(session) == expected(session), number
    assert len(kept(session)) == 1


def test_no_trigger_of_the_listing_is_lost(session: scoped_session[Session]) -> None:
    assert listing.TRIGGERS.missing(session.connection()) == set()


def names(session: scoped_session[Session], group: Group, sought: Sought) -> list[str]:
    """Read all pages from the first on, and see that reading from the last on gives the same."""
    forward: list[str] = []
    page = group_page(session, group, sought, Mark())
    while True:
        assert page.first == (len(forward) + 1 if page.items else 0)
        forward += [contact.last_name for contact in page.items]
        assert (page.last, page.total >= page.last) == (len(forward), True)
        if page.last == page.total:
            break
        page = group_page(session, group, sought, Mark(after=page.items[-1].id))
    backward: list[str] = []
    page = group_page(session, group, sought, Mark(at_end=True))
    while True:
        assert page.last == page.total - len(backward)
        backward = [*(contact.last_name for contact in page.items), *backward]
        if page.first <= 1:
            break
        page = group_page(session, group, sought, Mark(before=page.items[0].id))
    assert backward == forward
    assert page.total == len(forward)
    return forward


@pytest.mark.parametrize("count", [0, 1, 49, 50, 51, 100, 101, 149])
def test_every_page_is_found_from_the_beginning_and_from_the_end(
    session: scoped_session[Session], organisation: Organisation, count: int
) -> None:
    group = book.create_group(session, organisation.id, "Adhérents", NOW)
    numbers = list(range(count))
    random.Random(count).shuffle(numbers)
    # Two of a name, one on each side of a page's end, are told apart by their numbers.
    book.add_contacts(
        session, group, [person(n, last_name=f"Nom {n // 2:03}") for n in numbers], NOW
    )
    assert names(session, group, Sought()) == [f"Nom {n // 2:03}" for n in range(count)]
    newest = names(session, group, Sought(order=RECENT))
    assert newest == [f"Nom {n // 2:03}" for n in reversed(numbers)]
    found = names(session, group, Sought(search="nom", kind="sans-accord", order=RECENT))
    assert found == newest


def test_filters_and_searches_go_together(
    session: scoped_session[Session], administrator: User, groups: tuple[Group, Group]
) -> None:
    adherents, _bureau = groups
    consents.declare(
        session,
        adherents.organisation_id,
        ["personne1@x.example"],
        "oral",
        administrator.id,
        NOW,
    )
    counts = {
        kind: len(names(session, adherents, Sought(kind=kind)))
        for kind in ("", *queries.KINDS, "autre")
    }
    assert counts == {
        "": 7,
        "professionnels": 1,
        "particuliers": 6,
        "sans-email": 1,
        "sans-adresse": 4,
        "sans-accord": 4,
        "accord-note": 1,
        "accord-demande": 0,
        "accord-refuse": 0,
        "accord-retire": 0,
        "email-en-echec": 0,
        "autre": 7,
    }
    both = Sought(search="bourg", kind="particuliers")
    assert names(session, adherents, both) == ["Nom 003"]
    chosen = Choice(adherents, (), everyone=True, search="bourg", kind="particuliers")
    assert several.count(session, chosen) == 1


def test_a_page_whose_mark_is_gone_or_a_strangers_is_the_first(
    session: scoped_session[Session], organisation: Organisation
) -> None:
    group = book.create_group(session, organisation.id, "Adhérents", NOW)
    book.add_contacts(session, group, [person(n) for n in range(PAGE_SIZE + 5)], NOW)
    for mark, order in itertools.product((Mark(after=999), Mark(before=999)), ("", RECENT)):
        page = group_page(session, group, Sought(order=order), mark)
        assert (page.first, page.last, page.total) == (1, 50, 55)
    newest = session.scalar(select(func.max(Contact.id)))
    past = group_page(session, group, Sought(), Mark(after=newest))
    assert (past.first, past.last) == (51, 55), "after the last there is the last page"
    db.session.rollback()
