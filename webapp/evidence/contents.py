"""What stands on a proof: the items of CPCE art. R53-2 and R53-3, in French, section by section."""

from collections.abc import Mapping
from typing import Any

from webapp.evidence.consent_grounds import ConsentGrounds
from webapp.evidence.consent_wordings import contents_of_consent
from webapp.evidence.grounds import Grounds
from webapp.evidence.kinds import EventKind
from webapp.evidence.rows import Contents, Imprint, Row, Rows, Section
from webapp.evidence.shared_rows import seal_rows, sender_rows
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


ELECTRONIC = (
    "Ce document prouve un envoi recommandé électronique simple (ERE), non qualifié au sens du "
    "règlement européen 910/2014 «\u00a0eIDAS\u00a0» (article\u00a043, et non article\u00a044). "
    "En clair\u00a0: un juge ne peut pas écarter cette preuve au seul motif qu’elle est "
    "électronique ou non qualifiée, et il en apprécie la valeur\u00a0; mais la loi ne tient pas "
    "d’avance pour exacts les identités, les dates et le contenu, comme elle le fait pour un envoi "
    "qualifié, qui seul équivaut à une lettre recommandée (CPCE, article\u00a0L100)."
)
ON_PAPER = (
    "Ce document prouve le dépôt du courrier dans Plirec. Il ne prouve ni sa remise à la poste ni "
    "sa distribution\u00a0: les documents de la poste en sont la preuve."
)


def contents(grounds: Grounds | ConsentGrounds, imprint: Imprint) -> Contents:
    """Compose a proof.

    :raises Unprovable: the journal lacks something the proof must say.
    """
    if isinstance(grounds, ConsentGrounds):
        return contents_of_consent(grounds, imprint)
    submission = grounds.last(EventKind.SUBMISSION_ACCEPTANCE)
    addressee = grounds.facts_of(submission)
    letter = grounds.facts_of(grounds.letter)
    wording = WORDINGS[grounds.kind]
    number = addressee["number"]
    sent = "Courrier sur papier" if grounds.is_paper else "Envoi recommandé électronique simple"
    return Contents(
        title=wording.title,
        number=number,
        subtitle=f"{sent} nº\u00a0{number}",
        statement=wording.statement(grounds),
        scope=ON_PAPER if grounds.is_paper else ELECTRONIC,
        is_trial=grounds.is_trial,
        sections=(
            Section("Dates", tuple(wording.dates(grounds))),
            Section("Expéditeur", tuple(sender_rows(letter["sender"]))),
            Section(
                "Destinataire", tuple(_recipient(_agreed(grounds, addressee), _correction(grounds)))
            ),
            *wording.sections(grounds),
            Section("Courrier", tuple(_letter(letter, number))),
            Section("Sceau et journal", tuple(_traces(grounds, imprint))),
        ),
        imprint=imprint,
    )


def _agreed(grounds: Grounds, addressee: Mapping[str, Any]) -> Mapping[str, Any]:
    """Add to what was deposited the consent that came afterwards, where the letter asked first."""
    came = [step for step in grounds.steps if step.kind == EventKind.CONSENT_OBTAINED]
    return {**addressee, "consent": grounds.facts_of(came[-1])["consent"]} if came else addressee


def _correction(grounds: Grounds) -> Mapping[str, Any]:
    """Give the last correction of the address before the event; nothing where there is none."""
    made = [step for step in grounds.steps if step.kind == EventKind.ADDRESS_CORRECTED]
    return grounds.facts_of(made[-1]) if made else {}


def _recipient(addressee: Mapping[str, Any], correction: Mapping[str, Any]) -> Rows:
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


def _letter(letter: Mapping[str, Any], number: str) -> Rows:
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


def _traces(grounds: Grounds, imprint: Imprint) -> Rows:
    yield from seal_rows(imprint, grounds.event.chain)
    for event in grounds.steps:
        if event.kind in EVENTS:
            yield Row(
                f"{EVENTS[event.kind]}, écriture nº\u00a0{event.sequence}", code=event.entry_hash
            )
