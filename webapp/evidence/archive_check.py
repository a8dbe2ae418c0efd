"""Whether an archive agrees with itself: the checks of docs/evidence-format.md, one by one."""

import hashlib
import re
from collections.abc import Iterator
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes

from webapp.evidence import stamps, tree
from webapp.evidence.archive_file import ArchiveFile, PartLost
from webapp.evidence.archive_words import ArchiveCheck
from webapp.evidence.attached import attached_entries, unambiguous
from webapp.evidence.exported_entries import (
    Entry,
    facts_named,
    is_right,
    is_same,
    whole_beginning,
)
from webapp.evidence.journal import ADDRESSEE
from webapp.evidence.proof_kinds import OF_ADDRESSEES
from webapp.evidence.seal import require_signed
from webapp.evidence.seen import Seal
from webapp.evidence.verification import read_seals
from webapp.evidence.witness import Head, leaf

MANIFEST, SEAL, JOURNAL = "manifeste.json", "manifeste.sig", "journal.json"
_GAP = re.compile(rb"/ByteRange\s*\[\s*0\s+(\d+)\s+(\d+)\s+\d+\s*\]")
_PROVED = {str(kind) for kind in OF_ADDRESSEES}


class OtherFormat(Exception):
    """An archive that has no manifest, or one of another format or version."""


class Archive:
    """An archive and what it says; `seals` and `digests` are those of the proofs that hold."""

    def __init__(self, file: ArchiveFile) -> None:
        """Read the manifest.

        :raises OtherFormat: it is not one that this version knows.
        """
        self.file = file
        self.seals: dict[str, str] = {}
        self.digests: dict[str, str] = {}
        self.proved: set[str] = set()
        self.entries: list[Entry] = []
        self.faults: set[str] = set()
        try:
            manifest = unambiguous(file.read(MANIFEST))
            is_known = (manifest["format"], manifest["version"]) == ("plirec-archive", 3)
            self.chain, self.made_at = f"letter:{manifest['number']}", str(manifest["made_at"])
            self.certificates = [str(one) for one in manifest["certificates"]]
            self.sealed_with = str(manifest["sealed_with"])
            lines = ((one["path"], one["size"], one["sha256"]) for one in manifest["files"])
            self.listed = {str(path): (size, sha256) for path, size, sha256 in lines}
        except Exception as error:  # anybody may have written it: it is none
            raise OtherFormat from error
        if not is_known:
            raise OtherFormat

    def checks(self) -> Iterator[tuple[ArchiveCheck, tuple[str, ...]]]:
        """Do each check, and give where it found something wrong."""
        yield ArchiveCheck.FILES, tuple(self._files())
        yield ArchiveCheck.MANIFEST, self._wrong(re.escape(SEAL), self._is_manifest_sealed)
        yield ArchiveCheck.JOURNAL, tuple(self._journal())
        yield ArchiveCheck.CERTIFICATES, self._wrong(r"certificats/.*", self._is_certificate)
        yield ArchiveCheck.LETTER, () if self._is_letter_whole() else (JOURNAL,)
        yield ArchiveCheck.RETURNED, self._wrong(r".*\.eml", self._came_back)
        yield ArchiveCheck.SEAL, self._wrong(r"preuves/.*\.pdf", self._is_sealed)
        yield ArchiveCheck.ATTACHMENT, self._wrong(r"preuves/.*\.pdf", self._says_the_same)
        yield ArchiveCheck.WITNESS, self._wrong(r"temoin/.*\.json", self._is_witnessed)

    def unproved(self) -> tuple[str, ...]:
        """Name the events that get a proof and have none here."""
        return tuple(
            f"{JOURNAL} #{entry['sequence']} {entry['kind']}"
            for entry in self.entries
            if entry["kind"] in _PROVED
            and entry["subject"].startswith(ADDRESSEE)
            and entry["facts"]
            and entry["entry_hash"] not in self.proved
        )

    @property
    def is_trial(self) -> bool:
        """Whether the letter was a trial."""
        return "True" in facts_named(self.entries, "trial")

    def witnesses(self) -> dict[str, dict[str, Any]]:
        """Give what the archive says of each day's root, by path; those that can be read."""
        return {
            path: unambiguous(self.file.read(path))
            for path in self._paths(r"temoin/.*\.json")
            if path not in self.faults
        }

    def _paths(self, pattern: str) -> list[str]:
        return sorted(path for path in self._all_paths() if re.fullmatch(pattern, path, re.S))

    def _all_paths(self) -> set[str]:
        return {*self.file.names, *self.listed, SEAL}

    def _wrong(self, pattern: str, is_right: Any) -> tuple[str, ...]:
        wrong = []
        for path in self._paths(pattern):
            try:
                held = is_right(path, self._as_listed(path))
            except Exception:  # anybody may have written it: then it does not hold
                held = False
            if not held:
                wrong.append(path)
        self.faults.update(wrong)
        return tuple(wrong)

    def _files(self) -> Iterator[str]:
        for path in sorted({*self._all_paths(), JOURNAL, MANIFEST}):
            try:
                self._as_listed(path)
            except PartLost:
                yield path

    def _as_listed(self, path: str) -> bytes:
        """Give a file that is there once, as the manifest lists it.

        :raises PartLost: it is not, or cannot be read.
        """
        content = self.file.read(path)
        found = len(content), hashlib.sha256(content).hexdigest()
        is_listed = path in (MANIFEST, SEAL) or self.listed.get(path) == found
        if not is_listed or self.file.names[path] != 1:
            raise PartLost(path)
        return content

    def _is_manifest_sealed(self, path: str, content: bytes) -> bool:
        fingerprint, certificate = _certificate(
            self.file.read(f"certificats/{self.sealed_with}.pem")
        )
        require_signed(certificate, content, self.file.read(MANIFEST))
        self.seals[path] = fingerprint
        return fingerprint == self.sealed_with

    def _journal(self) -> Iterator[str]:
        try:
            journal = unambiguous(self.file.read(JOURNAL))
            given = journal["entries"]
            is_it = (journal["version"], journal["chain"]) == (1, self.chain)
        except Exception:  # anybody may have written it: it is none
            yield JOURNAL
            return
        if not is_it or not isinstance(given, list):
            yield JOURNAL
            return
        self.entries = list(whole_beginning(given, self.chain, self.made_at))
        if len(self.entries) < len(given):
            yield f"{JOURNAL} #{len(self.entries) + 1}"

    def _is_certificate(self, path: str, content: bytes) -> bool:
        found, _ = _certificate(content)
        return path == f"certificats/{found}.pem" and found in self.certificates

    def _is_letter_whole(self) -> bool:
        own = [entry for entry in self.entries if entry["subject"] == self.chain]
        if not own:
            return False
        facts = own[0]["facts"]
        if facts is None:
            return True
        sent = [facts.get("message_sha256"), *(f["sha256"] for f in facts.get("attachments", ()))]
        try:
            held = [_digest(self.file.read(path)) for path in self._paths("courrier/.*")]
        except PartLost:
            return False
        return sorted(sent) == sorted(held)

    def _came_back(self, _path: str, content: bytes) -> bool:
        return bool({None, _digest(content)} & facts_named(self.entries, "sha256"))

    def _is_sealed(self, path: str, content: bytes) -> bool:
        seals = read_seals(content) or []
        if len(seals) != 1 or not _holds(seals[0], content):
            return False
        seal = seals[0]
        if seal.fingerprint not in self.certificates:
            return False
        self.seals[path], self.digests[path] = seal.fingerprint, _digest(content)
        return True

    def _says_the_same(self, _path: str, content: bytes) -> bool:
        attached = attached_entries(content)
        for entry in attached:
            if not is_right(entry):
                return False
            if entry["chain"] == self.chain and not is_same(
                entry, self.entries[entry["sequence"] - 1]
            ):
                return False
        self.proved.add(attached[-1]["entry_hash"])
        return True

    def _is_witnessed(self, path: str, content: bytes) -> bool:
        said, stamp = unambiguous(content), f"{path[:-5]}.tsr"
        head, root = Head(**said["leaf"]), bytes.fromhex(said["root"])
        entry = self.entries[head.sequence - 1]
        is_held = head == (entry["chain"], entry["sequence"], entry["entry_hash"])
        steps = [bytes.fromhex(step) for step in said["path"]]
        place = said["leaf_index"], said["tree_size"]
        if not (is_held and path == f"temoin/{said['day']}.json"):
            return False
        if not tree.leads_to(root, leaf(head), *place, steps):
            return False
        if stamp not in self._all_paths():
            return said["stamp"] is None
        stamps.read_response(self._as_listed(stamp), root)
        return bool(said["stamp"] == stamp)


def _certificate(content: bytes) -> tuple[str, x509.Certificate]:
    certificate = x509.load_pem_x509_certificate(content)
    return certificate.fingerprint(hashes.SHA256()).hex(), certificate


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _holds(seal: Seal, content: bytes) -> bool:
    """Say whether a seal holds, and whether the room that it stands in holds nothing else."""
    ((end, rest),) = _GAP.findall(content)
    gap = re.fullmatch(rb"<([0-9A-F]+)>", content[int(end) : int(rest)])
    if gap is None or not (seal.is_intact and seal.is_whole):
        return False
    der = bytes.fromhex(gap[1].decode())
    return not any(der[_length(der) :])


def _length(der: bytes) -> int:
    """Give how many bytes a DER value takes, its beginning included."""
    if der[1] < 0x80:
        return 2 + der[1]
    start = 2 + der[1] - 0x80
    return start + int.from_bytes(der[2:start])
