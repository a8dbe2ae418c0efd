"""A person's data on request: all that is held is shown and given, and what may go is erased."""

import io
import json
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from config import Config
from tests.conftest import Browser
from tests.desk.old_letters import old, submission
from webapp.accounts.models import User
from webapp.compose import drafts
from webapp.compose.models import Draft
from webapp.contacts import book, consents, failing, merging
from webapp.contacts.models import Contact, ContactChange, Group
from webapp.contacts.queries import recipient_of
from webapp.contacts.rules import check
from webapp.delivery.models import LanguageChoice
from webapp.evidence.integrity import verify_all
from webapp.evidence.journal import entries, organisation_chain
from webapp.evidence.kinds import EventKind
from webapp.imports.checking import check_rows
from webapp.imports.models import Import, ImportRow
from webapp.imports.staging import stage
from webapp.letters import steps
from webapp.letters.models import Letter
from webapp.letters.submission import submit
from webapp.sheets.reader import Row

pytestmark = pytest.mark.slow

__all__ = ["old"]
PAGE = "/organisation/donnees"
NOW = datetime.now(UTC)
LOUISE = "louise@quokka.example"
MARK = "Quokka"


def add(session: scoped_session[Session], group: Group, **texts: str) -> Contact:
    recipient = check({"status": "individual", **texts}).recipient
    assert recipient is not None
    return book.add_contact(session, group, recipient, NOW)


@pytest.fixture
def group(session: scoped_session[Session], administrator: User) -> Group:
    return book.create_group(session, administrator.organisation_id, "Adhérents", NOW)


@pytest.fixture
def louise(session: scoped_session[Session], administrator: User, group: Group) -> Contact:
    """Louise stands in a group, a list, a draft, a consent, a choice of language, and a history."""
    contact = add(session, group, email="Louise@quokka.example", last_name=MARK)
    changed = check({"status": "individual", "email": LOUISE, "last_name": MARK, "city": "Bourg"})
    assert changed.recipient is not None
    book.change_contact(session, group, contact, changed.recipient, administrator.id, NOW)
    organisation_id = administrator.organisation_id
    consents.declare(session, organisation_id, [LOUISE], "bulletin", administrator.id, NOW)
    failing.mark(session, organisation_id, LOUISE, NOW)
    choice = {"organisation_id": organisation_id, "email": LOUISE, "language": "en"}
    session.add(LanguageChoice(**choice, chosen_at=NOW))
    fields = [("subject", "Convocation"), ("typed-1-email", LOUISE), ("typed-1-last_name", "Autre")]
    drafts.keep(session, administrator, "un-brouillon-pour-louise", fields, NOW)
    session.commit()
    return contact


def list_under_way(session: scoped_session[Session], group: Group, author: User) -> Import:
    rows = [Row(2, (LOUISE, MARK)), Row(3, ("paul@noir.example", "Noir"))]
    report = check_rows(rows, {0: "email", 1: "last_name"})
    staged = stage(session, group, author.id, "adherents.xlsx", report, NOW)
    session.commit()
    return staged


def a_letter(session: scoped_session[Session], author: User, config: Config) -> Letter:
    letter = submit(session, submission(author, config, "pour-louise"), NOW - timedelta(days=40))
    letter.addressees[0].email = LOUISE
    letter.addressees[0].name = f"Louise {MARK}"
    session.commit()
    return letter


@pytest.mark.usefixtures("louise")
def test_everything_that_is_held_is_shown_with_what_the_law_keeps_and_until_when(
    session: scoped_session[Session],
    administrator: User,
    group: Group,
    browser: Browser,
    config: Config,
) -> None:
    list_under_way(session, group, administrator)
    letter = a_letter(session, administrator, config)
    page = browser.get(f"{PAGE}?personne=LOUISE@quokka.example").text
    for told in (MARK, "Adhérents", "bulletin", "adherents.xlsx", "Langue choisie"):
        assert told in page
    assert "gardé tant que l’envoi attend" in page
    for addressee in letter.addressees:
        steps.cancel(session, addressee, "Odile", NOW)
    page = browser.get(f"{PAGE}?personne={LOUISE}").text
    assert f"/courriers/{letter.number}" in page
    assert "gardé jusqu’au" in page
    assert str(NOW.year + 5) in page


@pytest.mark.usefixtures("louise")
def test_the_export_says_all_of_it_for_people_and_for_machines(
    session: scoped_session[Session], administrator: User, browser: Browser, config: Config
) -> None:
    a_letter(session, administrator, config)
    answer = browser.get(f"{PAGE}/export.zip?personne={LOUISE}")
    assert "louise" not in answer.headers["Content-Disposition"].lower()
    archive = zipfile.ZipFile(io.BytesIO(answer.data))
    record = json.loads(archive.read("donnees.json"))
    assert record["contacts"][0]["groups"] == ["Adhérents"]
    assert record["contacts"][0]["city"] == "Bourg"
    assert record["earlier_versions"][0]["city"] == ""
    assert record["consent"]["means"] == "bulletin"
    assert record["language"] == "en"
    assert record["letters"][0]["events"][0]["facts"]["channel"] == "email"
    page = archive.read("donnees.html").decode()
    assert "Objet qui n’est dit qu’après acceptation" in page
    assert MARK in page
    assert "Jean Zanzibar" not in page + archive.read("donnees.json").decode()


@pytest.mark.usefixtures("louise")
def test_what_may_go_goes_at_once_and_the_journal_says_how_much_without_saying_of_whom(
    session: scoped_session[Session], administrator: User, group: Group, browser: Browser
) -> None:
    list_under_way(session, group, administrator)
    asked = browser.get(f"{PAGE}/effacer?personne={LOUISE}").text
    assert "abandonnée tout entière" in asked
    assert session.scalar(select(func.count()).select_from(Contact)) == 1
    answer = browser.post(f"{PAGE}/effacer", {"personne": LOUISE}, follow_redirects=True)
    assert "C’est effacé." in answer.text
    session.expire_all()
    for model in (Contact, ContactChange, LanguageChoice, ImportRow, Import):
        assert session.scalar(select(func.count()).select_from(model)) == 0
    assert failing.all_of(session, administrator.organisation_id) == {}
    draft = session.scalars(select(Draft)).one()
    assert ["typed-1-last_name", "Autre"] in draft.fields
    assert LOUISE not in str(draft.fields)
    consent = consents.of_address(session, administrator.organisation_id, LOUISE)
    assert consent is not None
    assert consent.withdrawn_at is not None
    events = entries(session, organisation_chain(administrator.organisation_id))
    assert [event.kind for event in events][-2:] == [
        EventKind.CONSENT_WITHDRAWN,
        EventKind.PERSONAL_DATA_ERASED,
    ]
    facts = events[-1].facts
    assert facts is not None
    assert facts["erased"]["contacts"] == 1
    assert "quokka" not in json.dumps(facts).lower()
    assert verify_all(session) == []
    assert "Le retrait de son accord" in answer.text
    again = browser.post(f"{PAGE}/effacer", {"personne": LOUISE}, follow_redirects=True)
    assert "Il n’y avait rien à effacer." in again.text


@pytest.mark.usefixtures("louise")
def test_a_letter_that_was_sent_stays_whole_when_the_rest_is_erased(
    session: scoped_session[Session], administrator: User, browser: Browser, config: Config
) -> None:
    letter = a_letter(session, administrator, config)
    page = browser.post(f"{PAGE}/effacer", {"personne": LOUISE}, follow_redirects=True).text
    assert f"/courriers/{letter.number}" in page
    session.expire_all()
    assert letter.addressees[0].email == LOUISE


def test_lines_of_a_list_that_is_done_go_and_those_of_others_stay(
    session: scoped_session[Session],
    administrator: User,
    group: Group,
    louise: Contact,
    browser: Browser,
) -> None:
    done = list_under_way(session, group, administrator)
    done.committed_at = NOW
    done.removed = [{"id": louise.id, **book.fields_of(louise)}, {"id": 99, "email": "p@x.example"}]
    session.commit()
    browser.post(f"{PAGE}/effacer", {"personne": LOUISE})
    session.expire_all()
    assert [row.number for row in session.scalars(select(ImportRow))] == [3]
    assert [texts["email"] for texts in done.removed] == ["p@x.example"]


def test_somebody_without_an_address_is_found_by_the_exact_name_and_others_are_pointed_to(
    session: scoped_session[Session], group: Group, louise: Contact, browser: Browser
) -> None:
    place = {"address_1": "3 rue du Lavoir", "postal_code": "01000", "city": "Bourg"}
    add(session, group, last_name=MARK, **place)
    add(session, group, last_name=f"{MARK}s", **place)
    page = browser.get(f"{PAGE}?personne=quokka").text
    assert "Ce nom est aussi gardé avec une adresse" in page
    assert LOUISE in page
    browser.post(f"{PAGE}/effacer", {"personne": "QUOKKA"})
    session.expire_all()
    left = session.scalars(select(Contact.last_name).order_by(Contact.id)).all()
    assert left == [MARK, f"{MARK}s"]
    assert louise.email == LOUISE


def test_nothing_is_held_of_somebody_unknown_nor_of_nobody(browser: Browser) -> None:
    assert "ne garde rien" in browser.get(f"{PAGE}?personne=inconnu@x.example").text
    for empty in ("", "%20", "?", "%25"):
        page = browser.get(f"{PAGE}?personne={empty}")
        assert page.status_code == 200
        assert "Effacer ce qui peut" not in page.text
        assert browser.get(f"{PAGE}/export.zip?personne={empty}").status_code == 200
        assert browser.get(f"{PAGE}/effacer?personne={empty}").status_code == 200


@pytest.mark.usefixtures("louise")
def test_another_organisation_neither_sees_nor_erases_it(
    session: scoped_session[Session], stranger: User, sign_in: Callable[[User], Browser]
) -> None:
    theirs = sign_in(stranger)
    assert "ne garde rien" in theirs.get(f"{PAGE}?personne={LOUISE}").text
    theirs.post(f"{PAGE}/effacer", {"personne": LOUISE})
    assert session.scalar(select(func.count()).select_from(Contact)) == 1


def test_the_export_gives_nothing_of_somebody_whose_contact_hers_became_part_of(
    browser: Browser, session: scoped_session[Session], administrator: User, group: Group
) -> None:
    other = add(session, group, email="autre@x.example", last_name="Tiers")
    hers = add(session, group, email=LOUISE, last_name=MARK)
    merging.merge(session, other, hers, recipient_of(other), administrator.id, NOW)
    session.commit()
    answer = browser.get(f"{PAGE}/export.zip?personne={LOUISE}")
    record = zipfile.ZipFile(io.BytesIO(answer.data)).read("donnees.json").decode()
    assert "Tiers" not in record
    assert json.loads(record)["earlier_versions"][0]["last_name"] == MARK
