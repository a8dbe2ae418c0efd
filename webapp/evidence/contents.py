"""What stands on a proof: the items of CPCE art. R53-2 and R53-3, in French, section by section."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from webapp.evidence.grounds import Grounds
from webapp.evidence.kinds import EventKind
from webapp.evidence.rows import Row, Section
from webapp.evidence.seal import COMMON_NAME
from webapp.evidence.wordings import WORDINGS

STATUSES = {"professional": "Professionnel", "individual": "Particulier"}
EVENTS = {
    EventKind.SUBMISSION_ACCEPTANCE: "Dépôt",
    EventKind.NOTIFICATION_FOR_ACCEPTANCE: "Avis",
    EventKind.NOTIFICATION_FOR_ACCEPTANCE_FAILURE: "Échec de l’avis",
    EventKind.ADDRESS_CORRECTED: "Correction de l’adresse",
    EventKind.CODE_VERIFIED: "Adresse prouvée",
    EventKind.IDENTITY_CORRECTED: "Nom corrigé par le destinataire",
    EventKind.CONSIGNMENT_ACCEPTANCE: "Acceptation",
    EventKind.CONSIGNMENT_REJECTION: "Refus",
    EventKind.ACCEPTANCE_REJECTION_EXPIRY: "Non-réclamation",
}


@dataclass(frozen=True)
class Contents:
    """A whole proof, ready to be laid out."""

    title: str
    number: str
    statement: str
    is_trial: bool
    is_paper: bool
    sections: tuple[Section, ...]


def contents(grounds: Grounds, fingerprint: str) -> Contents:
    """Compose a proof.

    :param fingerprint: SHA-256 of the certificate that it will be sealed with, in hexadecimal.
    :raises Unprovable: the journal lacks something the proof must say.
    """
    submission = grounds.last(EventKind.SUBMISSION_ACCEPTANCE)
    addressee = grounds.facts_of(submission)
    letter = grounds.facts_of(grounds.letter)
    wording = WORDINGS[grounds.kind]
    return Contents(
        title=wording.title,
        number=addressee["number"],
        statement=wording.statement(grounds),
        is_trial=grounds.is_trial,
        is_paper=grounds.is_paper,
        sections=(
            Section("Dates", tuple(wording.dates(grounds))),
            Section("Expéditeur", tuple(_sender(letter, is_paper=grounds.is_paper))),
            Section("Destinataire", tuple(_recipient(addressee, _correction(grounds)))),
            *wording.sections(grounds),
            Section("Courrier", tuple(_letter(letter, addressee["number"]))),
            Section("Sceau et journal", tuple(_traces(grounds, fingerprint))),
        ),
    )


def _sender(letter: Mapping[str, Any], *, is_paper: bool) -> Iterator[Row]:
    sender = letter["sender"]
    yield Row("Nom ou raison sociale", sender["name"])
    yield Row("Adresse électronique", sender["email"])
    if sender["address"]:
        yield Row("Adresse postale", sender["address"])
    if not is_paper:
        named, hidden = "Oui", "Non, caché au destinataire jusqu’à l’acceptation"
        yield Row("Nommé dans l’avis", named if letter["names_sender"] else hidden)


def _correction(grounds: Grounds) -> Mapping[str, Any]:
    """Give the last correction of the address before the event; nothing where there is none."""
    made = [step for step in grounds.steps if step.kind == EventKind.ADDRESS_CORRECTED]
    return grounds.facts_of(made[-1]) if made else {}


def _recipient(addressee: Mapping[str, Any], correction: Mapping[str, Any]) -> Iterator[Row]:
    yield Row("Nom ou raison sociale", addressee["name"])
    if addressee.get("channel") == "paper":
        yield Row("Adresse postale", addressee["postal_address"])
        yield Row("Statut", STATUSES[addressee["status"]])
        return
    now = {**addressee, **correction}
    yield Row("Adresse électronique", now["email"])
    if correction:
        yield Row("Adresse indiquée au dépôt", addressee["email"])
    yield Row("Statut", STATUSES[addressee["status"]])
    if addressee["status"] == "individual":
        yield Row("Accord déclaré", now["consent"] or "Aucun accord déclaré")


def _letter(letter: Mapping[str, Any], number: str) -> Iterator[Row]:
    """Letters that were handed over before files and references existed have neither."""
    yield Row("Numéro de l’envoi", code=number)
    yield Row("Objet", letter["subject"])
    if letter.get("own_reference"):
        yield Row("Référence de l’expéditeur", letter["own_reference"])
    yield Row("Empreinte du message (SHA-256)", code=letter["message_sha256"])
    for position, file in enumerate(letter.get("attachments", ()), start=1):
        yield Row(f"Pièce jointe {position}", f"{file['name']} ({_bytes(file['size'])})")
        yield Row("Son empreinte (SHA-256)", code=file["sha256"])


def _bytes(size: int) -> str:
    return f"{size:,}".replace(",", "\u202f") + "\u00a0octets"


def _traces(grounds: Grounds, fingerprint: str) -> Iterator[Row]:
    yield Row("Certificat du sceau", f"{COMMON_NAME} (ECDSA P-256)")
    yield Row("Empreinte du certificat (SHA-256)", code=fingerprint)
    yield Row("Chaîne du journal", code=grounds.event.chain)
    for event in grounds.steps:
        if event.kind in EVENTS:
            yield Row(
                f"{EVENTS[event.kind]}, écriture nº\u00a0{event.sequence}", code=event.entry_hash
            )
