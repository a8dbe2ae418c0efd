"""What stands on the proof of a consent to registered sends (CPCE art. L100), in French."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any, NamedTuple

from webapp.evidence.consent_grounds import ConsentGrounds
from webapp.evidence.kinds import DATA_ERASED, NO_ANSWER, EventKind
from webapp.evidence.moments import PARIS, day_in_paris
from webapp.evidence.rows import Contents, Imprint, Row, Rows, Section, dated
from webapp.evidence.shared_rows import seal_rows, sender_rows


class _Wording(NamedTuple):
    title: str
    statement: str
    happened: str


_OF_ASKED = (
    " pour que ses envois recommandés lui parviennent par voie électronique à l’adresse "
    "ci-dessous, et à elle seule."
)
WORDINGS: Mapping[EventKind, _Wording] = {
    EventKind.CONSENT_DECLARED: _Wording(
        "Preuve de déclaration d’accord",
        "L’expéditeur a déclaré ce jour-là que la personne qui reçoit le courrier à l’adresse "
        "ci-dessous est d’accord"
        + _OF_ASKED
        + " C’est sa déclaration\u00a0: la personne ne l’a pas "
        "confirmée à Plirec.",
        "Déclaration",
    ),
    EventKind.CONSENT_GIVEN: _Wording(
        "Preuve d’accord",
        "La personne qui reçoit le courrier à l’adresse ci-dessous a donné son accord" + _OF_ASKED,
        "Accord",
    ),
    EventKind.CONSENT_REFUSED: _Wording(
        "Preuve de refus d’accord",
        "La personne qui reçoit le courrier à l’adresse ci-dessous a refusé l’accord qui lui était "
        "demandé.",
        "Refus",
    ),
    EventKind.CONSENT_WITHDRAWN: _Wording(
        "Preuve de retrait d’accord",
        "L’accord qui valait pour l’adresse ci-dessous est retiré\u00a0: à partir de ce moment il "
        "ne sert plus à aucun envoi recommandé électronique.",
        "Retrait",
    ),
}
_OF_REQUESTS: Mapping[EventKind, str] = {
    EventKind.CONSENT_REQUESTED: "Demande",
    EventKind.CONSENT_REQUEST_FAILED: "Demande non remise",
    EventKind.CONSENT_REQUEST_TAKEN_BACK: "Demande retirée par l’expéditeur",
}
UNSPOKEN: Mapping[str, str] = {
    NO_ANSWER: "La personne qui reçoit le courrier à l’adresse ci-dessous n’a pas répondu dans le "
    "délai à la demande d’accord, ce qui vaut refus.",
    DATA_ERASED: "La personne qui reçoit le courrier à l’adresse ci-dessous a fait effacer ses "
    "données avant d’avoir répondu à la demande d’accord, ce qui vaut refus.",
}
"""What is stated of a refusal that nobody spoke out, by its reason."""

SCOPE = (
    "Un particulier doit avoir dit à l’expéditeur, avant l’envoi, qu’il accepte de recevoir des "
    "recommandés électroniques (CPCE, article\u00a0L100). Plirec fait des envois recommandés "
    "électroniques simples, non qualifiés au sens du règlement européen 910/2014 "
    "«\u00a0eIDAS\u00a0» (article\u00a043, et non article\u00a044)."
)


def contents_of_consent(grounds: ConsentGrounds, imprint: Imprint) -> Contents:
    """Compose the proof of one event of a consent.

    :raises Unprovable: facts that it must say were purged.
    """
    event, facts = grounds.event, grounds.facts
    wording = WORDINGS[event.kind]
    number = f"{event.chain.rpartition(':')[2]}-{event.sequence}"
    return Contents(
        title=wording.title,
        number=number,
        subtitle=f"Accord pour les envois recommandés électroniques, écriture nº\u00a0{number}",
        statement=UNSPOKEN.get(facts.get("reason", ""), wording.statement),
        scope=SCOPE,
        is_trial=False,
        sections=(
            Section("Dates", tuple(_dates(grounds, facts, wording.happened))),
            Section("Expéditeur", tuple(_sender(facts, event.chain))),
            Section("Personne", (Row("Adresse électronique", facts["email"]),)),
            Section("Accord", tuple(_consent(facts))),
            Section("Sceau et journal", tuple(_traces(grounds, imprint))),
        ),
        imprint=imprint,
    )


def _dates(grounds: ConsentGrounds, facts: Mapping[str, Any], happened: str) -> Rows:
    if before := grounds.before:
        yield dated(_happened(before.kind), before.occurred_at)
    if given_on := facts.get("given_on"):
        given = datetime.combine(date.fromisoformat(given_on), time(), PARIS)
        yield Row("Accord donné, selon l’expéditeur, le", day_in_paris(given))
    yield dated(happened, grounds.event.occurred_at)
    if expires_at := facts.get("expires_at"):
        yield dated("Fin du délai pour répondre", datetime.fromisoformat(expires_at))


def _sender(facts: Mapping[str, Any], chain: str) -> Rows:
    """Name the sender; what was written before events named him says only whose journal it is."""
    if sender := facts.get("sender"):
        yield from sender_rows(sender)
    else:
        yield Row("Son journal dans l’installation", code=chain)


def _consent(facts: Mapping[str, Any]) -> Rows:
    """Say how it was given, and on which document that rests, as far as the journal tells."""
    if means := facts.get("means"):
        yield Row("Comment, selon l’expéditeur", means)
    if document := facts.get("document"):
        yield Row("Document à l’appui", document["name"])
        yield Row("Son empreinte (SHA-256)", code=document["sha256"])
    if ip := facts.get("ip"):
        yield Row("Répondu depuis l’adresse IP", code=ip)
    yield Row("Vaut pour", "cette adresse électronique, et aucune autre")


def _traces(grounds: ConsentGrounds, imprint: Imprint) -> Rows:
    yield from seal_rows(imprint, grounds.event.chain)
    for step in grounds.steps:
        yield Row(f"{_happened(step.kind)}, écriture nº\u00a0{step.sequence}", code=step.entry_hash)


def _happened(kind: EventKind) -> str:
    return WORDINGS[kind].happened if kind in WORDINGS else _OF_REQUESTS[kind]
