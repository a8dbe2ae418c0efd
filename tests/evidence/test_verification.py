"""Verification: a proof is known again, and the least change is seen."""

import hashlib
import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pypdf import PdfReader, PdfWriter
from sqlalchemy.orm import Session, sessionmaker

from config import Config
from webapp.evidence import proofs, seal
from webapp.evidence.commands import proofs as proofs_command
from webapp.evidence.proof_words import Check
from webapp.evidence.verdicts import Answer, Verdict
from webapp.evidence.verification import verify

pytestmark = pytest.mark.slow

NOW = datetime(2026, 3, 4, 8, 0, tzinfo=UTC)


@pytest.fixture
def proof(sessions: sessionmaker[Session], config: Config, fingerprint: str, story: Any) -> bytes:
    assert fingerprint
    with sessions.begin() as session:
        story.submit(session)
        (entry_id,) = proofs.due(session, 1)
    with sessions() as session:
        made = proofs.make(session, entry_id, config, NOW)
    return proofs.sealed(made, config.files_directory)


@pytest.fixture
def verdict(session: Session, proof: bytes) -> Any:
    """Give the verification with what the installation knows, or as if it knew every file."""

    def ask(pdf: bytes, stored: bool | None = None) -> Verdict:
        known = (
            (lambda digest: proofs.is_stored(session, digest))
            if stored is None
            else (lambda _: stored)
        )
        return verify(pdf, seal.fingerprints(session), known)

    assert proof
    return ask


def failed(verdict: Verdict) -> Check:
    """Give the check that failed, which is the last one."""
    assert [step.passed for step in verdict.steps] == [True] * (len(verdict.steps) - 1) + [False]
    return verdict.steps[-1].check


def test_a_proof_as_it_was_sealed_is_genuine(verdict: Any, proof: bytes) -> None:
    found = verdict(proof)
    assert found.answer is Answer.GENUINE
    assert [step.check for step in found.steps] == list(Check)
    assert all(step.passed for step in found.steps)
    assert found.text == "Cette preuve est authentique."


def test_one_bit_changed_anywhere_is_seen(verdict: Any, proof: bytes) -> None:
    for place in range(0, len(proof), len(proof) // 60):
        changed = bytearray(proof)
        changed[place] ^= 1
        assert verdict(bytes(changed)).answer is not Answer.GENUINE, place


def test_a_changed_page_is_altered_even_if_the_database_were_changed_with_it(
    verdict: Any, proof: bytes
) -> None:
    place = proof.index(b"stream\n") + 40
    changed = bytearray(proof)
    changed[place] ^= 1
    found = verdict(bytes(changed), stored=True)
    assert found.answer is Answer.ALTERED
    assert failed(found) is Check.INTACT
    assert found.steps[-1].text == "Ce qui a été scellé a été modifié."


def test_something_added_after_the_seal_is_altered(verdict: Any, proof: bytes) -> None:
    writer = IncrementalPdfFileWriter(io.BytesIO(proof))
    writer.root["/Added"] = writer.root["/Lang"]
    writer.update_root()  # type: ignore[no-untyped-call]
    output = io.BytesIO()
    writer.write(output)  # type: ignore[no-untyped-call]
    for changed in (output.getvalue(), proof + b"\n% ajout\n"):
        found = verdict(changed, stored=True)
        assert found.answer is Answer.ALTERED
        assert failed(found) is Check.WHOLE


def test_a_file_that_another_program_saved_again_is_no_longer_the_proof(
    verdict: Any, proof: bytes
) -> None:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(proof)))
    output = io.BytesIO()
    writer.write(output)
    assert verdict(output.getvalue(), stored=True).answer is not Answer.GENUINE


@pytest.mark.parametrize("fingerprints", [set(), {"0" * 64}])
def test_the_seal_of_another_installation_is_unknown(proof: bytes, fingerprints: set[str]) -> None:
    found = verify(proof, fingerprints, lambda _: True)
    assert found.answer is Answer.UNKNOWN
    assert failed(found) is Check.CERTIFICATE


def test_a_sealed_file_that_was_never_kept_is_unknown(verdict: Any, proof: bytes) -> None:
    found = verdict(proof, stored=False)
    assert found.answer is Answer.UNKNOWN
    assert failed(found) is Check.STORED


@pytest.mark.parametrize(
    ("content", "check"),
    [
        (b"", Check.PDF),
        (b"PK\x03\x04", Check.PDF),
        (b"%PDF-1.7\nnothing more", Check.READABLE),
    ],
)
def test_what_is_no_pdf_or_a_broken_one_is_unknown(
    verdict: Any, content: bytes, check: Check
) -> None:
    found = verdict(content)
    assert found.answer is Answer.UNKNOWN
    assert failed(found) is check


def test_a_pdf_without_a_seal_is_unknown(verdict: Any) -> None:
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    output = io.BytesIO()
    writer.write(output)
    assert failed(verdict(output.getvalue())) is Check.SEAL


def test_the_kept_digest_is_that_of_the_bytes(session: Session, proof: bytes) -> None:
    assert proofs.is_stored(session, hashlib.sha256(proof).hexdigest())


def test_the_command_says_when_a_file_cannot_be_read(tmp_path: Path) -> None:
    result = CliRunner().invoke(proofs_command, ["verify", str(tmp_path / "absent.pdf")])
    assert result.exit_code == 2
    assert "ne peut pas être lu" in result.stderr
    assert result.stdout == ""


def test_the_command_tells_a_proof_from_an_altered_one(
    monkeypatch: pytest.MonkeyPatch, config: Config, proof: bytes, tmp_path: Path
) -> None:
    monkeypatch.setenv("PLIREC_DATA", str(config.data_directory))
    genuine, altered = tmp_path / "preuve.pdf", tmp_path / "autre.pdf"
    genuine.write_bytes(proof)
    altered.write_bytes(proof + b"\n")
    result = CliRunner().invoke(proofs_command, ["verify", str(genuine)])
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines()[0] == "Cette preuve est authentique."
    result = CliRunner().invoke(proofs_command, ["verify", str(altered)])
    assert result.exit_code == 1
    assert "a été modifiée" in result.stdout
    assert "NON  Quelque chose a été ajouté au fichier après le sceau." in result.stdout
