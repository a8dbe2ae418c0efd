"""Whether every stored file that the database names is whole, and whose it is."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Select, exists, select

from webapp import storage
from webapp.compose.models import Draft, DraftFile
from webapp.contacts.consent_models import ConsentDocument
from webapp.database import AnySession
from webapp.delivery.models import ReturnedMessage
from webapp.evidence.models import JournalEntry, JournalPurge, Proof
from webapp.letters.models import Addressee, Attachment, Letter
from webapp.paper.models import Deposit, DepositDocument
from webapp.storage import DamagedFile, MissingFile

Rows = Select[str, Any]

OWNERS: Mapping[str, tuple[str, Rows]] = {
    "attachment": (
        "pièce jointe du courrier %s",
        select(Attachment.digest, Letter.number).join(Letter, Letter.id == Attachment.letter_id),
    ),
    "proof": (
        "preuve de %s",
        select(Proof.digest, JournalEntry.subject)
        .join(JournalEntry, JournalEntry.id == Proof.entry_id)
        .where(~exists().where(JournalPurge.entry_id == Proof.entry_id)),
    ),
    "returned_message": (
        "message revenu de l’envoi %s",
        select(ReturnedMessage.digest, Addressee.number)
        .join(Addressee, Addressee.id == ReturnedMessage.addressee_id)
        .where(ReturnedMessage.is_kept),
    ),
    "deposit_document": (
        "document de la poste, dépôt %s",
        select(DepositDocument.digest, Deposit.number).join(
            Deposit, Deposit.id == DepositDocument.deposit_id
        ),
    ),
    "consent_document": (
        "document d’accord nº %s",
        select(ConsentDocument.digest, ConsentDocument.id),
    ),
    "draft_file": (
        "pièce du brouillon nº %s",
        select(DraftFile.digest, Draft.id).join(Draft, Draft.id == DraftFile.draft_id),
    ),
}
"""By table: what a file of it is, in French and without personal data, and how it is numbered."""


@dataclass(frozen=True)
class LostFile:
    """A file that is missing or has other bytes, and all that it belongs to."""

    digest: str
    is_missing: bool
    owners: tuple[str, ...]


@dataclass(frozen=True)
class Checked:
    """How many files the database names, and those that are lost."""

    total: int
    lost: tuple[LostFile, ...]


def check(session: AnySession, directory: Path) -> Checked:
    """Read every stored file that the database names, and compare it with its SHA-256."""
    owners: dict[str, list[str]] = defaultdict(list)
    for digest, owner in _named(session):
        owners[digest].append(owner)
    session.rollback()
    lost = (_lost(directory, digest, tuple(owners[digest])) for digest in sorted(owners))
    return Checked(len(owners), tuple(file for file in lost if file))


def _named(session: AnySession) -> Iterator[tuple[str, str]]:
    for words, rows in OWNERS.values():
        for digest, number in session.execute(rows):
            yield digest, words % number


def _lost(directory: Path, digest: str, owners: tuple[str, ...]) -> LostFile | None:
    try:
        storage.load(directory, digest)
    except DamagedFile as damage:
        return LostFile(digest, isinstance(damage, MissingFile), owners)
    return None
