"""What stands on a proof: the items of CPCE art. R53-2 and R53-3, in French, section by section."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from webapp.evidence.grounds import Grounds, ProofKind
from webapp.evidence.kinds import EventKind
from webapp.evidence.moments import in_paris, in_utc
from webapp.evidence.seal import COMMON_NAME

STATUSES = {"professional": "Professionnel", "individual": "Particulier"}
EVENTS = {
    EventKind.SUBMISSION_ACCEPTANCE: "Dépôt",
    EventKind.NOTIFICATION_FOR_ACCEPTANCE: "Avis",
    EventKind.NOTIFICATION_FOR_ACCEPTANCE_FAILURE: "Échec de l’avis",
    EventKind.CONSIGNMENT_ACCEPTANCE: "Acceptation",
    EventKind.CONSIGNMENT_REJECTION: "Refus",
    EventKind.ACCEPTANCE_REJECTION_EXPIRY: "Fin du délai sans réponse",
}
PAPER = "paper"


@dataclass(frozen=True)
class Row:
    """One line of a proof; `code` is what machines read: a hash, a moment in UTC."""

    label: str
    value: str = ""
    code: str = ""


@dataclass(frozen=True)
class Section:
    """Some lines of a proof under one heading."""

    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Contents:
    """A whole proof, ready to be laid out."""

    title: str
    number: str
    statement: str
    is_trial: bool
    sections: tuple[Section, ...]


def contents(grounds: Grounds, fingerprint: str) -> Contents:
    """Compose a proof.

    :param fingerprint: SHA-256 of the certificate that it will be sealed with, in hexadecimal.
    :raises Unprovable: the journal lacks something the proof must say.
    """
    submission = grounds.last(EventKind.SUBMISSION_ACCEPTANCE)
    addressee = grounds.facts_of(submission)
    letter = grounds.facts_of(grounds.letter)
    wording = _WORDINGS[grounds.kind]
    return Contents(
        title=wording.title,
        number=addressee["number"],
        statement=wording.statement,
        is_trial=grounds.is_trial,
        sections=(
            Section("Dates", tuple(wording.dates(grounds))),
            Section("Expéditeur", tuple(_sender(letter["sender"]))),
            Section("Destinataire", tuple(_recipient(addressee))),
            *wording.sections(grounds),
            Section("Courrier", tuple(_letter(letter, addressee["number"]))),
            Section("Sceau et journal", tuple(_traces(grounds, fingerprint))),
        ),
    )


def _dated(label: str, at: datetime) -> Row:
    return Row(label, f"{in_paris(at)} (heure de Paris)", in_utc(at))


def _deposit_dates(grounds: Grounds) -> Iterator[Row]:
    yield _dated("Dépôt", grounds.last(EventKind.SUBMISSION_ACCEPTANCE).occurred_at)


def _sending_dates(grounds: Grounds) -> Iterator[Row]:
    notice = grounds.last(EventKind.NOTIFICATION_FOR_ACCEPTANCE)
    yield from _deposit_dates(grounds)
    yield _dated("Envoi de l’avis", notice.occurred_at)
    yield _dated("Fin du délai prévu", _end_of_term(grounds))


def _reception_dates(grounds: Grounds) -> Iterator[Row]:
    yield from _answer_dates(grounds, "Réception")


def _refusal_dates(grounds: Grounds) -> Iterator[Row]:
    yield from _answer_dates(grounds, "Refus")


def _answer_dates(grounds: Grounds, answer: str) -> Iterator[Row]:
    deposit, notice, end = _sending_dates(grounds)
    yield from (deposit, notice, _dated(answer, grounds.event.occurred_at), end)


def _non_claim_dates(grounds: Grounds) -> Iterator[Row]:
    deposit, notice, _end = _sending_dates(grounds)
    yield from (deposit, notice, _dated("Fin du délai, sans réponse", _end_of_term(grounds)))
    yield _dated("Constat", grounds.event.occurred_at)


def _failure_dates(grounds: Grounds) -> Iterator[Row]:
    yield from _deposit_dates(grounds)
    yield _dated("Échec de l’avis", grounds.event.occurred_at)


def _end_of_term(grounds: Grounds) -> datetime:
    notice = grounds.last(EventKind.NOTIFICATION_FOR_ACCEPTANCE)
    return datetime.fromisoformat(grounds.facts_of(notice)["expires_at"])


def _no_sections(_grounds: Grounds) -> Iterator[Section]:
    yield from ()


def _sending_sections(grounds: Grounds) -> Iterator[Section]:
    notice = grounds.facts_of(grounds.last(EventKind.NOTIFICATION_FOR_ACCEPTANCE))
    yield Section(
        "Avis",
        (
            Row("Avis envoyé à", notice["email"]),
            Row("Identifiant du message", code=notice["message_id"]),
            Row("Réponse du serveur", notice["server"]),
        ),
    )


def _refusal_sections(grounds: Grounds) -> Iterator[Section]:
    refusal = grounds.facts_of(grounds.event)
    yield from _sending_sections(grounds)
    yield Section("Refus", (Row("Refusé depuis l’adresse IP", code=refusal["ip"]),))


def _failure_sections(grounds: Grounds) -> Iterator[Section]:
    failure = grounds.facts_of(grounds.event)
    yield Section(
        "Avis",
        (
            Row("Avis destiné à", failure["email"]),
            Row("Motif donné par la messagerie", failure["reason"]),
        ),
    )


def _reception_sections(grounds: Grounds) -> Iterator[Section]:
    notice = grounds.facts_of(grounds.last(EventKind.NOTIFICATION_FOR_ACCEPTANCE))
    acceptance = grounds.facts_of(grounds.event)
    yield Section(
        "Avis et acceptation",
        (
            Row("Avis envoyé à", notice["email"]),
            Row("Nom déclaré en acceptant", acceptance["declared_name"]),
            Row("Accepté depuis l’adresse IP", code=acceptance["ip"]),
        ),
    )


def _sender(sender: Mapping[str, Any]) -> Iterator[Row]:
    yield Row("Nom ou raison sociale", sender["name"])
    yield Row("Adresse électronique", sender["email"])
    if sender["address"]:
        yield Row("Adresse postale", sender["address"])


def _recipient(addressee: Mapping[str, Any]) -> Iterator[Row]:
    is_on_paper = addressee.get("channel") == PAPER
    yield Row("Nom ou raison sociale", addressee["name"])
    if is_on_paper:
        yield Row("Adresse postale", addressee["postal_address"])
    else:
        yield Row("Adresse électronique", addressee["email"])
    yield Row("Statut", STATUSES[addressee["status"]])
    if addressee["status"] == "individual" and not is_on_paper:
        yield Row("Accord déclaré", addressee["consent"] or "Aucun accord déclaré")


def _letter(letter: Mapping[str, Any], number: str) -> Iterator[Row]:
    yield Row("Numéro de l’envoi", code=number)
    yield Row("Objet", letter["subject"])
    # Letters submitted by an earlier version have neither a reference nor files.
    if letter.get("own_reference"):
        yield Row("Référence de l’expéditeur", letter["own_reference"])
    yield Row("Empreinte du message (SHA-256)", code=letter["message_sha256"])
    for file in letter.get("attachments", ()):
        yield Row("Pièce jointe, empreinte (SHA-256)", file["name"], file["sha256"])


def _traces(grounds: Grounds, fingerprint: str) -> Iterator[Row]:
    yield Row("Certificat du sceau", f"{COMMON_NAME} (ECDSA P-256)")
    yield Row("Empreinte du certificat (SHA-256)", code=fingerprint)
    yield Row("Chaîne du journal", code=grounds.event.chain)
    for event in grounds.steps:
        if event.kind in EVENTS:
            yield Row(
                f"{EVENTS[event.kind]}, écriture nº\u00a0{event.sequence}", code=event.entry_hash
            )


class _Wording(NamedTuple):
    title: str
    statement: str
    dates: Callable[[Grounds], Iterator[Row]]
    sections: Callable[[Grounds], Iterator[Section]]


_WORDINGS: Mapping[ProofKind, _Wording] = {
    ProofKind.DEPOSIT: _Wording(
        "Preuve de dépôt",
        "L’expéditeur nommé ci-dessous a déposé ce courrier pour le destinataire nommé ci-dessous.",
        _deposit_dates,
        _no_sections,
    ),
    ProofKind.SENDING: _Wording(
        "Preuve d’envoi",
        "L’avis qu’un courrier recommandé attend a été envoyé au destinataire nommé ci-dessous.",
        _sending_dates,
        _sending_sections,
    ),
    ProofKind.REFUSAL: _Wording(
        "Preuve de refus",
        "Le destinataire nommé ci-dessous a été avisé et a refusé ce courrier. Il n’en a vu ni le "
        "contenu ni l’expéditeur, sauf si l’avis le nommait.",
        _refusal_dates,
        _refusal_sections,
    ),
    ProofKind.NON_CLAIM: _Wording(
        "Preuve de non-réclamation",
        "Le destinataire nommé ci-dessous a été avisé et n’a ni accepté ni refusé ce courrier dans "
        "les quinze jours comptés du lendemain de l’avis (négligence).",
        _non_claim_dates,
        _sending_sections,
    ),
    ProofKind.FAILURE: _Wording(
        "Preuve d’échec de l’avis",
        "L’avis destiné au destinataire nommé ci-dessous n’a pas pu lui être remis.",
        _failure_dates,
        _failure_sections,
    ),
    ProofKind.RECEPTION: _Wording(
        "Preuve de réception",
        "Le destinataire nommé ci-dessous a été avisé, a accepté ce courrier et l’a reçu.",
        _reception_dates,
        _reception_sections,
    ),
}
