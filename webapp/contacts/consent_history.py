"""What happened to the consent of an address, in words."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from webapp.evidence.journal import RecordedEvent
from webapp.evidence.kinds import DATA_ERASED, NO_ANSWER, EventKind
from webapp.web.templating import plain_day

_TITLES = {
    EventKind.CONSENT_DECLARED: _l("Accord noté par l’expéditeur"),
    EventKind.CONSENT_REQUESTED: _l("Demande envoyée par e-mail"),
    EventKind.CONSENT_REQUEST_FAILED: _l("Demande non remise : elle n’est pas arrivée"),
    EventKind.CONSENT_REQUEST_TAKEN_BACK: _l("Demande retirée par l’expéditeur"),
    EventKind.CONSENT_GIVEN: _l("Accord donné par la personne"),
    EventKind.CONSENT_REFUSED: _l("Accord refusé par la personne"),
    EventKind.CONSENT_WITHDRAWN: _l("Accord retiré"),
}
_UNSPOKEN = {
    NO_ANSWER: _l("Délai terminé sans réponse : c’est un refus"),
    DATA_ERASED: _l("Données effacées à la demande de la personne : c’est un refus"),
}


class Told(NamedTuple):
    """One event: its moment (aware), its title, and what it says beside, a line each."""

    at: datetime
    title: str
    details: list[str]


def told(event: RecordedEvent) -> Told:
    """Tell one event; its facts may have been purged."""
    facts = event.facts or {}
    title = str(_UNSPOKEN.get(facts.get("reason", "")) or _TITLES.get(event.kind, event.kind))
    if event.kind == EventKind.CONSENT_WITHDRAWN and "ip" in facts:
        title = str(_("Accord retiré par la personne"))
    if event.kind == EventKind.CONSENT_REQUEST_FAILED and "reason" in facts:
        words = facts["reason"].partition(": ")[2]
        return Told(event.occurred_at, title, [_("Mots du serveur : %(words)s", words=words)])
    return Told(event.occurred_at, title, list(_details(facts)))


def _details(facts: Mapping[str, Any]) -> Iterator[str]:
    if "means" in facts:
        yield _("Comment : %(means)s", means=facts["means"])
    if "given_on" in facts:
        yield _("Donné le %(day)s.", day=plain_day(date.fromisoformat(facts["given_on"])))
    if "document" in facts:
        yield _("Document : %(name)s", name=facts["document"]["name"])
    if "server" in facts:
        yield _("Le serveur de messagerie l’a pris en charge : %(words)s", words=facts["server"])
    if "taken_back_by" in facts:
        yield _("Par %(name)s.", name=facts["taken_back_by"])
    if "ip" in facts:
        yield _("Depuis l’adresse IP %(address)s.", address=facts["ip"])
