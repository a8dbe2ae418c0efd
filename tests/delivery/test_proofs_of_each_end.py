"""The proof of each end that a letter can have, from its real steps, and all of them in one ZIP."""

import csv
import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO, StringIO
from pathlib import PurePosixPath
from zipfile import ZipFile

import pytest
from pypdf import PdfReader
from sqlalchemy.orm import Session, scoped_session

from config import Config
from tests.conftest import Browser
from tests.delivery.conftest import HandOver
from webapp.accounts.models import User
from webapp.delivery.tasks import seal_due
from webapp.evidence import proofs, seal
from webapp.evidence.journal import letter_chain
from webapp.evidence.verification import Answer, verify
from webapp.letters import steps
from webapp.letters.attachments import AttachedFile
from webapp.letters.models import Addressee, Channel, Letter
from webapp.letters.submission import FrozenRecipient
from webapp.storage import store

SENT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
CLIENT = {"ip": "192.0.2.7", "user_agent": "Un navigateur"}
ADDRESS = "MARIE ROUX\n4 RUE DES LILAS\n01000 BOURG EN BRESSE"
Take = Callable[[scoped_session[Session], Addressee], None]


def notified(session: scoped_session[Session], addressee: Addressee) -> None:
    steps.notify(session, addressee, "250 2.0.0 pris en charge", SENT)


def refused(session: scoped_session[Session], addressee: Addressee) -> None:
    notified(session, addressee)
    steps.reject(session, addressee, CLIENT, SENT + timedelta(days=3))


def ignored(session: scoped_session[Session], addressee: Addressee) -> None:
    notified(session, addressee)
    steps.expire(session, addressee, SENT + timedelta(days=17))


def failed(session: scoped_session[Session], addressee: Addressee) -> None:
    steps.fail(session, addressee, "recipient: 550 5.1.1 boîte inconnue", SENT)


def text_of(content: bytes) -> str:
    pages = PdfReader(BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


@pytest.mark.parametrize(
    ("take", "kind", "items"),
    [
        (notified, "sending", ["Preuve d’envoi", "250 2.0.0 pris en charge", "Avis envoyé à"]),
        (
            refused,
            "refusal",
            ["Preuve de refus", "Refus 5 mars 2026 à 10:00:00", "192.0.2.7", "2026-03-05 09:00:00"],
        ),
        (
            ignored,
            "non_claim",
            [
                "Preuve de non-réclamation",
                "Fin du délai, sans réponse 18 mars 2026 à 00:00:00",
                "Constat 19 mars 2026",
            ],
        ),
        (failed, "failure", ["Preuve d’échec de l’avis", "550 5.1.1 boîte inconnue"]),
    ],
)
def test_each_end_has_its_sealed_proof_with_dates_and_facts(
    session: scoped_session[Session],
    hand_over: HandOver,
    config: Config,
    take: Take,
    kind: str,
    items: list[str],
) -> None:
    letter = hand_over("a@x.example", is_trial=False)
    take(session, letter.addressees[0])
    session.commit()
    seal_due(config)
    (made,) = proofs.proofs_of(session, letter_chain(letter.number)).values()
    assert made[-1].kind == kind
    content = proofs.sealed(made[-1], config.files_directory)
    text = text_of(content)
    for item in (*items, "Nom a@x.example", "Les Amis du Lavoir", letter.addressees[0].number):
        assert item in text
    verdict = verify(
        content, seal.fingerprints(session), lambda digest: proofs.is_stored(session, digest)
    )
    assert verdict.answer == Answer.GENUINE


def test_the_deposit_on_paper_names_the_address_the_reference_and_each_file(
    session: scoped_session[Session], hand_over: HandOver, config: Config
) -> None:
    marie = FrozenRecipient("Marie Roux", "", "individual", ADDRESS, "", Channel.PAPER)
    file = AttachedFile("ordre du jour.pdf", "application/pdf", 4, "a" * 64)
    letter = hand_over(
        "a@x.example", recipients=[marie], attachments=[file], own_reference="AG-2026"
    )
    seal_due(config)
    ((deposit,),) = proofs.proofs_of(session, letter_chain(letter.number)).values()
    text = text_of(proofs.sealed(deposit, config.files_directory))
    for item in ("4 RUE DES LILAS", "AG-2026", "ordre du jour.pdf", "a" * 64):
        assert item in text
    assert "Accord déclaré" not in text


@pytest.fixture
def letter(hand_over: HandOver, session: scoped_session[Session], config: Config) -> Letter:
    """A letter to three people with hostile names, one of whom refused, and a file."""
    digest = store(config.files_directory, b"%PDF-1.7 ordre du jour")
    file = AttachedFile("../ordre du jour.pdf", "application/pdf", 22, digest)
    names = ("../../etc/passwd", "=cmd|' /C calc'!A0", "=cmd|' /C calc'!A0")
    recipients = [
        FrozenRecipient(name, f"{place}@x.example", "professional", "", "")
        for place, name in enumerate(names)
    ]
    letter = hand_over("a@x.example", recipients=recipients, attachments=[file])
    refused(session, letter.addressees[0])
    session.commit()
    seal_due(config)
    return letter


def test_all_proofs_come_in_one_zip_with_an_index_that_is_read_without_plirec(
    browser: Browser, letter: Letter
) -> None:
    answer = browser.get(f"/courriers/{letter.number}/preuves.zip")
    archive = ZipFile(BytesIO(answer.data))
    names = archive.namelist()
    answer.close()
    assert archive.testzip() is None
    assert [name for name in names if name.startswith("preuves/0001-etc-passwd/")] == [
        "preuves/0001-etc-passwd/1-preuve-de-depot.pdf",
        "preuves/0001-etc-passwd/2-preuve-d-envoi.pdf",
        "preuves/0001-etc-passwd/3-preuve-de-refus.pdf",
    ]
    assert len({name for name in names if name.endswith("1-preuve-de-depot.pdf")}) == 3
    for name in names:
        parts = PurePosixPath(name).parts
        assert not name.startswith("/")
        assert ".." not in parts
    assert archive.read("courrier/message.txt").decode() == letter.message
    assert archive.read("courrier/01-ordre-du-jour.pdf") == b"%PDF-1.7 ordre du jour"
    index = archive.read("index.html").decode()
    for words in ("refusé", "Courrier refusé", "1-preuve-de-depot.pdf", letter.number):
        assert words in index
    assert "<script" not in index
    assert "plirec proofs verify" in archive.read("LISEZ-MOI.txt").decode()
    assert len(json.loads(archive.read("journal.json"))) == 6


def test_the_index_names_the_hash_of_each_proof_and_no_spreadsheet_executes_it(
    browser: Browser, letter: Letter
) -> None:
    answer = browser.get(f"/courriers/{letter.number}/preuves.zip")
    archive = ZipFile(BytesIO(answer.data))
    answer.close()
    table = archive.read("index.csv").decode("utf-8-sig")
    rows = list(csv.DictReader(StringIO(table), delimiter=";"))
    assert len(rows) == 5
    for row in rows:
        assert hashlib.sha256(archive.read(row["Fichier"])).hexdigest() == row["SHA-256"]
        assert not row["Destinataire"].startswith("=")


def test_a_proof_that_is_still_to_come_is_told_in_the_index(
    browser: Browser, hand_over: HandOver
) -> None:
    letter = hand_over("a@x.example")
    answer = browser.get(f"/courriers/{letter.number}/preuves.zip")
    index = ZipFile(BytesIO(answer.data)).read("index.html").decode()
    answer.close()
    assert "encore en préparation" in index
    assert "Aucune pour l’instant" in index


def test_the_letters_page_names_each_proof_in_words(browser: Browser, letter: Letter) -> None:
    page = browser.get(f"/courriers/{letter.number}").text
    for words in ("Preuve de dépôt", "Preuve d’envoi", "Preuve de refus", "preuves.zip"):
        assert words in page


def test_a_stranger_gets_no_archive(
    sign_in: Callable[[User], Browser], stranger: User, letter: Letter
) -> None:
    theirs = sign_in(stranger)
    assert theirs.get(f"/courriers/{letter.number}/preuves.zip").status_code == 404
