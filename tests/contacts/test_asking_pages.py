"""Individuals are asked on pages, one or many; what is known of each is shown, with its paper."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from config import Config
from tests.conftest import NOW, Browser
from tests.evidence.authority import running_authority
from webapp.accounts.models import Organisation, User
from webapp.contacts import answers, asking, book, consents
from webapp.contacts.consent_models import ConsentDocument, ConsentRequest
from webapp.contacts.models import Consent, Contact, Group
from webapp.contacts.rules import check
from webapp.evidence import proofs
from webapp.evidence.journal import entries, organisation_chain
from webapp.evidence.models import Proof

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("by_mail")]

PEOPLE = (
    {"email": "Louise@x.example", "last_name": "Blanc", "status": "individual"},
    {"email": "paul@x.example", "last_name": "Gris", "status": "individual"},
    {"email": "zoe@x.example", "last_name": "Noir", "status": "individual"},
    {"email": "atelier@x.example", "company": "Roux", "status": "professional"},
)
CLIENT = {"ip": "192.0.2.7", "user_agent": "Un navigateur"}
SAID = {"means": "bulletin d’adhésion", "given_on": "2026-01-03"}
PDF = b"%PDF-1.7 un bulletin"


@pytest.fixture
def group(session: scoped_session[Session], organisation: Organisation) -> Group:
    group = book.create_group(session, organisation.id, "Adhérents", NOW)
    for texts in PEOPLE:
        recipient = check(texts).recipient
        assert recipient is not None
        book.add_contact(session, group, recipient, NOW)
    session.commit()
    return group


@pytest.fixture
def louise(session: scoped_session[Session], group: Group) -> Contact:
    return session.scalars(select(Contact).where(Contact.last_name == "Blanc")).one()


@pytest.fixture
def page(group: Group, louise: Contact) -> str:
    return f"/groupes/{group.id}/contacts/{louise.id}/accord"


def asked(session: scoped_session[Session]) -> list[ConsentRequest]:
    session.rollback()
    return list(session.scalars(select(ConsentRequest).order_by(ConsentRequest.email)))


def names(browser: Browser, group: Group, kind: str) -> list[str]:
    text = browser.get(f"/groupes/{group.id}?voir={kind}").text
    return re.findall(r'<label for="choose-\d+">([^<]+)</label>', text)


def test_one_contact_is_asked_and_his_page_says_so(
    browser: Browser, session: scoped_session[Session], page: str, group: Group
) -> None:
    assert 'value="15"' in browser.get(page).text
    answer = browser.post(f"{page}/demander", {"days": "30"})
    browser.post(f"{page}/demander", {"days": "7"})
    (request,) = asked(session)
    assert (request.email, request.days) == ("louise@x.example", 30)
    shown = browser.get(answer.location).text
    assert "le message va partir" in shown
    assert f'action="{page}/demander"' not in shown
    assert "accord demandé" in browser.get(f"/groupes/{group.id}").text


@pytest.mark.parametrize("days", ["2", "31", "", "quinze", "9999999999999999999"])
def test_the_time_to_answer_is_three_to_thirty_days(
    browser: Browser, session: scoped_session[Session], page: str, days: str
) -> None:
    answer = browser.post(f"{page}/demander", {"days": days})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert asked(session) == []


def test_nobody_is_asked_while_no_mail_can_leave(
    browser: Browser, session: scoped_session[Session], page: str, app: Flask, config: Config
) -> None:
    app.extensions["plirec"] = config
    shown = browser.get(page).text
    assert "Aucun serveur de messagerie" in shown
    assert 'href="/organisation/messagerie">Régler la messagerie</a>' in shown
    assert browser.post(f"{page}/demander", {"days": "15"}).status_code == 422
    assert asked(session) == []


def test_who_may_not_set_the_mail_server_is_told_who_does(
    sign_in: Callable[[User], Browser],
    administrator: User,
    managed: User,
    page: str,
    app: Flask,
    config: Config,
) -> None:
    app.extensions["plirec"] = config
    shown = sign_in(managed).get(page).text
    assert f"Demandez à {administrator.name}" in shown
    assert "seul un administrateur règle la messagerie" in shown
    assert "Envoyer la demande" not in shown
    assert "Régler la messagerie" not in shown


def test_a_group_that_cannot_be_asked_is_told_why_before_any_form(
    browser: Browser, group: Group, app: Flask, config: Config
) -> None:
    app.extensions["plirec"] = config
    shown = browser.get(f"/groupes/{group.id}/plusieurs/accord/demander?everyone=y").text
    assert "Aucun serveur de messagerie" in shown
    assert "Régler la messagerie" in shown
    assert 'name="days"' not in shown


def test_a_professional_need_not_be_asked_and_the_page_says_so(
    browser: Browser, session: scoped_session[Session], group: Group
) -> None:
    roux = session.scalars(select(Contact).where(Contact.company == "Roux")).one()
    page = f"/groupes/{group.id}/contacts/{roux.id}/accord"
    text = browser.get(page).text
    assert "ne demande pas d’accord à un professionnel" in text
    assert "demander" not in text
    browser.post(f"{page}/demander", {"days": "15"})
    assert asked(session) == []


def test_a_whole_group_is_asked_but_for_who_answered_or_is_asked(
    browser: Browser, session: scoped_session[Session], administrator: User, group: Group
) -> None:
    consents.declare(
        session, group.organisation_id, ["paul@x.example"], "oral", administrator.id, NOW
    )
    session.commit()
    address = f"/groupes/{group.id}/plusieurs/accord/demander"
    shown = browser.get(f"{address}?everyone=y").text
    assert "3 adresses e-mail de particuliers" in shown
    assert "1 a déjà un accord" in shown
    assert "La demande partira à 2 adresses" in shown
    fields = {"everyone": "y", "shown": "4", "days": "10"}
    answer = browser.post(address, fields)
    assert "2 demandes d’accord partent" in browser.get(answer.location).text
    browser.post(address, fields)
    assert [(one.email, one.days) for one in asked(session)] == [
        ("louise@x.example", 10),
        ("zoe@x.example", 10),
    ]
    assert "Il n’y a personne à interroger" in browser.get(f"{address}?everyone=y").text


def test_only_those_chosen_are_asked(
    browser: Browser, session: scoped_session[Session], group: Group, louise: Contact
) -> None:
    address = f"/groupes/{group.id}/plusieurs/accord/demander"
    changed = browser.post(address, {"contacts": str(louise.id), "shown": "2", "days": "10"})
    assert changed.status_code == 422
    assert asked(session) == []
    browser.post(address, {"contacts": str(louise.id), "shown": "1", "days": "10"})
    assert [one.email for one in asked(session)] == ["louise@x.example"]


def test_a_group_shows_how_each_consent_stands_and_filters_by_it(
    browser: Browser,
    session: scoped_session[Session],
    administrator: User,
    config: Config,
    group: Group,
) -> None:
    number = group.organisation_id
    who = asking.asking(session, config, number, administrator.id, 15)
    emails = ["louise@x.example", "paul@x.example", "zoe@x.example"]
    requests = asking.ask(session, who, emails, NOW)
    answers.refuse(session, requests["paul@x.example"], CLIENT, NOW)
    answers.give(session, requests["zoe@x.example"], CLIENT, NOW)
    session.commit()
    text = browser.get(f"/groupes/{group.id}").text
    for words in ("accord demandé", "accord refusé", "accord donné"):
        assert words in text
    assert names(browser, group, "accord-demande") == ["Blanc"]
    assert names(browser, group, "accord-refuse") == ["Gris"]
    assert names(browser, group, "accord-note") == ["Noir"]
    assert names(browser, group, "accord-retire") == []
    answers.withdraw(session, requests["zoe@x.example"], CLIENT, NOW)
    consents.declare(session, number, ["paul@x.example"], "oral", administrator.id, NOW)
    session.commit()
    assert "accord retiré" in browser.get(f"/groupes/{group.id}").text
    assert names(browser, group, "accord-retire") == ["Noir"]
    assert names(browser, group, "accord-refuse") == []
    assert names(browser, group, "accord-note") == ["Gris"]


def test_the_page_tells_what_happened_to_the_address(
    browser: Browser,
    session: scoped_session[Session],
    administrator: User,
    config: Config,
    page: str,
) -> None:
    who = asking.asking(session, config, administrator.organisation_id, administrator.id, 15)
    request = asking.ask(session, who, ["louise@x.example"], NOW)["louise@x.example"]
    answers.refuse(session, request, CLIENT, NOW)
    session.commit()
    shown = browser.get(page).text
    assert "Accord refusé par la personne" in shown
    assert "192.0.2.7" in shown
    assert "Envoyer la demande" in shown, "one who refused is asked anew one by one"
    answers.give(session, request, CLIENT, NOW)
    session.commit()
    shown = browser.get(page).text
    assert "Accordé par la personne elle-même" in shown
    assert "Envoyer la demande" not in shown


def test_a_declared_consent_keeps_the_paper_it_stands_on(
    browser: Browser,
    session: scoped_session[Session],
    page: str,
    organisation: Organisation,
) -> None:
    paper = (BytesIO(PDF), "bulletin signé.exe")
    browser.post(page, {**SAID, "document": paper}, content_type="multipart/form-data")
    session.rollback()
    document = session.scalars(select(ConsentDocument)).one()
    assert document.name == "bulletin signé.pdf", "it is named after what it is"
    shown = browser.get(page).text
    assert document.digest in shown
    given = browser.get(f"{page}/document")
    assert given.data == PDF
    assert given.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in given.headers["Content-Security-Policy"]
    (event,) = entries(session, organisation_chain(organisation.id))
    assert event.facts is not None
    assert event.facts["document"] == {
        "name": document.name,
        "size": len(PDF),
        "sha256": document.digest,
    }


def test_the_proof_of_what_the_sender_declared_is_made_when_he_asks_for_it(
    browser: Browser, page: str
) -> None:
    browser.post(page, SAID)
    assert "Faire la preuve" in browser.get(page).text
    for _ in range(2):
        browser.post(f"{page}/preuve")
    shown = browser.get(page).text
    assert "Faire la preuve" not in shown
    (link,) = re.findall(rf'href="({page}/\d+\.pdf)"', shown)
    assert browser.get(link).data.startswith(b"%PDF-")


def test_a_proof_that_is_asked_for_is_dated_by_the_authority_and_waits_for_one_that_is_down(
    browser: Browser,
    page: str,
    session: scoped_session[Session],
    app: Flask,
    config: Config,
    tmp_path: Path,
) -> None:
    browser.post(page, SAID)
    with running_authority(tmp_path / "authority") as authority:
        usual = app.extensions["plirec"]
        app.extensions["plirec"] = replace(usual, timestamp_url=authority.url)
        authority.behaviour = "down"
        told = browser.post(f"{page}/preuve", follow_redirects=True).text
        assert "ne répond pas" in told
        assert "Faire la preuve" in told
        authority.behaviour = "stamp"
        browser.post(f"{page}/preuve")
    proof = session.scalars(select(Proof)).one()
    reader = PdfFileReader(BytesIO(proofs.sealed(proof, config.files_directory)))
    (seal,) = reader.embedded_regular_signatures
    trusted = ValidationContext(trust_roots=[seal.signer_cert], allow_fetching=False)
    assert validate_pdf_signature(seal, trusted, skip_diff=True).timestamp_validity is not None


def test_what_a_person_answers_is_proved_without_being_asked(
    browser: Browser,
    session: scoped_session[Session],
    administrator: User,
    config: Config,
    page: str,
) -> None:
    who = asking.asking(session, config, administrator.organisation_id, administrator.id, 15)
    request = asking.ask(session, who, ["louise@x.example"], NOW)["louise@x.example"]
    answers.refuse(session, request, CLIENT, NOW)
    answers.give(session, request, CLIENT, NOW)
    session.commit()
    for entry_id in proofs.due(session, 9):
        session.rollback()
        proofs.make(session, entry_id, config, NOW)
    shown = browser.get(page).text
    assert len(re.findall(rf'href="{page}/\d+\.pdf"', shown)) == 2
    assert "Faire la preuve" not in shown


def test_many_consents_share_the_paper_on_which_they_stand(
    browser: Browser, session: scoped_session[Session], group: Group
) -> None:
    fields = {"everyone": "y", "shown": "4", **SAID, "document": (BytesIO(b"liste"), "liste.txt")}
    address = f"/groupes/{group.id}/plusieurs/accord"
    browser.post(address, fields, content_type="multipart/form-data")
    session.rollback()
    document = session.scalars(select(ConsentDocument)).one()
    kept = session.scalars(select(Consent.document_id)).all()
    assert kept == [document.id] * 3


@pytest.mark.parametrize("content", [b"", b"MZ\x90\x00\x03", b"PK\x03\x04\x00", b"\x00\x01"])
def test_a_file_that_is_no_paper_is_refused_and_nothing_is_noted(
    browser: Browser, session: scoped_session[Session], page: str, content: bytes
) -> None:
    paper = (BytesIO(content), "bulletin.pdf")
    answer = browser.post(page, {**SAID, "document": paper}, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "Choisissez un PDF" in answer.text
    session.rollback()
    assert session.scalars(select(Consent)).all() == []


def test_a_stranger_finds_neither_page_nor_paper_nor_asks(
    browser: Browser,
    session: scoped_session[Session],
    page: str,
    stranger: User,
    sign_in: Callable[[User], Browser],
) -> None:
    paper = (BytesIO(PDF), "bulletin.pdf")
    browser.post(page, {**SAID, "document": paper}, content_type="multipart/form-data")
    session.commit()
    other = sign_in(stranger)
    assert other.get(page).status_code == 404
    assert other.get(f"{page}/document").status_code == 404
    assert other.get(f"{page}/1.pdf").status_code == 404
    assert other.post(f"{page}/demander", {"days": "15"}).status_code == 404
    assert asked(session) == []


def test_what_is_asked_at_ends_at_the_day_the_page_says(
    browser: Browser,
    session: scoped_session[Session],
    administrator: User,
    config: Config,
    page: str,
) -> None:
    now = datetime.now(UTC)
    who = asking.asking(session, config, administrator.organisation_id, administrator.id, 3)
    request = asking.ask(session, who, ["louise@x.example"], now)["louise@x.example"]
    request.sent_at, request.ends_at = NOW, asking.ends_at(NOW, 3)
    session.commit()
    assert "jusqu’au jeudi 5 mars 2026 inclus" in browser.get(page).text
