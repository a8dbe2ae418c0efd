"""What pages call the states, in the words of the post office."""

from flask_babel import lazy_gettext as _l

from webapp.letters.steps import State

LABELS = {
    State.SUBMITTED: _l("en cours d’envoi"),
    State.NOTIFIED: _l("avis envoyé"),
    State.ACCEPTED: _l("accepté"),
    State.REJECTED: _l("refusé"),
    State.EXPIRED: _l("non réclamé"),
    State.FAILED: _l("échec de l’envoi"),
}
BADGES = {
    State.SUBMITTED: "waiting",
    State.NOTIFIED: "waiting",
    State.ACCEPTED: "success",
    State.REJECTED: "refused",
    State.EXPIRED: "refused",
    State.FAILED: "error",
}
