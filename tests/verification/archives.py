"""An archive, changed as somebody would who has it, and what each of the two checkers finds."""

import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from tests.verification.kept_letter import KeptLetter
from webapp.evidence.archive_file import Bounds
from webapp.evidence.archive_words import ArchiveCheck
from webapp.evidence.examination import examine
from webapp.evidence.verdicts import Verdict
from webapp.extensions import db

CHECKER = Path(__file__).parents[2] / "tools" / "check_archive.py"
BOUNDS = Bounds(unfolded=100_000_000, parts=10_000, proofs=1_000)
OWN = {ArchiveCheck.OURS, ArchiveCheck.STORED, ArchiveCheck.OUR_JOURNAL, ArchiveCheck.OUR_ROOTS}
MANIFEST, MANIFEST_SEAL = "manifeste.json", "manifeste.sig"
BY_THE_SEAL = ("manifest", MANIFEST_SEAL)
JOURNAL, PDF = "journal.json", r"preuves/0001.*1-.*\.pdf"
Files = dict[str, bytes]
Found = set[tuple[str, str]]


def files_of(archive: bytes) -> Files:
    with ZipFile(BytesIO(archive)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def zipped(files: Files) -> bytes:
    target = BytesIO()
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()


def listed_anew(files: Files) -> Files:
    """Write the manifest of the files that are there, as somebody does who covers his traces."""
    manifest = json.loads(files["manifeste.json"])
    manifest["files"] = [
        {"path": path, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for path, content in files.items()
        if path not in (MANIFEST, MANIFEST_SEAL)
    ]
    return {**files, MANIFEST: json.dumps(manifest).encode()}


def flipped(content: bytes, place: int) -> bytes:
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


def named(files: Files, pattern: str) -> str:
    """Give the first path that matches."""
    return next(path for path in sorted(files) if re.fullmatch(pattern, path))


def verdict(kept: KeptLetter, archive: bytes) -> Verdict:
    with kept.app.app_context():
        found = examine(db.session, BytesIO(archive), BOUNDS)
        db.session.rollback()
        return found


def own_findings(kept: KeptLetter, archive: bytes) -> Found:
    """What the installation finds wrong in what an archive says of itself."""
    return {
        (step.check.value, place.partition(" #")[0])
        for step in verdict(kept, archive).steps
        if step.check not in OWN | {ArchiveCheck.COMPLETE}
        for place in step.places
    }


def independent(archive: bytes, folder: Path, *options: str) -> tuple[int, str]:
    path = folder / "preuves.zip"
    path.write_bytes(archive)
    command = [sys.executable, "-I", str(CHECKER), str(path), *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    return done.returncode, done.stdout


def independent_findings(archive: bytes, folder: Path) -> Found:
    _status, said = independent(archive, folder)
    return set(re.findall(r"^ALTERED: (\w+), '(.*?)': ", said, re.MULTILINE))


def journal(files: Files, change: Callable[[list[Any]], object]) -> Files:
    whole = json.loads(files[JOURNAL])
    change(whole["entries"])
    return {**files, JOURNAL: json.dumps(whole).encode()}


def content(pattern: str, change: Callable[[bytes], bytes]) -> Callable[[Files], Files]:
    def changed(files: Files) -> Files:
        path = named(files, pattern)
        return {**files, path: change(files[path])}

    return changed


def without(*patterns: str) -> Callable[[Files], Files]:
    def changed(files: Files) -> Files:
        return {
            path: content
            for path, content in files.items()
            if not any(re.fullmatch(pattern, path) for pattern in patterns)
        }

    return changed


def cut_off(files: Files) -> Files:
    """Cut off the journal's end, and every proof and root that names an entry of it."""
    return journal(
        without(r"temoin/.*", r"preuves/.*")(files), lambda e: e.__delitem__(slice(1, None))
    )
