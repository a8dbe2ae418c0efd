"""What pages call the states, in the words of the post office."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from webapp.letters.models import Channel
from webapp.letters.steps import State

LABELS: Mapping[str, str] = {
    State.SUBMITTED: _l("en cours d’envoi"),
    State.NOTIFIED: _l("avis envoyé"),
    State.ACCEPTED: _l("accepté"),
    State.REJECTED: _l("refusé"),
    State.EXPIRED: _l("non réclamé"),
    State.FAILED: _l("échec de l’envoi"),
    State.CANCELLED: _l("annulé avant l’envoi"),
    State.TO_POST: _l("à poster"),
    State.POSTED: _l("posté"),
    State.DELIVERED: _l("distribué"),
    State.RETURNED: _l("revenu à l’expéditeur"),
}
CHANNELS: Mapping[str, str] = {Channel.EMAIL: _l("par e-mail"), Channel.PAPER: _l("sur papier")}
STATUSES: Mapping[str, str] = {"professional": _l("Professionnel"), "individual": _l("Particulier")}
BADGES: Mapping[str, str] = {
    State.SUBMITTED: "waiting",
    State.NOTIFIED: "waiting",
    State.ACCEPTED: "success",
    State.REJECTED: "refused",
    State.EXPIRED: "refused",
    State.FAILED: "error",
    State.CANCELLED: "refused",
    State.TO_POST: "waiting",
    State.POSTED: "waiting",
    State.DELIVERED: "success",
    State.RETURNED: "refused",
}


def counted(count: int, state: str) -> str:
    """Say how many addressees are in a state, in the page's language."""
    texts = {
        State.SUBMITTED: ngettext("%(num)d en cours d’envoi", "%(num)d en cours d’envoi", count),
        State.NOTIFIED: ngettext("%(num)d avis envoyé", "%(num)d avis envoyés", count),
        State.ACCEPTED: ngettext("%(num)d accepté", "%(num)d acceptés", count),
        State.REJECTED: ngettext("%(num)d refusé", "%(num)d refusés", count),
        State.EXPIRED: ngettext("%(num)d non réclamé", "%(num)d non réclamés", count),
        State.FAILED: ngettext("%(num)d échec", "%(num)d échecs", count),
        State.CANCELLED: ngettext("%(num)d annulé", "%(num)d annulés", count),
        State.TO_POST: ngettext("%(num)d à poster", "%(num)d à poster", count),
        State.POSTED: ngettext("%(num)d posté", "%(num)d postés", count),
        State.DELIVERED: ngettext("%(num)d distribué", "%(num)d distribués", count),
        State.RETURNED: ngettext("%(num)d revenu", "%(num)d revenus", count),
    }
    return str(texts[State(state)])
