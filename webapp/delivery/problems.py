"""What a page says of a notice that has not left, in words that help."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

STAGES = {
    "name": _l("trouver le serveur de messagerie"),
    "connect": _l("se connecter au serveur de messagerie"),
    "tls": _l("chiffrer la connexion"),
    "login": _l("ouvrir le compte de messagerie"),
    "sender": _l("annoncer l’adresse d’envoi"),
    "recipient": _l("annoncer l’adresse du destinataire"),
    "data": _l("remettre le message"),
}


def told(problem: str) -> str:
    """Say at which stage a notice stopped, with the server's own words after it.

    :param problem: as an addressee's row keeps it, `stage: words`.
    """
    stage, _separator, words = problem.partition(": ")
    if stage not in STAGES:
        return words or problem
    return str(
        _("L’avis s’est arrêté ici : %(stage)s (%(words)s).", stage=STAGES[stage], words=words)
    )
