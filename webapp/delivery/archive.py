"""All that a letter left, in one ZIP that can be read without Plirec."""

import csv
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from flask import render_template
from flask_babel import force_locale

from webapp.database import AnySession
from webapp.delivery.proof_names import FILE_NAMES, NAMES
from webapp.delivery.timeline import Step, timeline
from webapp.evidence import proofs
from webapp.evidence.grounds import exported_entry
from webapp.evidence.journal import addressee_subject, entries, letter_chain
from webapp.evidence.models import Proof
from webapp.letters.labels import CHANNELS, LABELS, STATUSES
from webapp.letters.models import Addressee, Letter
from webapp.letters.queries import addressees_in_order
from webapp.sheets.writer import unexecutable
from webapp.storage import load
from webapp.texts import unaccented

MADE = (1980, 1, 1, 0, 0, 0)
"""The moment of every member: the same proofs make the same archive."""


@dataclass(frozen=True)
class ProofFile:
    """A proof in the archive: its path there, its name in words, its SHA-256."""

    path: str
    title: str
    digest: str


@dataclass(frozen=True)
class Line:
    """One recipient in the index: what became of him, and where his proofs are."""

    addressee: Addressee
    state: str
    channel: str
    status: str
    steps: Sequence[Step]
    proofs: Sequence[ProofFile]


def write_archive(
    session: AnySession, letter: Letter, files_directory: Path, output: IO[bytes]
) -> None:
    """Write every proof of a letter, its content, its journal and an index, in French.

    :param output: a file that is open for writing; proofs go there one by one.
    :raises webapp.storage.DamagedFile: a proof or an attachment is no longer what was stored.
    """
    with force_locale("fr"), ZipFile(output, "w", ZIP_DEFLATED) as archive:
        lines = []
        kept = proofs.proofs_of(session, letter_chain(letter.number))
        for addressee in addressees_in_order(session, letter):
            own = kept.get(addressee_subject(addressee.number), [])
            line = _line(session, letter, addressee, own)
            for file, proof in zip(line.proofs, own, strict=True):
                _add(archive, file.path, proofs.sealed(proof, files_directory))
            lines.append(line)
        for path, content in _content(letter, files_directory):
            _add(archive, path, content)
        for path, text in _index(session, letter, lines):
            _add(archive, path, text.encode())


def _line(session: AnySession, letter: Letter, addressee: Addressee, own: Sequence[Proof]) -> Line:
    folder = f"{addressee.position:04}-{_plain(addressee.name)}"
    return Line(
        addressee=addressee,
        state=str(LABELS[addressee.state]),
        channel=str(CHANNELS[addressee.channel]),
        status=str(STATUSES[addressee.status]),
        steps=timeline(session, letter, addressee),
        proofs=[
            ProofFile(
                f"preuves/{folder}/{number}-{FILE_NAMES[proof.kind]}.pdf",
                str(NAMES[proof.kind]),
                proof.digest,
            )
            for number, proof in enumerate(own, start=1)
        ],
    )


def _content(letter: Letter, files_directory: Path) -> Iterator[tuple[str, bytes]]:
    yield "courrier/message.txt", letter.message.encode()
    for file in letter.attachments:
        stem, dot, ending = file.name.rpartition(".")
        name = f"{_plain(stem)}.{_plain(ending)}" if dot else _plain(file.name)
        yield f"courrier/{file.position:02}-{name}", load(files_directory, file.digest)


def _index(session: AnySession, letter: Letter, lines: Sequence[Line]) -> Iterator[tuple[str, str]]:
    chain = letter_chain(letter.number)
    context = {
        "letter": letter,
        "lines": lines,
        "made_at": datetime.now(UTC),
        "is_complete": proofs.is_complete(session, chain),
    }
    journal = [exported_entry(event) for event in entries(session, chain)]
    yield "journal.json", json.dumps(journal, ensure_ascii=False, indent=2)
    yield "index.csv", _table(lines)
    yield "index.html", render_template("delivery/archive_index.html", **context)
    yield "LISEZ-MOI.txt", render_template("delivery/archive_readme.txt", **context)


def _table(lines: Sequence[Line]) -> str:
    content = StringIO()
    content.write("\ufeff")
    writer = csv.writer(content, delimiter=";", lineterminator="\r\n")
    writer.writerow(("Numéro", "Destinataire", "État", "Preuve", "Fichier", "SHA-256"))
    for line in lines:
        who = (line.addressee.number, line.addressee.name, line.state)
        for file in line.proofs or (ProofFile("", "", ""),):
            row = (*who, file.title, file.path, file.digest)
            writer.writerow([unexecutable(text) for text in row])
    return content.getvalue()


def _add(archive: ZipFile, path: str, content: bytes) -> None:
    entry = ZipInfo(path, MADE)
    entry.compress_type = ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, content)


def _plain(text: str) -> str:
    """Give a name that is safe on every machine: letters, digits and hyphens, 40 at most."""
    plain = re.sub(r"[^A-Za-z0-9]+", "-", unaccented(text)).strip("-")
    return plain[:40].strip("-") or "sans-nom"
