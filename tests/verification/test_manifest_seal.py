"""The seal on the manifest: what contradicts nothing else in the archive is found by it."""

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.verification.archives import (
    BY_THE_SEAL,
    MANIFEST,
    MANIFEST_SEAL,
    PDF,
    Files,
    content,
    cut_off,
    files_of,
    flipped,
    independent,
    independent_findings,
    listed_anew,
    own_findings,
    verdict,
    without,
    zipped,
)
from tests.verification.kept_letter import KeptLetter
from webapp.evidence.verdicts import Answer

pytestmark = pytest.mark.slow


def said(**changes: Any) -> Callable[[Files], Files]:
    return content(MANIFEST, lambda old: json.dumps({**json.loads(old), **changes}).encode())


BY_THE_SEAL_ALONE: dict[str, Callable[[Files], Files]] = {
    "the journal's end cut off, with every mention": cut_off,
    "the index": content("index.html", lambda old: old.replace(b"Louise", b"Jeanne")),
    "the table": content("index.csv", lambda old: old + b"de plus"),
    "the readme": content("LISEZ-MOI.txt", lambda _: b"Tout est en ordre."),
    "a root taken out with its stamp": without("temoin/.*"),
    "a proof taken out with its mention": without(PDF),
    "the proofs of somebody taken out": without("preuves/0002.*"),
    "when it was made": said(made_at="2020-01-01T00:00:00.000000Z"),
}


@pytest.mark.parametrize("change", BY_THE_SEAL_ALONE)
def test_a_change_that_contradicts_nothing_is_found_by_the_seal_on_the_manifest(
    change: str, kept: KeptLetter, tmp_path: Path
) -> None:
    archive = zipped(listed_anew(BY_THE_SEAL_ALONE[change](files_of(kept.archive))))
    found = own_findings(kept, archive)
    assert BY_THE_SEAL in found
    assert found == independent_findings(archive, tmp_path)
    assert verdict(kept, archive).answer is Answer.ALTERED
    assert independent(archive, tmp_path)[0] == 1


@pytest.mark.parametrize("place", range(0, 70, 7))
def test_a_byte_changed_in_the_seal_of_the_manifest_is_found(
    place: int, kept: KeptLetter, tmp_path: Path
) -> None:
    files = files_of(kept.archive)
    archive = zipped({**files, MANIFEST_SEAL: flipped(files[MANIFEST_SEAL], place)})
    assert own_findings(kept, archive) == {BY_THE_SEAL} == independent_findings(archive, tmp_path)


def test_the_seal_of_the_manifest_taken_out_is_found(kept: KeptLetter, tmp_path: Path) -> None:
    archive = zipped(without(re.escape(MANIFEST_SEAL))(files_of(kept.archive)))
    found = own_findings(kept, archive)
    assert found == {("files", MANIFEST_SEAL), BY_THE_SEAL}
    assert found == independent_findings(archive, tmp_path)


def test_openssl_alone_finds_the_seal_of_the_manifest_good(
    kept: KeptLetter, tmp_path: Path
) -> None:
    files = files_of(kept.archive)
    fingerprint = json.loads(files[MANIFEST])["sealed_with"]
    for name in (MANIFEST, MANIFEST_SEAL):
        (tmp_path / name).write_bytes(files[name])
    (tmp_path / "sceau.pem").write_bytes(files[f"certificats/{fingerprint}.pem"])
    asked = ["openssl", "x509", "-in", "sceau.pem", "-pubkey", "-noout", "-out", "cle.pem"]
    subprocess.run(asked, cwd=tmp_path, check=True, capture_output=True)
    check = ["openssl", "dgst", "-sha256", "-verify", "cle.pem", "-signature", MANIFEST_SEAL]
    done = subprocess.run([*check, MANIFEST], cwd=tmp_path, check=True, capture_output=True)
    assert b"Verified OK" in done.stdout
