"""One byte or one file of an archive changed, added, removed or reordered: both checkers see it.

The installation's own verification and `tools/check_archive.py`, which knows nothing of it, must
name the same check and the same place.
"""

import hashlib
import json
import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
import rfc8785

from tests.verification.archives import (
    BY_THE_SEAL,
    JOURNAL,
    MANIFEST,
    PDF,
    Files,
    content,
    cut_off,
    files_of,
    flipped,
    independent,
    independent_findings,
    journal,
    listed_anew,
    named,
    own_findings,
    verdict,
    zipped,
)
from tests.verification.kept_letter import RETURNED, KeptLetter
from webapp.evidence.archive_words import ArchiveCheck
from webapp.evidence.verdicts import Answer

pytestmark = pytest.mark.slow


def test_as_it_was_downloaded_everything_agrees(kept: KeptLetter, tmp_path: Path) -> None:
    found = verdict(kept, kept.archive)
    assert found.answer is Answer.GENUINE, found
    assert all(step.passed for step in found.steps)
    assert [step.check for step in found.steps] == list(ArchiveCheck)
    status, said = independent(kept.archive, tmp_path)
    assert status == 0
    assert not re.findall("^(ALTERED|MISSING|UNKNOWN)", said, re.MULTILINE)


LETTER, STAMP = "courrier/message.txt", r"temoin/.*\.tsr"
WITNESS, CERTIFICATE = r"temoin/.*\.json", "certificats/.*"
KINDS = [PDF, LETTER, r"courrier/01.*", JOURNAL, STAMP, WITNESS, CERTIFICATE, r".*\.eml"]
KINDS += ["index.html", "index.csv", "LISEZ-MOI.txt"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_byte_changed_in_a_file_is_found(kind: str, kept: KeptLetter, tmp_path: Path) -> None:
    files = files_of(kept.archive)
    path = named(files, kind)
    files[path] = flipped(files[path], len(files[path]) // 2)
    found = own_findings(kept, zipped(files))
    assert ("files", path) in found
    assert found == independent_findings(zipped(files), tmp_path)


@pytest.mark.parametrize("kind", [PDF, STAMP, WITNESS, CERTIFICATE])
def test_a_byte_changed_anywhere_is_named_by_both_for_the_same(
    kind: str, kept: KeptLetter, tmp_path: Path
) -> None:
    files = files_of(kept.archive)
    path = named(files, kind)
    length = len(files[path])
    for place in [*range(0, length, length // 7), length - 1]:
        archive = zipped({**files, path: flipped(files[path], place)})
        found = own_findings(kept, archive)
        assert ("files", path) in found
        assert found == independent_findings(archive, tmp_path), place


@pytest.mark.parametrize("value", [None, True, 1.5, [], {}, "x", 10**30, "é"])
@pytest.mark.parametrize("name", ["made_at", "certificates", "sealed_with", "files", "number"])
def test_a_manifest_that_says_something_else_altogether_is_told_alike(
    name: str, value: Any, kept: KeptLetter, tmp_path: Path
) -> None:
    files = files_of(kept.archive)
    manifest = {**json.loads(files[MANIFEST]), name: value}
    archive = zipped({**files, MANIFEST: json.dumps(manifest).encode()})
    status, said = independent(archive, tmp_path)
    expected = {Answer.ALTERED: 1, Answer.UNKNOWN: 2}
    assert expected[verdict(kept, archive).answer] == status, said
    assert own_findings(kept, archive) == independent_findings(archive, tmp_path)


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_taken_out_is_found(kind: str, kept: KeptLetter, tmp_path: Path) -> None:
    files = files_of(kept.archive)
    path = named(files, kind)
    del files[path]
    found = own_findings(kept, zipped(files))
    assert ("files", path) in found
    assert found == independent_findings(zipped(files), tmp_path)


def test_a_file_put_in_is_found(kept: KeptLetter, tmp_path: Path) -> None:
    archive = zipped({**files_of(kept.archive), "courrier/03-de-plus.txt": b"de plus"})
    found = own_findings(kept, archive)
    assert {("files", "courrier/03-de-plus.txt"), ("letter", JOURNAL)} == found
    assert found == independent_findings(archive, tmp_path)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_is_there_twice_is_found(kept: KeptLetter, tmp_path: Path) -> None:
    target = BytesIO(zipped(files_of(kept.archive)))
    with ZipFile(target, "a") as archive:
        archive.writestr("index.html", b"another one")
    found = own_findings(kept, target.getvalue())
    assert ("files", "index.html") in found
    assert found == independent_findings(target.getvalue(), tmp_path)


def test_two_files_that_changed_places_are_found(kept: KeptLetter, tmp_path: Path) -> None:
    files = files_of(kept.archive)
    one, other = named(files, PDF), named(files, r"preuves/0002.*1-.*\.pdf")
    files[one], files[other] = files[other], files[one]
    found = own_findings(kept, zipped(files))
    checks = ("files", "seal", "attachment")
    assert found == {(check, path) for check in checks for path in (one, other)}
    assert found == independent_findings(zipped(files), tmp_path)


def test_a_byte_changed_in_the_packed_file_itself_is_found(
    kept: KeptLetter, tmp_path: Path
) -> None:
    place = kept.archive.index(b"%PDF-1.7\n") + 2000
    archive = flipped(kept.archive, place)
    found = own_findings(kept, archive)
    assert {check for check, _ in found} >= {"files"}
    assert found == independent_findings(archive, tmp_path)


def witness(**changes: Any) -> Callable[[Files], Files]:
    return content(WITNESS, lambda said: json.dumps({**json.loads(said), **changes}).encode())


def entries(change: Callable[[list[Any]], object]) -> Callable[[Files], Files]:
    return lambda files: journal(files, change)


def made_anew(entries: list[Any]) -> None:
    """Change a name in the facts, and compute all hashes from there on, as the format says."""

    entries[1]["facts"]["name"] = "Quelqu’un d’autre"
    previous = entries[0]["entry_hash"]
    for entry in entries[1:]:
        facts = bytes.fromhex(entry["salt"]) + rfc8785.dumps(entry["facts"])
        entry["facts_hash"] = hashlib.sha256(facts).hexdigest()
        entry["previous_hash"] = previous
        names = ("chain", "sequence", "kind", "subject", "occurred_at", "previous_hash")
        hashed = {name: entry[name] for name in (*names, "facts_hash")}
        entry["entry_hash"] = hashlib.sha256(rfc8785.dumps({**hashed, "version": 1})).hexdigest()
        previous = entry["entry_hash"]


def in_the_gap(pdf: bytes) -> bytes:
    """Write something into the room that is left behind the seal."""
    end = re.search(rb"0{64}>\s*/ByteRange", pdf)
    assert end
    return flipped(pdf, end.start() + 10)


def in_the_seal(place: Callable[[bytes], int]) -> Callable[[bytes], bytes]:
    """Change the byte of a seal that `place` finds in its DER."""

    def changed(pdf: bytes) -> bytes:
        found = re.search(rb"/ByteRange\s*\[\s*0\s+(\d+)", pdf)
        assert found
        start = int(found[1]) + 1
        der = bytes.fromhex(pdf[start : pdf.index(b">", start)].decode())
        return (
            pdf[:start]
            + flipped(der, place(der)).hex().upper().encode()
            + pdf[start + 2 * len(der) :]
        )

    return changed


def end_of_stamp(der: bytes) -> int:
    """The stamp of an authority is the last thing in the seal, and its signature in that."""
    return 3 + int.from_bytes(der[2:4])


def end_of_signature(der: bytes) -> int:
    """What follows the signature is named by the identifier of such stamps."""
    return der.index(bytes.fromhex("060b2a864886f70d010910020e")) - 10


def hashed_anew(**changes: Any) -> Callable[[list[Any]], None]:
    """Give the first entry values of another kind, and compute its hashes as the format says."""

    def change(entries: list[Any]) -> None:
        entries[0].update(changes)
        facts = bytes.fromhex(entries[0]["salt"]) + rfc8785.dumps(entries[0]["facts"])
        entries[0]["facts_hash"] = hashlib.sha256(facts).hexdigest()
        names = ("chain", "sequence", "kind", "subject", "occurred_at", "previous_hash")
        hashed = {name: entries[0][name] for name in (*names, "facts_hash")}
        whole = rfc8785.dumps({**hashed, "version": 1})
        entries[0]["entry_hash"] = hashlib.sha256(whole).hexdigest()

    return change


COVERED: dict[str, tuple[Callable[[Files], Files], str, str]] = {
    "the message": (content(LETTER, lambda old: old + b"!"), "letter", JOURNAL),
    "an attachment": (content("courrier/01.*", lambda old: flipped(old, 3)), "letter", JOURNAL),
    "the returned message": (content(r".*\.eml", lambda _: b"rien"), "returned", r".*\.eml"),
    "a fact": (entries(lambda e: e[1]["facts"].update(name="Un autre")), "journal", JOURNAL),
    "a salt": (entries(lambda e: e[1].update(salt="0" * 64)), "journal", JOURNAL),
    "facts taken out": (entries(lambda e: e[2].update(facts=None, salt=None)), "journal", JOURNAL),
    "a moment": (
        entries(lambda e: e[3].update(occurred_at="2020-01-01T00:00:00.000000Z")),
        "journal",
        JOURNAL,
    ),
    "a kind": (entries(lambda e: e[4].update(kind="ConsignmentRejection")), "journal", JOURNAL),
    "the kind's public name": (entries(lambda e: e[4].update(kind_uri="x")), "journal", JOURNAL),
    "an entry taken out": (entries(lambda e: e.pop(3)), "journal", JOURNAL),
    "an entry put in": (entries(lambda e: e.insert(3, dict(e[2]))), "journal", JOURNAL),
    "two entries that changed places": (
        entries(lambda e: e.insert(2, e.pop(4))),
        "journal",
        JOURNAL,
    ),
    "a name too many in an entry": (entries(lambda e: e[0].update(more=1)), "journal", JOURNAL),
    "a name that stands twice": (
        content(JOURNAL, lambda old: old.replace(b'"facts": {', b'"facts": {}, "facts": {', 1)),
        "journal",
        JOURNAL,
    ),
    "a list for facts": (entries(hashed_anew(facts=["rien"])), "journal", JOURNAL),
    "a list for a subject": (entries(hashed_anew(subject=["rien"])), "journal", JOURNAL),
    "a history written anew": (entries(made_anew), "attachment", PDF),
    "the journal's last entries cut off": (
        entries(lambda e: e.__delitem__(slice(3, None))),
        "witness",
        WITNESS,
    ),
    "a byte of a proof": (content(PDF, lambda old: flipped(old, 3000)), "seal", PDF),
    "the seal's signature": (content(PDF, in_the_seal(end_of_signature)), "seal", PDF),
    "the stamp on a seal": (content(PDF, in_the_seal(end_of_stamp)), "seal", PDF),
    "the room behind the seal": (content(PDF, in_the_gap), "seal", PDF),
    "something behind a proof": (content(PDF, lambda old: old + b"\n% de plus"), "seal", PDF),
    "a proof that is none": (content(PDF, lambda _: b"%PDF-1.7 rien"), "seal", PDF),
    "a certificate": (
        content(CERTIFICATE, lambda old: flipped(old, 200)),
        "certificates",
        CERTIFICATE,
    ),
    "a root": (witness(root="0" * 64), "witness", WITNESS),
    "a place in the tree": (witness(leaf_index=1), "witness", WITNESS),
    "the size of the tree": (witness(tree_size=3), "witness", WITNESS),
    "a day": (witness(day="2020-01-01"), "witness", WITNESS),
    "a path": (witness(path=["0" * 64]), "witness", WITNESS),
    "a stamp that is not named": (witness(stamp=None), "witness", WITNESS),
    "a stamp": (content(STAMP, lambda old: flipped(old, len(old) - 5)), "witness", WITNESS),
    "the stamp's moment": (content(STAMP, lambda old: moved(old)), "witness", WITNESS),
}


def moved(stamp: bytes) -> bytes:
    place = re.search(rb"20\d{12}Z", stamp)
    assert place
    return flipped(stamp, place.start() + 13)


@pytest.mark.parametrize("change", COVERED)
def test_a_change_that_the_manifest_was_made_to_fit_is_found(
    change: str, kept: KeptLetter, tmp_path: Path
) -> None:
    tamper, check, pattern = COVERED[change]
    files = files_of(kept.archive)
    archive = zipped(listed_anew(tamper(files)))
    found = own_findings(kept, archive)
    assert {(check, named(files, pattern)), BY_THE_SEAL} <= found
    assert "files" not in {name for name, _ in found}
    assert found == independent_findings(archive, tmp_path)
    assert verdict(kept, archive).answer is Answer.ALTERED


def test_a_proof_that_is_missing_is_named(kept: KeptLetter, tmp_path: Path) -> None:
    files = files_of(kept.archive)
    del files[named(files, PDF)]
    archive = zipped(listed_anew(files))
    found = verdict(kept, archive)
    (missing,) = [step.places for step in found.steps if step.check is ArchiveCheck.COMPLETE]
    assert missing == (f"{JOURNAL} #2 SubmissionAcceptance",)
    assert "MISSING: proof of entry 2, SubmissionAcceptance" in independent(archive, tmp_path)[1]


def test_the_end_cut_off_with_every_mention_is_found_by_the_installation(
    kept: KeptLetter,
) -> None:
    found = verdict(kept, zipped(listed_anew(cut_off(files_of(kept.archive)))))
    assert found.answer is Answer.ALTERED
    (places,) = [step.places for step in found.steps if step.check is ArchiveCheck.OUR_JOURNAL]
    assert places == (f"{JOURNAL} #2",)


def test_the_fingerprint_known_otherwise_is_compared(kept: KeptLetter, tmp_path: Path) -> None:
    (own,) = json.loads(files_of(kept.archive)[MANIFEST])["certificates"]
    spelled = ":".join(own[place : place + 2] for place in range(0, 64, 2)).upper()
    assert independent(kept.archive, tmp_path, "--fingerprint", spelled)[0] == 0
    status, said = independent(kept.archive, tmp_path, "--fingerprint", "ab" * 32)
    assert status == 1
    assert "sealed with another certificate" in said


@pytest.mark.parametrize(
    "archive",
    [b"", b"%PDF-1.7", b"PK\x03\x04", zipped({"a.txt": RETURNED}), zipped({MANIFEST: b"{}"})],
)
def test_what_is_no_archive_is_unknown(archive: bytes, kept: KeptLetter, tmp_path: Path) -> None:
    assert verdict(kept, archive).answer is Answer.UNKNOWN
    assert independent(archive, tmp_path)[0] == 2
