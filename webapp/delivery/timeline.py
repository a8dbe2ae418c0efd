"""What happened to one recipient, step by step, in the words of the post office."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from webapp.database import AnySession
from webapp.delivery import answer_details
from webapp.delivery.reasons import told
from webapp.evidence.journal import (
    RecordedEvent,
    addressee_subject,
    entries_about,
    letter_chain,
    letter_subject,
)
from webapp.evidence.kinds import EventKind
from webapp.letters.mending import RETURNED
from webapp.letters.models import Addressee, Channel, Letter
from webapp.web.templating import moment, plain_day

Facts = Mapping[str, Any]

TITLES = {
    EventKind.SUBMISSION_ACCEPTANCE: _l("Courrier déposé"),
    EventKind.NOTIFICATION_FOR_ACCEPTANCE: _l("Avis envoyé"),
    EventKind.NOTIFICATION_FOR_ACCEPTANCE_FAILURE: _l("Avis non remis"),
    EventKind.NOTIFICATION_DELIVERED: _l("Avis remis, selon la messagerie du destinataire"),
    EventKind.NOTICE_DELAYED: _l("Avis retardé : la messagerie essaie encore"),
    EventKind.NOTICE_RETURNED_LATE: _l("Message de retour, sans effet sur l’état"),
    EventKind.AUTOMATIC_REPLY: _l("Réponse automatique reçue"),
    EventKind.ADDRESS_CORRECTED: _l("Adresse corrigée, avis à envoyer de nouveau"),
    EventKind.CHANNEL_CHANGED: _l("Envoi sur papier à la place de l’e-mail"),
    EventKind.NOTIFICATION_REMINDER: _l("Rappel envoyé"),
    EventKind.REMINDERS_STOPPED: _l("Rappels arrêtés par le destinataire"),
    EventKind.NOTIFICATION_ACCESS_TRACKING: _l("Page ouverte, peut-être par une machine"),
    EventKind.CONTENT_ACCESS_TRACKING: _l("Courrier ouvert, peut-être par une machine"),
    EventKind.CODE_SENT: _l("Code envoyé au destinataire, à sa demande"),
    EventKind.CODE_VERIFIED: _l("Code recopié : l’adresse est bien celle de qui répond"),
    EventKind.IDENTITY_CORRECTED: _l("Nom corrigé par le destinataire"),
    EventKind.CONSIGNMENT_ACCEPTANCE: _l("Courrier accepté"),
    EventKind.CONSIGNMENT_REJECTION: _l("Courrier refusé"),
    EventKind.ACCEPTANCE_REJECTION_EXPIRY: _l("Courrier non réclamé dans les quinze jours"),
    EventKind.CONTENT_CONSIGNMENT: _l("Contenu mis à disposition"),
    EventKind.RELAY_TO_NON_ERDS: _l("Lettre remise à la poste"),
    EventKind.PAPER_DELIVERED: _l("Lettre distribuée par la poste"),
    EventKind.PAPER_RETURNED: _l("Lettre revenue à l’expéditeur"),
    EventKind.SUBMISSION_CANCELLED: _l("Envoi annulé avant son départ"),
    EventKind.SENDING_PAUSED: _l("Envoi des avis mis en pause"),
    EventKind.SENDING_RESUMED: _l("Envoi des avis repris"),
    EventKind.DEPARTURE_CHANGED: _l("Date de départ changée"),
    EventKind.CONSENT_OBTAINED: _l("Accord obtenu : l’avis peut partir"),
}


@dataclass(frozen=True)
class Step:
    """One event: its moment (aware), its title, and what it says beside, a line each."""

    at: datetime
    title: str
    details: Sequence[str]


def timeline(session: AnySession, letter: Letter, addressee: Addressee) -> list[Step]:
    """Tell a recipient's events from the journal, the first one first, and those of all."""
    chain = letter_chain(letter.number)
    events = entries_about(session, chain, addressee_subject(addressee.number))
    if addressee.channel == Channel.EMAIL:
        of_all = entries_about(session, chain, letter_subject(letter.number))
        events += [event for event in of_all if event.kind == EventKind.DEPARTURE_CHANGED]
    return [step(event) for event in sorted(events, key=lambda event: event.sequence)]


def step(event: RecordedEvent) -> Step:
    """Tell one event; its facts may have been purged."""
    details = _DETAILS.get(event.kind)
    lines = list(details(event.facts)) if details and event.facts else []
    return Step(event.occurred_at, _title(event), lines)


def _title(event: RecordedEvent) -> str:
    if event.facts and event.facts.get("reason", "").startswith(f"{RETURNED}:"):
        return str(_("Avis revenu : il n’est pas arrivé"))
    return str(TITLES.get(event.kind, event.kind))


def _deposit(facts: Facts) -> Iterator[str]:
    if "asks_consent" in facts:
        yield _("L’avis attend l’accord du destinataire, demandé par e-mail.")
    if facts["consent"]:
        yield _("Accord du destinataire : %(means)s", means=facts["consent"])


def _notice(facts: Facts) -> Iterator[str]:
    yield _("À l’adresse %(email)s.", email=facts["email"])
    yield _("Le serveur de messagerie l’a pris en charge : %(words)s", words=facts["server"])


def _failure(facts: Facts) -> Iterator[str]:
    yield _("À l’adresse %(email)s.", email=facts["email"])
    if "tried_since" in facts:
        since = moment(datetime.fromisoformat(facts["tried_since"]))
        yield _("Essayé sans succès depuis le %(moment)s.", moment=since)
    yield told(facts["reason"])


def _said_by_mail(facts: Facts) -> Iterator[str]:
    if facts["status"] or facts["words"]:
        words = f"{facts['status']} {facts['words']}".strip()
        yield _("Mots du message : %(words)s", words=words)


def _corrected(facts: Facts) -> Iterator[str]:
    yield _("De %(old)s à %(new)s.", old=facts["old_email"], new=facts["email"])
    if facts["consent"]:
        yield _("Accord du destinataire : %(means)s", means=facts["consent"])
    yield _("Par %(name)s.", name=facts["corrected_by"])


def _obtained(facts: Facts) -> Iterator[str]:
    yield _("À l’adresse %(email)s.", email=facts["email"])
    yield _("Accord du destinataire : %(means)s", means=facts["consent"])
    yield _("Numéro de l’accord : %(number)s", number=facts["number"])


def _on_paper(facts: Facts) -> Iterator[str]:
    yield _("À l’adresse %(address)s.", address=facts["postal_address"].replace("\n", ", "))
    yield _("Par %(name)s.", name=facts["changed_by"])


def _departure(facts: Facts) -> Iterator[str]:
    leaves_at = datetime.fromisoformat(facts["leaves_at"])
    yield _("Les avis partent le %(moment)s.", moment=moment(leaves_at))
    yield _("Par %(name)s.", name=facts["changed_by"])


def _posted(facts: Facts) -> Iterator[str]:
    yield _("Déposée le %(day)s.", day=_day(facts["posted_on"]))
    if facts.get("item_number"):
        yield _("Numéro de l’envoi postal : %(number)s", number=facts["item_number"])


def _delivered(facts: Facts) -> Iterator[str]:
    yield _("Distribuée le %(day)s.", day=_day(facts["delivered_on"]))
    if facts.get("signed_by"):
        yield _("Signé par : %(name)s", name=facts["signed_by"])


def _returned(facts: Facts) -> Iterator[str]:
    yield _("Revenue le %(day)s.", day=_day(facts["returned_on"]))
    if facts["reason"]:
        yield _("Motif : %(reason)s", reason=facts["reason"])


def _by_whom(facts: Facts) -> Iterator[str]:
    yield _("Par %(name)s.", name=facts["decided_by"])


def _cancelled(facts: Facts) -> Iterator[str]:
    yield _("Par %(name)s.", name=facts["cancelled_by"])


def _day(text: str) -> str:
    return plain_day(date.fromisoformat(text))


_DETAILS: Mapping[EventKind, Callable[[Facts], Iterator[str]]] = {
    EventKind.SUBMISSION_ACCEPTANCE: _deposit,
    EventKind.NOTIFICATION_FOR_ACCEPTANCE: _notice,
    EventKind.NOTIFICATION_FOR_ACCEPTANCE_FAILURE: _failure,
    EventKind.NOTIFICATION_DELIVERED: _said_by_mail,
    EventKind.NOTICE_DELAYED: _said_by_mail,
    EventKind.NOTICE_RETURNED_LATE: _said_by_mail,
    EventKind.AUTOMATIC_REPLY: _said_by_mail,
    EventKind.ADDRESS_CORRECTED: _corrected,
    EventKind.CHANNEL_CHANGED: _on_paper,
    EventKind.NOTIFICATION_REMINDER: _notice,
    EventKind.REMINDERS_STOPPED: answer_details.from_where,
    EventKind.CONSIGNMENT_ACCEPTANCE: answer_details.answer,
    EventKind.CONSIGNMENT_REJECTION: answer_details.answer,
    EventKind.CODE_SENT: answer_details.code_sent,
    EventKind.CODE_VERIFIED: answer_details.from_where,
    EventKind.IDENTITY_CORRECTED: answer_details.corrected,
    EventKind.NOTIFICATION_ACCESS_TRACKING: answer_details.opened,
    EventKind.CONTENT_ACCESS_TRACKING: answer_details.opened,
    EventKind.RELAY_TO_NON_ERDS: _posted,
    EventKind.PAPER_DELIVERED: _delivered,
    EventKind.PAPER_RETURNED: _returned,
    EventKind.SUBMISSION_CANCELLED: _cancelled,
    EventKind.SENDING_PAUSED: _by_whom,
    EventKind.SENDING_RESUMED: _by_whom,
    EventKind.DEPARTURE_CHANGED: _departure,
    EventKind.CONSENT_OBTAINED: _obtained,
}
