"""The index of a letter's ZIP: for a person, for a browser or paper, and for a spreadsheet."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import render_template

from webapp.delivery.timeline import Step
from webapp.delivery.zip_writer import Filed
from webapp.evidence.inclusion import Inclusion
from webapp.evidence.moments import in_paris, in_utc
from webapp.letters.models import Letter
from webapp.letters.term import PARIS
from webapp.sheets.tables import as_csv

SEALING = "en cours de scellement"
LOST = "fichier absent ou abîmé sur le serveur"
HEADINGS = (
    "Rang",
    "Destinataire",
    "Mode d’envoi",
    "Adresse",
    "Numéro de l’envoi",
    "État",
    "Événement",
    "Enregistré (heure de Paris)",
    "Enregistré (UTC)",
    "Précisions",
    "Preuve",
    "Fichier",
    "SHA-256",
    "Message revenu",
    "SHA-256 du message revenu",
)


@dataclass(frozen=True)
class Part:
    """A file that is no proof; `file` is None where the stored one is lost."""

    title: str
    file: Filed | None

    @property
    def status(self) -> str:
        """Say why there is no file; empty where there is one."""
        return "" if self.file else LOST


@dataclass(frozen=True)
class Line:
    """One event of a recipient; `title` names its proof, and is empty where it gets none.

    What the post did `is_noted`: the moment is when the sender said so, the day stands beside it.
    """

    step: Step
    title: str
    file: Filed | None
    is_sealing: bool
    is_noted: bool
    returned: Part | None
    """The message by which a notice failed that had left; None where none came back."""

    @property
    def status(self) -> str:
        """Say why there is no file where one is due; empty otherwise."""
        if self.is_sealing:
            return SEALING
        return LOST if self.title and self.file is None else ""


@dataclass(frozen=True)
class Recipient:
    """A recipient, and what happened to his letter, the first event first."""

    position: int
    number: str
    name: str
    channel: str
    address: str
    state: str
    lines: Sequence[Line]


@dataclass(frozen=True)
class Index:
    """All that the index says, as it stood at `now` (aware).

    :param sealed_with: which of the fingerprints the archive itself is sealed with.
    :param fingerprints: SHA-256 of this installation's sealing certificates, in hexadecimal.
    :param inclusions: the proofs that outside witnesses hold this letter's journal.
    """

    letter: Letter
    now: datetime
    sealed_with: str
    fingerprints: Sequence[str]
    inclusions: Sequence[Inclusion]
    parts: Sequence[Part]
    recipients: Sequence[Recipient]

    @property
    def proof_count(self) -> int:
        """How many proofs are in the ZIP."""
        return sum(bool(line.file) for line in self._lines())

    @property
    def has_stamp(self) -> bool:
        """Whether an authority stamped one of the roots that hold this letter's journal."""
        return any(inclusion.token is not None for inclusion in self.inclusions)

    @property
    def sealing_count(self) -> int:
        """How many proofs were still being sealed."""
        return sum(line.is_sealing for line in self._lines())

    @property
    def lost_count(self) -> int:
        """How many files the installation should have and has not."""
        parts = [*self.parts, *(line.returned for line in self._lines() if line.returned)]
        statuses = [part.status for part in parts] + [line.status for line in self._lines()]
        return statuses.count(LOST)

    def _lines(self) -> Iterator[Line]:
        for recipient in self.recipients:
            yield from recipient.lines


def files(index: Index) -> Iterator[tuple[str, str]]:
    """Give the files of the index: their name and their text."""
    shown = {"index": index, "letter": index.letter, "in_paris": in_paris, "in_utc": in_utc}
    yield "index.csv", as_csv(_rows(index.recipients))
    yield "index.html", render_template("delivery/archive_index.html", **shown)
    yield "LISEZ-MOI.txt", render_template("delivery/archive_readme.txt", **shown)


def _rows(recipients: Sequence[Recipient]) -> Iterator[Sequence[str]]:
    """Give a line an event, below the headings."""
    yield HEADINGS
    for recipient in recipients:
        for line in recipient.lines:
            yield _row(recipient, line)


def _row(recipient: Recipient, line: Line) -> Sequence[str]:
    returned = line.returned.file if line.returned else None
    return (
        str(recipient.position),
        recipient.name,
        recipient.channel,
        recipient.address.replace("\n", ", "),
        recipient.number,
        recipient.state,
        line.step.title,
        f"{line.step.at.astimezone(PARIS):%Y-%m-%d %H:%M:%S}",
        f"{line.step.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        " ".join(line.step.details),
        f"{line.title} ({line.status})" if line.status else line.title,
        line.file.path if line.file else "",
        line.file.sha256 if line.file else "",
        returned.path if returned else line.returned.status if line.returned else "",
        returned.sha256 if returned else "",
    )
