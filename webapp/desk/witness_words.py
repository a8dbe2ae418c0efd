"""What the page and the status say of stamps, clocks and the mails of roots."""

from datetime import timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from webapp.accounts import mail_problems
from webapp.delivery.witnessing import NO_WITNESS
from webapp.mail import DeliveryProblem
from webapp.web.templating import number

STAGES = {
    "name": _l("trouver l’autorité"),
    "connect": _l("se connecter à l’autorité"),
    "tls": _l("chiffrer la connexion"),
    "time": _l("attendre la réponse"),
    "answer": _l("lire la réponse"),
    "status": _l("l’autorité a refusé"),
    "imprint": _l("l’horodatage porte sur autre chose que ce qui était demandé"),
    "nonce": _l("la réponse est celle d’une autre demande"),
    "signature": _l("la signature de l’horodatage n’est pas bonne"),
}


def drift(clocks: timedelta) -> str:
    """Say how far this machine's clock is from the authority's, which tells whole seconds.

    :param clocks: how far the authority's is ahead.
    """
    seconds = round(clocks.total_seconds())
    if abs(seconds) <= 1:
        return str(_("à l’heure, à une seconde près"))
    if seconds > 0:
        return str(_("en retard de %(seconds)s s", seconds=number(seconds)))
    return str(_("en avance de %(seconds)s s", seconds=number(-seconds)))


def stopped(problem: str) -> str:
    """Say where a request for a stamp stopped.

    :param problem: as an errand keeps it, `stage: words`.
    """
    stage, _separator, words = problem.partition(": ")
    return str(_("%(stage)s (%(words)s)", stage=STAGES.get(stage, stage), words=words))


def not_mailed(problem: str) -> str:
    """Say why a root did not leave for a witness, as an errand keeps it."""
    if problem == NO_WITNESS:
        return str(_("L’adresse n’est plus celle d’un témoin."))
    stage, _separator, words = problem.partition(": ")
    return mail_problems.stopped(DeliveryProblem(stage, words))
