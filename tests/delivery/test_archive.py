"""All the proofs of a letter in one ZIP: what is in it, what its index says, that it is safe."""

import csv
import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO, StringIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from click.testing import CliRunner
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from config import Config
from tests.conftest import Browser
from tests.delivery import returned_mail
from tests.delivery.conftest import HandOver
from webapp.accounts.models import User
from webapp.cli import plirec
from webapp.delivery import return_path, returns
from webapp.delivery.archive import write_archive
from webapp.delivery.returns import TakenIn
from webapp.delivery.tasks import do_all_due, seal_due
from webapp.delivery.zip_writer import slug
from webapp.evidence import proofs, seal
from webapp.evidence.journal import addressee_subject, letter_chain
from webapp.evidence.models import Proof
from webapp.letters import steps
from webapp.letters.attachments import AttachedFile
from webapp.letters.models import Channel, Letter
from webapp.letters.submission import FrozenRecipient
from webapp.storage import store

pytestmark = pytest.mark.slow

MARCH = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
CLIENT = {"ip": "192.0.2.7", "user_agent": "Un navigateur"}
ADA = FrozenRecipient("Ada Lebœuf", "ada@x.example", "professional", "", "")
PAPER = FrozenRecipient(
    "Marie Roux", "", "individual", "4 RUE DES LILAS\n01000 BOURG", "", Channel.PAPER
)
AGENDA = b"%PDF-1.7 ordre du jour"


@pytest.fixture
def hostile_file(config: Config) -> AttachedFile:
    digest = store(config.files_directory, AGENDA)
    return AttachedFile("../../=Ordre du jour.PDF", "application/pdf", len(AGENDA), digest)


@pytest.fixture
def letter(
    hand_over: HandOver,
    session: scoped_session[Session],
    config: Config,
    hostile_file: AttachedFile,
) -> Letter:
    """A real letter: one accepted, one refused, one on paper and back, its proofs sealed."""
    letter = hand_over(
        "ada@x.example",
        is_trial=False,
        message="Rendez-vous\nle 12 avril.",
        attachments=[hostile_file],
        own_reference="AG-2026",
        recipients=[ADA, replace(ADA, email="bob@x.example"), PAPER],
    )
    ada, bob, marie = letter.addressees
    for addressee in (ada, bob):
        steps.notify(session, addressee, "250 Ok", MARCH)
    steps.accept(session, ada, "Ada", CLIENT, MARCH + timedelta(days=1))
    steps.reject(session, bob, CLIENT, MARCH + timedelta(days=2))
    steps.post(session, marie, {"item_number": "1A 2 3", "level": "R1"}, date(2026, 3, 3), MARCH)
    steps.return_to_sender(session, marie, date(2026, 3, 20), "Pli non réclamé", MARCH)
    session.commit()
    seal_due(config)
    return letter


@pytest.fixture
def opened(session: scoped_session[Session], config: Config) -> Callable[..., ZipFile]:
    """Open the ZIP of a letter."""

    def open_zip(letter: Letter, now: datetime = MARCH) -> ZipFile:
        file = BytesIO()
        write_archive(session, letter, config, file, now)
        return ZipFile(file)

    return open_zip


def text(archive: ZipFile, name: str) -> str:
    return archive.read(name).decode()


def lines(archive: ZipFile) -> list[dict[str, str]]:
    content = text(archive, "index.csv").removeprefix("\ufeff")
    return list(csv.DictReader(StringIO(content), delimiter=";"))


def test_the_archive_holds_every_proof_the_letter_and_its_journal(
    letter: Letter, opened: Callable[..., ZipFile], session: scoped_session[Session]
) -> None:
    archive = opened(letter)
    assert archive.testzip() is None
    (fingerprint,) = seal.fingerprints(session)
    assert archive.namelist() == [
        "courrier/message.txt",
        "courrier/01-ordre-du-jour.pdf",
        "journal.json",
        f"certificats/{fingerprint}.pem",
        "preuves/0001-ada-leboeuf/1-preuve-de-depot.pdf",
        "preuves/0001-ada-leboeuf/2-preuve-d-envoi.pdf",
        "preuves/0001-ada-leboeuf/3-preuve-de-reception.pdf",
        "preuves/0002-ada-leboeuf/1-preuve-de-depot.pdf",
        "preuves/0002-ada-leboeuf/2-preuve-d-envoi.pdf",
        "preuves/0002-ada-leboeuf/3-preuve-de-refus.pdf",
        "preuves/0003-marie-roux/1-preuve-de-depot.pdf",
        "index.csv",
        "index.html",
        "LISEZ-MOI.txt",
        "manifeste.json",
        "manifeste.sig",
    ]
    message = archive.read("courrier/message.txt")
    assert hashlib.sha256(message).hexdigest() == letter.message_sha256
    assert archive.read("courrier/01-ordre-du-jour.pdf") == AGENDA
    journal = json.loads(archive.read("journal.json"))
    assert journal["chain"] == letter_chain(letter.number)
    assert len(journal["entries"]) == 1 + 3 + 2 + 2 + 1 + 2


def test_proofs_in_the_archive_are_the_sealed_bytes(
    letter: Letter,
    opened: Callable[..., ZipFile],
    session: scoped_session[Session],
    config: Config,
) -> None:
    subject = addressee_subject(letter.addressees[1].number)
    chain = letter_chain(letter.number)
    refusal = proofs.proofs_of_subjects(session, chain, [subject])[subject][-1]
    given = opened(letter).read("preuves/0002-ada-leboeuf/3-preuve-de-refus.pdf")
    assert given == proofs.sealed(refusal, config.files_directory)


def test_the_index_for_people_says_states_dates_and_hashes_and_leads_to_each_file(
    letter: Letter, opened: Callable[..., ZipFile]
) -> None:
    archive = opened(letter)
    page = text(archive, "index.html")
    for words in (
        "Ada Lebœuf",
        "accepté",
        "refusé",
        "revenu à l’expéditeur",
        "2 mars 2026 à 10:00:00 (heure de Paris), 2026-03-02 09:00:00 UTC",
        "Lettre remise à la poste, noté dans Plirec : 2 mars 2026",
        "Déposée le 3 mars 2026.",
        "1A 2 3",
        "Revenue le 20 mars 2026.",
        "AG-2026",
        "Pièce jointe : ../../=Ordre du jour.PDF",
    ):
        assert words in page
    links = set(re.findall(r'href="([^"]+)"', page))
    assert links == set(archive.namelist()) - {"index.html"}
    for name in links - {"LISEZ-MOI.txt", "index.csv", "manifeste.json", "manifeste.sig"}:
        assert hashlib.sha256(archive.read(name)).hexdigest() in page
    assert "<script" not in page
    assert "http" not in page


def test_the_index_for_a_spreadsheet_has_a_line_an_event(
    letter: Letter, opened: Callable[..., ZipFile]
) -> None:
    archive = opened(letter)
    table = lines(archive)
    assert len(table) == 4 + 3 + 3
    refusal = next(line for line in table if line["Preuve"] == "Preuve de refus")
    assert refusal["Enregistré (UTC)"] == "2026-03-04T09:00:00Z"
    assert refusal["Enregistré (heure de Paris)"] == "2026-03-04 10:00:00"
    content = archive.read(refusal["Fichier"])
    assert hashlib.sha256(content).hexdigest() == refusal["SHA-256"]
    posted = next(line for line in table if line["Événement"] == "Lettre remise à la poste")
    assert (posted["Preuve"], posted["Fichier"]) == ("", "")
    assert posted["Adresse"] == "4 RUE DES LILAS, 01000 BOURG"


def test_the_note_to_read_first_says_what_this_is_and_how_to_check_it(
    letter: Letter, opened: Callable[..., ZipFile], session: scoped_session[Session]
) -> None:
    note = text(opened(letter), "LISEZ-MOI.txt")
    for words in (
        f"PREUVES DU COURRIER {letter.number}",
        "plirec proofs verify FICHIER",
        "la page dont chaque\n   preuve porte l’adresse",
        "tools/check_archive.py",
        "pdfsig FICHIER.pdf",
        "article 44",
        "Preuves dans cette archive : 7",
        "scellement à ce moment : 0",
    ):
        assert words in note
    assert "ESSAI" not in note
    assert "{" not in note
    assert "\n\n\n" not in note


def test_the_same_moment_gives_the_same_files_but_for_the_seal_on_their_manifest(
    letter: Letter, opened: Callable[..., ZipFile]
) -> None:
    one, other = opened(letter), opened(letter)
    assert one.namelist() == other.namelist()
    different = {name for name in one.namelist() if one.read(name) != other.read(name)}
    assert different <= {"manifeste.sig"}


def test_without_the_key_of_the_seal_no_archive_is_given_and_the_page_says_what_to_do(
    letter: Letter, browser: Browser, config: Config
) -> None:
    key = config.keys_directory / "seal.pem"
    key.rename(key.with_suffix(".away"))
    answer = browser.get(f"/courriers/{letter.number}/preuves.zip")
    assert answer.status_code == 500
    assert "La clé du sceau de cette installation ne peut pas être lue" in answer.text
    assert str(config.keys_directory) not in answer.text
    key.with_suffix(".away").rename(key)
    answer = browser.get(f"/courriers/{letter.number}/preuves.zip")
    assert answer.data.startswith(b"PK")
    answer.close()


def test_hostile_and_equal_names_make_safe_and_different_paths(
    hand_over: HandOver, opened: Callable[..., ZipFile], config: Config
) -> None:
    names = ["../../etc/passwd", "=cmd|'/c calc'!A0", "Jean Paul", "Jean Paul", "李", "con", "/"]
    names += ["<script>alert(1)</script>", "{{ 7*7 }}", "x" * 300]
    people = [
        replace(ADA, name=name, email=f"m{rank}@x.example") for rank, name in enumerate(names)
    ]
    letter = hand_over("a@x.example", recipients=people, subject="=1+1 <b>gras</b>")
    seal_due(config)
    archive = opened(letter)
    for name in archive.namelist():
        assert re.fullmatch(r"[a-zA-Z0-9-]+(/[a-z0-9-]+)*\.[a-z]+", name), name
        assert len(name) < 100
    folders = {name.split("/")[1] for name in archive.namelist() if name.startswith("preuves/")}
    assert len(folders) == len(names)
    assert {"0001-etc-passwd", "0003-jean-paul", "0004-jean-paul", "0005-sans-nom"} <= folders
    page = text(archive, "index.html")
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "<b>" not in page
    assert "{{ 7*7 }}" in page
    assert lines(archive)[1]["Destinataire"] == "'=cmd|'/c calc'!A0"


def test_a_slug_is_short_plain_and_never_ends_with_a_hyphen() -> None:
    assert slug("Œuvre de l’Élève – n° 3") == "oeuvre-de-l-eleve-n-3"
    assert slug("a" * 39 + " b") == "a" * 39
    assert slug("..//\\") == ""


def test_proofs_that_are_being_sealed_are_named_in_every_index(
    hand_over: HandOver, opened: Callable[..., ZipFile], browser: Browser
) -> None:
    letter = hand_over("a@x.example")
    archive = opened(letter)
    assert [name for name in archive.namelist() if name.endswith(".pdf")] == []
    assert lines(archive)[0]["Preuve"] == "Preuve de dépôt (en cours de scellement)"
    assert "scellement à ce moment : 1" in text(archive, "LISEZ-MOI.txt")
    page = text(archive, "index.html")
    assert "Preuve de dépôt : <strong>en cours de scellement" in page
    assert "ESSAI" in page
    shown = browser.get(f"/courriers/{letter.number}").text
    assert "Preuve de dépôt : pas encore scellée" in shown


def test_a_stored_file_that_was_lost_is_named_and_the_others_are_given(
    letter: Letter,
    opened: Callable[..., ZipFile],
    session: scoped_session[Session],
    config: Config,
) -> None:
    proof = session.scalars(select(Proof).order_by(Proof.entry_id)).all()[0]
    (config.files_directory / proof.digest[:2] / proof.digest).unlink()
    archive = opened(letter)
    assert sum(name.endswith(".pdf") for name in archive.namelist()) == 7
    assert "absent ou abîmé" in lines(archive)[0]["Preuve"]
    assert "absents ou abîmés sur le serveur : 1" in text(archive, "LISEZ-MOI.txt")


def test_the_message_by_which_a_notice_failed_is_in_the_archive_and_its_index(
    hand_over: HandOver,
    opened: Callable[..., ZipFile],
    session: scoped_session[Session],
    config: Config,
) -> None:
    letter = hand_over("ada@x.example", is_trial=False, recipients=[ADA])
    (ada,) = letter.addressees
    now = datetime.now(UTC)
    steps.notify(session, ada, "250 Ok", now)
    content = returned_mail.POSTFIX(return_path.of(config, ada), ada.message_id)
    assert returns.take_in(session, config, content, "", now) is TakenIn.RECORDED
    session.commit()
    seal_due(config)
    archive = opened(letter, now)
    name = "preuves/0001-ada-leboeuf/message-revenu-1.eml"
    assert archive.read(name) == content
    (failure,) = (line for line in lines(archive) if line["Message revenu"])
    assert failure["Fichier"] == "preuves/0001-ada-leboeuf/3-preuve-d-echec.pdf"
    assert failure["Message revenu"] == name
    digest = hashlib.sha256(content).hexdigest()
    assert failure["SHA-256 du message revenu"] == digest
    assert f'href="{name}"' in text(archive, "index.html")
    assert digest in text(archive, "index.html")
    (config.files_directory / digest[:2] / digest).unlink()
    archive = opened(letter, now)
    assert name not in archive.namelist()
    assert "absents ou abîmés sur le serveur : 1" in text(archive, "LISEZ-MOI.txt")
    assert "Message revenu : <strong>fichier absent" in text(archive, "index.html")


def test_the_letters_page_leads_to_the_archive_and_it_is_downloaded(
    browser: Browser, letter: Letter, config: Config
) -> None:
    address = f"/courriers/{letter.number}/preuves.zip"
    page = browser.get(f"/courriers/{letter.number}").text
    assert f'href="{address}"' in page
    for title in ("Preuve d’envoi", "Preuve de refus", "Preuve de réception"):
        assert title in page
    answer = browser.get(address)
    assert answer.data.startswith(b"PK")
    assert f"filename=preuves-{letter.number}.zip" in answer.headers["Content-Disposition"]
    assert answer.content_length == len(answer.data)
    assert len(ZipFile(BytesIO(answer.data)).namelist()) == 16
    answer.close()
    left = [path.name for path in config.data_directory.iterdir() if path.name.startswith("tmp")]
    assert left == []


def test_nobody_else_gets_the_archive(
    sign_in: Callable[[User], Browser], letter: Letter, stranger: User, managed: User
) -> None:
    for user in (stranger, managed):
        answer = sign_in(user).get(f"/courriers/{letter.number}/preuves.zip")
        assert answer.status_code == 404


@pytest.fixture
def command(config: Config, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, str]]:
    monkeypatch.setenv("PLIREC_DATA", str(config.data_directory))

    def run(*arguments: str) -> tuple[int, str]:
        result = CliRunner().invoke(plirec, ["proofs", "export", *arguments])
        return result.exit_code, result.output

    return run


def test_the_command_line_writes_the_same_archive_and_overwrites_nothing(
    letter: Letter,
    session: scoped_session[Session],
    command: Callable[..., tuple[int, str]],
    tmp_path: Path,
) -> None:
    number = letter.number
    session.rollback()
    file = tmp_path / "preuves.zip"
    status, output = command(number, str(file))
    assert (status, str(file) in output) == (0, True)
    with ZipFile(file) as archive:
        assert len(archive.namelist()) == 16
    before = file.read_bytes()
    status, output = command(number, str(file))
    assert (status, "ne peut pas être écrit" in output) == (2, True)
    assert file.read_bytes() == before
    status, output = command("AAAA-BBBB-CCCC", str(tmp_path / "autre.zip"))
    assert (status, "Aucun courrier" in output) == (1, True)
    assert not (tmp_path / "autre.zip").exists()


def test_a_carried_trial_says_essai_in_the_archive(
    hand_over: HandOver, opened: Callable[..., ZipFile]
) -> None:
    letter = hand_over("a@x.example")
    do_all_due()
    archive = opened(letter)
    assert "ESSAI" in text(archive, "LISEZ-MOI.txt")
    assert sum(name.endswith(".pdf") for name in archive.namelist()) == 2
