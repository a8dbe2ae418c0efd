"""All the proofs of a letter in one ZIP, with the letter itself, its journal and an index."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import IO

from flask_babel import force_locale

from config import Config
from webapp.database import AnySession
from webapp.delivery import archive_index
from webapp.delivery.archive_index import Index, Line, Part, Recipient
from webapp.delivery.archive_witness import (
    write_certificates,
    write_inclusions,
    write_manifest,
)
from webapp.delivery.proof_names import FILE_NAMES, NAMES
from webapp.delivery.timeline import step
from webapp.delivery.zip_writer import Filed, ZipWriter, slug
from webapp.evidence import proofs
from webapp.evidence.export import exported_chain
from webapp.evidence.inclusion import inclusions
from webapp.evidence.journal import (
    RecordedEvent,
    addressee_subject,
    entries_by_subject,
    letter_chain,
)
from webapp.evidence.kinds import EventKind
from webapp.evidence.models import Proof
from webapp.evidence.proof_kinds import PROVABLE
from webapp.evidence.seal import Key, open_key
from webapp.letters.labels import CHANNELS, LABELS
from webapp.letters.models import Addressee, Attachment, Channel, Letter
from webapp.letters.queries import addressees_in_order
from webapp.storage import DamagedFile, load

log = logging.getLogger(__name__)
PORTION = 100
BY_THE_POST = frozenset(
    {EventKind.RELAY_TO_NON_ERDS, EventKind.PAPER_DELIVERED, EventKind.PAPER_RETURNED}
)


def write_archive(
    session: AnySession, letter: Letter, config: Config, file: IO[bytes], now: datetime
) -> None:
    """Write the ZIP of a letter; the same journal, proofs and `now` give the same files.

    The seal alone, on the manifest that names them, is another each time. Proofs are given as they
    were sealed; one that is not sealed yet, and a stored file that is missing or damaged, is named
    by the index. It is all in French, as the proofs are.

    :raises WrongSealingKey: the key is missing or damaged; nothing was written.
    """
    key = open_key(config.keys_directory)
    with force_locale("fr"), ZipWriter(file) as target:
        _Archive(session, letter, config.files_directory, key, target, now).write()


@dataclass(frozen=True)
class _Archive:
    session: AnySession
    letter: Letter
    files: Path
    key: Key
    target: ZipWriter
    now: datetime

    def write(self) -> None:
        letter, chain = self.letter, letter_chain(self.letter.number)
        at = letter.submitted_at
        message = self._message(at)
        attachments = [self._attachment(attachment) for attachment in letter.attachments]
        journal = self.target.text("journal.json", exported_chain(self.session, chain), self.now)
        certificates = write_certificates(self.session, self.target)
        witnessed = inclusions(self.session, chain)
        witnesses = list(write_inclusions(self.target, witnessed))
        index = Index(
            letter=letter,
            now=self.now,
            sealed_with=self.key.fingerprint,
            fingerprints=list(certificates),
            inclusions=witnessed,
            parts=(
                *message,
                *attachments,
                Part("Journal de ce courrier", journal),
                *witnesses,
                *certificates.values(),
            ),
            recipients=list(self._recipients(chain)),
        )
        for name, text in archive_index.files(index):
            self.target.text(name, [text], self.now)
        write_manifest(self.target, letter.number, certificates, self.key, self.now)

    def _message(self, at: datetime) -> list[Part]:
        """Give the message; nothing of it is left once the letter was erased."""
        if self.letter.purged_at is not None:
            return []
        text = self.target.text("courrier/message.txt", [self.letter.message], at)
        return [Part("Message", text)]

    def _attachment(self, attachment: Attachment) -> Part:
        """Keep the ending, by which a computer knows what to open a file with."""
        name = PurePosixPath(attachment.name)
        stem, ending = slug(name.stem), slug(name.suffix)
        file_name = f"{attachment.position:02}-{stem or 'fichier'}"
        path = f"courrier/{file_name}{f'.{ending}' if ending else ''}"
        filed = self._stored(path, attachment.digest, self.letter.submitted_at)
        return Part(f"Pièce jointe\u00a0: {attachment.name}", filed)

    def _recipients(self, chain: str) -> Iterator[Recipient]:
        addressees = addressees_in_order(self.session, self.letter)
        while portion := list(islice(addressees, PORTION)):
            subjects = [addressee_subject(addressee.number) for addressee in portion]
            events = entries_by_subject(self.session, chain, subjects)
            sealed = proofs.proofs_of_subjects(self.session, chain, subjects)
            for addressee, subject in zip(portion, subjects, strict=True):
                lines = self._lines(addressee, events[subject], sealed.get(subject, ()))
                yield _recipient(addressee, lines)

    def _lines(
        self, addressee: Addressee, events: Sequence[RecordedEvent], sealed: Sequence[Proof]
    ) -> list[Line]:
        """Tell what happened, event by event, each with its proof where it has one."""
        folder = f"preuves/{addressee.position:04}-{slug(addressee.name) or 'sans-nom'}"
        by_entry = {proof.entry_id: proof for proof in sealed}
        lines: list[Line] = []
        returned_count = 0
        for event in events:
            proof, kind = by_entry.get(event.entry_id), PROVABLE.get(event.kind)
            title = str(NAMES[kind]) if kind and event.facts is not None else ""
            filed: Filed | None = None
            if proof is not None and title:
                name = f"{sealed.index(proof) + 1}-{FILE_NAMES[proof.kind]}.pdf"
                filed = self._stored(f"{folder}/{name}", proof.digest, event.occurred_at)
            is_sealing = bool(kind) and proof is None and event.facts is not None
            returned: Part | None = None
            if digest := _returned(event):
                returned_count += 1
                name = f"{folder}/message-revenu-{returned_count}.eml"
                returned = Part("Message revenu", self._stored(name, digest, event.occurred_at))
            is_noted = event.kind in BY_THE_POST
            lines.append(Line(step(event), title, filed, is_sealing, is_noted, returned))
        return lines

    def _stored(self, path: str, digest: str, at: datetime) -> Filed | None:
        try:
            content = load(self.files, digest)
        except DamagedFile:
            log.exception("a file of letter %s cannot be given", self.letter.number)
            return None
        return self.target.content(path, content, at)


def _returned(event: RecordedEvent) -> str:
    """Give the SHA-256 of the message by which a notice failed; empty where none came back."""
    if event.kind != EventKind.NOTIFICATION_FOR_ACCEPTANCE_FAILURE or not event.facts:
        return ""
    return str(event.facts.get("sha256", ""))


def _recipient(addressee: Addressee, lines: Sequence[Line]) -> Recipient:
    is_paper = addressee.channel == Channel.PAPER
    return Recipient(
        position=addressee.position,
        number=addressee.number,
        name=addressee.name or "(effacé)",
        channel=str(CHANNELS[addressee.channel]),
        address=addressee.postal_address if is_paper else addressee.email,
        state=str(LABELS[addressee.state]),
        lines=lines,
    )
