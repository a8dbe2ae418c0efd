"""What each kind of proof says of its own: its title, its statement, its dates and its sections."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from webapp.evidence.answer_rows import who_answered
from webapp.evidence.grounds import Grounds
from webapp.evidence.kinds import EventKind
from webapp.evidence.moments import last_day_in_paris
from webapp.evidence.proof_kinds import ProofKind
from webapp.evidence.rows import Row, Rows, Section, dated

STAGES = {
    "login": "d’ouvrir le compte de messagerie",
    "recipient": "d’annoncer l’adresse du destinataire",
    "data": "de remettre le message",
}
"""Where a notice can be refused for good, as the journal names it before the server's words."""


class Wording(NamedTuple):
    """How one kind of proof is written."""

    title: str
    statement: Callable[[Grounds], str]
    dates: Callable[[Grounds], Rows]
    sections: Callable[[Grounds], Iterator[Section]]


def _deposit(grounds: Grounds) -> str:
    if grounds.is_paper:
        return (
            "L’expéditeur nommé ci-dessous a déposé ce courrier dans Plirec, pour le remettre "
            "lui-même à la poste à l’adresse du destinataire nommé ci-dessous."
        )
    return (
        "L’expéditeur nommé ci-dessous a déposé ce courrier pour le destinataire nommé ci-dessous."
    )


def _sending(_grounds: Grounds) -> str:
    return (
        "L’avis qui annonce ce courrier au destinataire nommé ci-dessous a été envoyé à son "
        "adresse électronique. Il peut l’accepter ou le refuser jusqu’à la fin du délai."
    )


def _reception(_grounds: Grounds) -> str:
    return "Le destinataire nommé ci-dessous a été avisé, a accepté ce courrier et l’a reçu."


def _refusal(grounds: Grounds) -> str:
    return "Le destinataire nommé ci-dessous a été avisé et a refusé ce courrier. " + _unseen(
        grounds
    )


def _non_claim(grounds: Grounds) -> str:
    return (
        "Le destinataire nommé ci-dessous a été avisé et n’a ni accepté ni refusé ce courrier dans "
        "les quinze jours, comptés à partir du lendemain de l’envoi de l’avis\u00a0: le courrier "
        "est non réclamé (négligé). " + _unseen(grounds)
    )


def _failure(grounds: Grounds) -> str:
    if _came_back(grounds):
        return (
            "L’avis qui devait annoncer ce courrier au destinataire nommé ci-dessous a été envoyé, "
            "puis est revenu\u00a0: un serveur de messagerie a fait savoir qu’il n’a pas pu être "
            "remis. Le délai pour répondre ne compte pas."
        )
    if _was_withdrawn(grounds):
        return (
            "L’avis qui devait annoncer ce courrier au destinataire nommé ci-dessous n’est pas "
            "parti\u00a0: avant son départ, l’expéditeur a noté que l’accord du destinataire pour "
            "cette adresse était retiré. Le délai pour répondre n’a pas commencé."
        )
    if _lacked_consent(grounds):
        return (
            "L’avis qui devait annoncer ce courrier au destinataire nommé ci-dessous n’est pas "
            "parti\u00a0: son accord, que la loi demande d’un particulier, lui a été demandé pour "
            "cette adresse et n’a pas été obtenu. Le délai pour répondre n’a pas commencé."
        )
    if "tried_since" in grounds.facts_of(grounds.event):
        return (
            "L’avis qui devait annoncer ce courrier au destinataire nommé ci-dessous n’a pas pu "
            "être remis au serveur de messagerie, malgré des essais répétés pendant quarante-huit "
            "heures\u00a0: le délai pour répondre n’a pas commencé."
        )
    return (
        "L’avis qui devait annoncer ce courrier au destinataire nommé ci-dessous a été refusé par "
        "le serveur de messagerie\u00a0: il n’a pas été envoyé, et le délai pour répondre n’a pas "
        "commencé."
    )


def _came_back(grounds: Grounds) -> bool:
    """Say whether the notice had left: what came back is named by its bytes."""
    return "sha256" in grounds.facts_of(grounds.event)


def _was_withdrawn(grounds: Grounds) -> bool:
    """Say whether nothing was tried, since the individual had taken his consent back."""
    return bool(grounds.facts_of(grounds.event)["reason"] == EventKind.CONSENT_WITHDRAWN)


def _lacked_consent(grounds: Grounds) -> bool:
    """Say whether the individual was asked first, and did not agree, or could not be asked."""
    return _stage(grounds) in (
        EventKind.CONSENT_REFUSED,
        EventKind.CONSENT_REQUESTED,
        EventKind.CONSENT_REQUEST_TAKEN_BACK,
    )


def _stage(grounds: Grounds) -> str:
    return str(grounds.facts_of(grounds.event)["reason"]).partition(": ")[0]


def _why_no_consent(grounds: Grounds) -> str:
    if _stage(grounds) == EventKind.CONSENT_REQUESTED:
        return "la demande d’accord n’a pas pu être remise"
    if _stage(grounds) == EventKind.CONSENT_REQUEST_TAKEN_BACK:
        return "l’expéditeur a retiré sa demande d’accord"
    reason = grounds.facts_of(grounds.event)["reason"]
    return "pas de réponse dans le délai" if ": " in reason else "accord refusé"


def _unseen(grounds: Grounds) -> str:
    """Say what stayed hidden; the notice may have named the sender, who chooses that."""
    if grounds.facts_of(grounds.letter)["names_sender"]:
        return "Le contenu ne lui a pas été montré."
    return "Ni le contenu ni le nom de l’expéditeur ne lui ont été montrés."


def _deposit_dates(grounds: Grounds) -> Rows:
    yield dated("Dépôt", grounds.last(EventKind.SUBMISSION_ACCEPTANCE).occurred_at)


def _notice_dates(grounds: Grounds) -> Rows:
    yield from _deposit_dates(grounds)
    yield dated("Envoi de l’avis", grounds.last(EventKind.NOTIFICATION_FOR_ACCEPTANCE).occurred_at)


def _term(grounds: Grounds) -> Rows:
    ends_at = _ends_at(grounds)
    yield dated("Fin du délai prévu", ends_at)
    yield Row("Dernier jour pour répondre", f"{last_day_in_paris(ends_at)} inclus")


def _ends_at(grounds: Grounds) -> datetime:
    notice = grounds.facts_of(grounds.last(EventKind.NOTIFICATION_FOR_ACCEPTANCE))
    return datetime.fromisoformat(notice["expires_at"])


def _sending_dates(grounds: Grounds) -> Rows:
    yield from _notice_dates(grounds)
    yield from _term(grounds)


def _answered(label: str) -> Callable[[Grounds], Rows]:
    def dates(grounds: Grounds) -> Rows:
        yield from _notice_dates(grounds)
        yield dated(label, grounds.event.occurred_at)
        yield dated("Fin du délai prévu", _ends_at(grounds))

    return dates


def _non_claim_dates(grounds: Grounds) -> Rows:
    yield from _sending_dates(grounds)
    yield dated("Constat", grounds.event.occurred_at)


def _failure_dates(grounds: Grounds) -> Rows:
    came_back = _came_back(grounds)
    yield from _notice_dates(grounds) if came_back else _deposit_dates(grounds)
    if since := grounds.facts_of(grounds.event).get("tried_since"):
        yield dated("Premier essai", datetime.fromisoformat(since))
    yield dated("Retour de l’avis" if came_back else "Échec de l’avis", grounds.event.occurred_at)


def _notice(grounds: Grounds) -> Rows:
    facts = grounds.facts_of(grounds.last(EventKind.NOTIFICATION_FOR_ACCEPTANCE))
    yield Row("Avis envoyé à", facts["email"])
    yield Row("Réponse du serveur de messagerie", facts["server"])
    yield Row("Numéro du message (Message-ID)", code=facts["message_id"])
    is_named = grounds.facts_of(grounds.letter)["names_sender"]
    yield Row("Expéditeur nommé dans l’avis", "Oui" if is_named else "Non, il était caché")


def _no_sections(_grounds: Grounds) -> Iterator[Section]:
    yield from ()


def _sending_sections(grounds: Grounds) -> Iterator[Section]:
    yield Section("Avis", tuple(_notice(grounds)))


def _reception_sections(grounds: Grounds) -> Iterator[Section]:
    acceptance = grounds.facts_of(grounds.event)
    yield Section(
        "Avis et acceptation",
        (
            *_notice(grounds),
            *who_answered(acceptance, "Nom déclaré en acceptant"),
            Row("Accepté depuis l’adresse IP", code=acceptance["ip"]),
        ),
    )


def _refusal_sections(grounds: Grounds) -> Iterator[Section]:
    refusal = grounds.facts_of(grounds.event)
    ip = Row("Refusé depuis l’adresse IP", code=refusal["ip"])
    who = who_answered(refusal, "Nom déclaré en refusant")
    yield Section("Avis et refus", (*_notice(grounds), *who, ip))


def _failure_sections(grounds: Grounds) -> Iterator[Section]:
    facts = grounds.facts_of(grounds.event)
    if _came_back(grounds):
        yield Section("Retour de l’avis", tuple(_returned(grounds)))
        return
    stage, _separator, words = facts["reason"].partition(": ")
    known = STAGES.get(stage)
    rows = [Row("Avis destiné à", facts["email"])]
    if _was_withdrawn(grounds):
        yield Section("Échec de l’avis", (*rows, Row("Motif", "accord retiré")))
        return
    if _lacked_consent(grounds):
        yield Section("Échec de l’avis", (*rows, Row("Motif", _why_no_consent(grounds))))
        return
    if known:
        rows.append(
            Row("Arrêté au moment" if "tried_since" in facts else "Refusé au moment", known)
        )
    rows.append(Row("Motif, mots du serveur", words if known else facts["reason"]))
    yield Section("Échec de l’avis", tuple(rows))


def _returned(grounds: Grounds) -> Rows:
    facts = grounds.facts_of(grounds.event)
    yield from _notice(grounds)
    if facts["status"]:
        yield Row("Code de l’échec (RFC 3463)", code=facts["status"])
    if facts["words"]:
        yield Row("Motif, mots du serveur", facts["words"])
    yield Row("Empreinte du message revenu (SHA-256)", code=facts["sha256"])


WORDINGS: Mapping[ProofKind, Wording] = {
    ProofKind.DEPOSIT: Wording("Preuve de dépôt", _deposit, _deposit_dates, _no_sections),
    ProofKind.SENDING: Wording("Preuve d’envoi", _sending, _sending_dates, _sending_sections),
    ProofKind.RECEPTION: Wording(
        "Preuve de réception", _reception, _answered("Réception"), _reception_sections
    ),
    ProofKind.REFUSAL: Wording("Preuve de refus", _refusal, _answered("Refus"), _refusal_sections),
    ProofKind.NON_CLAIM: Wording(
        "Preuve de non-réclamation", _non_claim, _non_claim_dates, _sending_sections
    ),
    ProofKind.FAILURE: Wording(
        "Preuve d’échec de l’avis", _failure, _failure_dates, _failure_sections
    ),
}
