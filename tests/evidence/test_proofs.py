"""Proofs: what stands on them, what they carry, and that each is made once."""

import hashlib
import io
import json
from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import Any

import pytest
import rfc8785
from pypdf import PdfReader
from sqlalchemy.orm import Session, sessionmaker

from config import Config
from webapp.evidence import proofs
from webapp.evidence.export import exported_chain
from webapp.evidence.journal import entries
from webapp.evidence.layout import _can_be_printed, printable
from webapp.evidence.models import Proof
from webapp.evidence.proof_kinds import Unprovable
from webapp.storage import DamagedFile

pytestmark = pytest.mark.slow

NOW = datetime(2026, 3, 4, 8, 0, tzinfo=UTC)


@pytest.fixture
def printed(sessions: sessionmaker[Session], config: Config, fingerprint: str, story: Any) -> Any:
    """Give a way to write a letter's story and to get the PDFs of all that is due."""

    def print_all(accepted: bool = False, **changes: Any) -> list[PdfReader]:
        with sessions.begin() as session:
            story.submit(session, **changes)
            if accepted:
                story.notify_and_accept(session)
            ids = proofs.due(session, 100)
        with sessions() as session:
            made = [proofs.make(session, entry_id, config, NOW) for entry_id in ids]
        return [
            PdfReader(io.BytesIO(proofs.sealed(proof, config.files_directory))) for proof in made
        ]

    assert len(fingerprint) == 64
    return print_all


def text_of(pdf: PdfReader) -> str:
    """Give what is printed, with every space and end of line as one space."""
    return " ".join(" ".join(page.extract_text() for page in pdf.pages).split())


def test_the_proof_of_deposit_has_what_the_law_lists(printed: Any, fingerprint: str) -> None:
    (pdf,) = printed()
    assert len(pdf.pages) == 1
    text = text_of(pdf)
    for item in (
        "Preuve de dépôt",
        "7KQF-2M9X-HT4R",
        "Association Les Jardins de l’Œuvre",
        "bureau@jardins.example",
        "12 rue des Lilas",
        "Łukasz Dœring",
        "lukasz@courriel.example",
        "Particulier",
        "Bulletin signé le 3 janvier 2026",
        "1er mars 2026 à 23:59:58 (heure de Paris)",
        "2026-03-01 22:59:58 UTC",
        "Convocation à l’assemblée générale",
        hashlib.sha256("Vous êtes convoqués le 12 avril.".encode()).hexdigest(),
        fingerprint,
        "letter:P3XW-8B6C-YD5N",
        "simple",
        "article 43",
        "article 44",
    ):
        assert item in text
    assert "ESSAI" not in text
    assert "Réception" not in text


def test_the_proof_of_reception_adds_notice_reception_and_term(printed: Any) -> None:
    deposit, _sending, reception = printed(accepted=True)
    assert "Preuve de dépôt" in text_of(deposit)
    assert len(reception.pages) == 1
    text = text_of(reception)
    for item in (
        "Preuve de réception",
        "Envoi de l’avis 2 mars 2026 à 00:00:58 (heure de Paris)",
        "Réception 3 mars 2026 à 23:59:58 (heure de Paris) 2026-03-03 22:59:58 UTC",
        "Fin du délai prévu 18 mars 2026 à 00:00:00 (heure de Paris)",
        "Lukasz Doering",
        "2001:db8::12",
        "Acceptation, écriture nº 4",
    ):
        assert item in text


def test_a_professional_is_asked_for_no_consent(printed: Any) -> None:
    (pdf,) = printed(status="professional", consent="")
    assert "Professionnel" in text_of(pdf)
    assert "Accord" not in text_of(pdf)


def test_a_letter_from_before_files_and_references_is_proved_without_them(printed: Any) -> None:
    (pdf,) = printed()
    assert "Pièce jointe" not in text_of(pdf)
    assert "Référence" not in text_of(pdf)


def test_a_trial_cannot_be_taken_for_a_proof(printed: Any) -> None:
    for pdf in printed(trial=True, accepted=True):
        assert text_of(pdf).count("ESSAI — SANS VALEUR") == 2
        assert "ce document ne prouve rien" in text_of(pdf)


def test_the_attached_facts_let_anybody_compute_the_hashes_again(
    printed: Any, session: Session, story: Any
) -> None:
    _deposit, _sending, reception = printed(accepted=True)
    document = json.loads(reception.attachments["faits.json"][0])
    assert document["proof"] == "reception"
    recorded = {event.sequence: event for event in entries(session, story.chain)}
    assert [entry["sequence"] for entry in document["entries"]] == [1, 2, 3, 4]
    for entry in document["entries"]:
        facts = bytes.fromhex(entry["salt"]) + rfc8785.dumps(entry["facts"])
        assert hashlib.sha256(facts).hexdigest() == entry["facts_hash"]
        chained = {
            name: entry[name]
            for name in ("chain", "sequence", "kind", "subject", "occurred_at", "previous_hash")
        } | {"facts_hash": entry["facts_hash"], "version": 1}
        assert hashlib.sha256(rfc8785.dumps(chained)).hexdigest() == entry["entry_hash"]
        assert entry["entry_hash"] == recorded[entry["sequence"]].entry_hash


@pytest.mark.parametrize(
    "name",
    [
        '#pagebreak() "] $x$ *gras* _i_ @cite <label>',
        '\\ #read("/etc/passwd") `code` // fin /* ou */ \'',
        "= Titre -- --- ... ~ https://exemple.fr",
        "{{ name }} %s \\u{41}",
    ],
)
def test_a_name_that_looks_like_markup_is_printed_as_it_is(printed: Any, name: str) -> None:
    (pdf,) = printed(name=name)
    assert " ".join(name.split()) in text_of(pdf)
    assert len(pdf.pages) == 1


@pytest.mark.parametrize("name", ["Ωμέγα Привет Ș", "Nguyễn Thị Ỷ", "Zoe\u0301 O’Neill — ½ € ™"])
def test_names_of_many_alphabets_are_printed(printed: Any, name: str) -> None:
    (pdf,) = printed(name=name)
    assert "U+" not in text_of(pdf)


def test_characters_without_a_font_are_named_by_number_and_kept_in_the_facts(printed: Any) -> None:
    name = "Li 李\u202e 😀\x00"
    (pdf,) = printed(name=name)
    assert "Li [U+674E][U+202E] [U+1F600][U+0000]" in text_of(pdf)
    assert "remplacés par leur numéro Unicode" in text_of(pdf)
    document = json.loads(pdf.attachments["faits.json"][0])
    assert document["entries"][1]["facts"]["name"] == name


def test_lines_and_very_long_values_stay_on_the_page(printed: Any) -> None:
    email = f"{'w' * 64}@{'m' * 180}.example"
    (pdf,) = printed(name="Deux\nlignes", email=email)
    assert "Deux lignes" in text_of(pdf)
    assert email in text_of(pdf).replace("\u200b", "").replace(" ", "")


def test_the_pdf_says_it_is_made_for_archives_and_for_everyone(printed: Any) -> None:
    (pdf,) = printed()
    root = pdf.trailer["/Root"]
    metadata = root["/Metadata"].get_data().decode()
    assert "<pdfaid:part>3</pdfaid:part>" in metadata
    assert "<pdfaid:conformance>B</pdfaid:conformance>" in metadata
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata
    assert root["/Lang"] == "fr-FR"
    assert pdf.pdf_header == "%PDF-1.7"
    assert "/Version" not in root
    assert "/Extensions" not in root


def test_a_proof_is_made_once_however_many_ask(
    sessions: sessionmaker[Session], config: Config, fingerprint: str, story: Any
) -> None:
    with sessions.begin() as session:
        story.submit(session)
        (entry_id,) = proofs.due(session, 10)
    made: list[Proof] = []

    def work() -> None:
        with sessions() as session:
            made.append(proofs.make(session, entry_id, config, NOW))

    workers = [Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    work()
    again = made[-1]
    assert len(made) == 4
    assert len({proof.id for proof in made}) == 1
    assert len({proof.digest for proof in made}) == 1
    assert proofs.sealed(again, config.files_directory).startswith(b"%PDF-")
    with sessions() as session:
        assert proofs.due(session, 10) == []
        assert proofs.is_stored(session, again.digest)
        assert not proofs.is_stored(session, fingerprint)


def test_proofs_are_found_by_letter_and_by_addressee(
    printed: Any, session: Session, story: Any
) -> None:
    printed(accepted=True)
    subjects = [story.subject, "addressee:none"]
    found = proofs.proofs_of_subjects(session, story.chain, subjects)
    assert list(found) == [story.subject]
    deposit, sending, reception = found[story.subject]
    assert (deposit.kind, sending.kind, reception.kind) == ("deposit", "sending", "reception")
    assert proofs.proofs_of_subjects(session, story.chain, ["addressee:none"]) == {}
    assert proofs.proofs_of_subjects(session, "letter:none", subjects) == {}
    assert proofs.proof_of(session, story.chain, reception.id) is reception
    assert proofs.proof_of(session, "letter:none", reception.id) is None


def test_proofs_that_are_still_being_sealed_are_named(session: Session, story: Any) -> None:
    story.submit(session)
    story.notify_and_accept(session)
    coming = proofs.sealing(session, story.chain, [story.subject, "addressee:none"])
    assert coming == {story.subject: ["deposit", "sending", "reception"]}
    assert proofs.sealing(session, "letter:none", [story.subject]) == {}


def test_a_whole_chain_is_exported_as_json_that_computes_again(
    session: Session, story: Any
) -> None:
    story.submit(session)
    story.notify_and_accept(session)
    document = json.loads("".join(exported_chain(session, story.chain)))
    assert document["chain"] == story.chain
    assert [entry["sequence"] for entry in document["entries"]] == [1, 2, 3, 4, 5]
    for entry in document["entries"]:
        facts = bytes.fromhex(entry["salt"]) + rfc8785.dumps(entry["facts"])
        assert hashlib.sha256(facts).hexdigest() == entry["facts_hash"]


def test_a_letter_is_complete_once_nothing_is_due(
    printed: Any, session: Session, story: Any
) -> None:
    story.submit(session)
    assert not proofs.is_complete(session, story.chain)
    assert proofs.is_complete(session, "letter:none")
    session.rollback()
    printed()
    assert proofs.is_complete(session, story.chain)
    story.notify_and_accept(session)
    assert not proofs.is_complete(session, story.chain)


def test_a_proof_whose_file_was_changed_is_not_given(
    printed: Any, session: Session, config: Config, story: Any
) -> None:
    printed()
    ((proof,),) = proofs.proofs_of_subjects(session, story.chain, [story.subject]).values()
    file = config.files_directory / proof.digest[:2] / proof.digest
    file.write_bytes(file.read_bytes() + b" ")
    with pytest.raises(DamagedFile):
        proofs.sealed(proof, config.files_directory)


def test_only_the_provable_events_of_an_addressee_get_a_proof(
    sessions: sessionmaker[Session], config: Config, fingerprint: str, story: Any
) -> None:
    with sessions.begin() as session:
        story.submit(session)
        story.notify_and_accept(session)
        assert proofs.due(session, 10) == [2, 3, 4]
        assert proofs.due(session, 1) == [2]
    for entry_id in (1, 5, 99):
        with sessions() as session, pytest.raises(Unprovable):
            proofs.make(session, entry_id, config, NOW)
    assert fingerprint


def test_between_two_looks_at_the_whole_journal_only_what_is_new_is_read(
    sessions: sessionmaker[Session], story: Any
) -> None:
    progress = proofs.Progress()
    with sessions.begin() as session:
        story.submit(session)
        assert progress.start(session, NOW) == 0
        assert progress.start(session, NOW) == 0, "what was just written may still grow"
        second = NOW + proofs.WHOLE_LOOK
        assert progress.start(session, second) == 0, "a failure is tried again"
        seen = progress.start(session, second + timedelta(minutes=9))
        assert proofs.due(session, 10, after=seen) == []
        story.notify_and_accept(session)
        assert progress.start(session, second + timedelta(minutes=9)) == seen
        assert proofs.due(session, 10, after=seen) == [3, 4]
        assert progress.start(session, second + proofs.WHOLE_LOOK) == 0
        assert progress.start(session, NOW) == 0, "a clock that was set back hides nothing"


def test_a_text_of_very_many_unusual_characters_asks_the_fonts_for_some_of_them_only() -> None:
    text = "".join(map(chr, range(0x4E00, 0x4E00 + 1000)))
    assert printable(text) == "".join(f"[U+{ord(character):04X}]" for character in text)
    assert _can_be_printed.cache_info().misses < 1000
