"""The archive holds what an expert needs who believes nobody: proofs of inclusion, a manifest."""

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from sqlalchemy.orm import Session, scoped_session

from config import Config
from tests.delivery.conftest import HandOver
from tests.delivery.test_time import GivenClock
from tests.evidence.authority import running_authority
from webapp.delivery.archive import write_archive
from webapp.delivery.witnessing import make_root, stamp_roots
from webapp.evidence import tree
from webapp.evidence.canonical import dumps
from webapp.letters import steps
from webapp.letters.models import Letter

DAY = timedelta(days=1)
Opened = Callable[[Letter], ZipFile]


@pytest.fixture
def opened(session: scoped_session[Session], config: Config) -> Opened:
    """Open the ZIP of a letter."""

    def open_zip(letter: Letter) -> ZipFile:
        file = BytesIO()
        write_archive(session, letter, config, file, datetime.now(UTC))
        session.rollback()
        return ZipFile(file)

    return open_zip


@pytest.fixture
def clock() -> GivenClock:
    return GivenClock(datetime.now(UTC))


def holds(proof: dict[str, Any], entries: list[dict[str, Any]]) -> bool:
    """Follow a proof as an expert does, from the journal's entry to the root."""
    leaf = proof["leaf"]
    entry = entries[leaf["sequence"] - 1]
    hashed = tree.leaf_hash(dumps({**leaf, "version": 1}))
    path = [bytes.fromhex(step) for step in proof["path"]]
    root, place = bytes.fromhex(proof["root"]), (proof["leaf_index"], proof["tree_size"])
    is_the_entry = (entry["chain"], entry["entry_hash"]) == (leaf["chain"], leaf["entry_hash"])
    return is_the_entry and tree.leads_to(root, hashed, *place, path)


def test_the_manifest_names_every_other_file_with_its_size_and_hash(
    hand_over: HandOver, opened: Opened
) -> None:
    letter = hand_over("ada@x.example")
    archive = opened(letter)
    manifest = json.loads(archive.read("manifeste.json"))
    assert (manifest["format"], manifest["version"]) == ("plirec-archive", 3)
    assert manifest["number"] == letter.number
    told = {line["path"]: (line["size"], line["sha256"]) for line in manifest["files"]}
    assert set(told) == set(archive.namelist()) - {"manifeste.json", "manifeste.sig"}
    for path, said in told.items():
        content = archive.read(path)
        assert said == (len(content), hashlib.sha256(content).hexdigest())


def test_the_certificates_of_the_seal_stand_under_their_fingerprints(
    hand_over: HandOver, opened: Opened
) -> None:
    archive = opened(hand_over("ada@x.example"))
    (fingerprint,) = json.loads(archive.read("manifeste.json"))["certificates"]
    certificate = x509.load_pem_x509_certificate(archive.read(f"certificats/{fingerprint}.pem"))
    assert certificate.fingerprint(hashes.SHA256()).hex() == fingerprint


def test_before_the_first_root_the_archive_says_that_there_is_none_yet(
    hand_over: HandOver, opened: Opened
) -> None:
    archive = opened(hand_over("ada@x.example"))
    assert not [name for name in archive.namelist() if name.startswith("temoin/")]
    assert "dans aucune racine" in archive.read("LISEZ-MOI.txt").decode()


def test_the_first_root_with_the_letter_and_the_last_are_proved_with_their_stamps(
    hand_over: HandOver,
    opened: Opened,
    session: scoped_session[Session],
    configure: Callable[..., Config],
    clock: GivenClock,
    tmp_path: Path,
) -> None:
    letter = hand_over("ada@x.example")
    start = clock.now
    with running_authority(tmp_path / "authority") as authority:
        configure(timestamp_url=authority.url)
        for day in range(3):
            clock.now = start + day * DAY
            make_root(clock)
            hand_over(f"autre-{day}@x.example")
        clock.now = start + timedelta(minutes=1)
        stamp_roots(clock)
        archive = opened(letter)
        names = [name for name in archive.namelist() if name.startswith("temoin/")]
        first, last = (json.loads(archive.read(n)) for n in names if n.endswith(".json"))
        entries = json.loads(archive.read("journal.json"))["entries"]
        assert [holds(proof, entries) for proof in (first, last)] == [True, True]
        assert (first["tree_size"], last["tree_size"]) == (1, 3)
        assert first["leaf"]["sequence"] == len(entries)
        for proof in (first, last):
            file = tmp_path / "stamp.tsr"
            file.write_bytes(archive.read(proof["stamp"]))
            assert authority.verifies(file, bytes.fromhex(proof["root"]))
    readme = archive.read("LISEZ-MOI.txt").decode()
    assert first["root"] in readme
    assert "openssl ts -verify" in readme


def test_without_an_authority_the_proof_has_no_stamp_and_says_so(
    hand_over: HandOver, opened: Opened, session: scoped_session[Session], clock: GivenClock
) -> None:
    letter = hand_over("ada@x.example")
    make_root(clock)
    steps.notify(session, letter.addressees[0], "250 Ok", clock.now)
    session.commit()
    archive = opened(letter)
    (name,) = [name for name in archive.namelist() if name.startswith("temoin/")]
    proof = json.loads(archive.read(name))
    entries = json.loads(archive.read("journal.json"))["entries"]
    assert proof["stamp"] is None
    assert (proof["leaf"]["sequence"], len(entries)) == (2, 3)
    assert holds(proof, entries)
    assert "aucun tiers ne les certifie" in archive.read("LISEZ-MOI.txt").decode()
