"""What a page says of a message that has not left, in words that help."""

from datetime import datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from webapp.catalogue import N_
from webapp.mail import DeliveryProblem
from webapp.web.templating import near

SETTINGS = "settings"
"""The stage at which nothing was tried, because a setting stands in the way."""

NO_SERVER, NO_HTTPS, LOCAL, OTHER_KEY = "no_server", "no_https", "local", "other_key"
LIMIT = "limit"
"""The code before the moment at which the next message may leave."""

OBSTACLES = {
    NO_SERVER: N_("Aucun serveur de messagerie n’est réglé (SMTP_HOST)."),
    NO_HTTPS: N_(
        "L’adresse publique de Plirec (%(address)s) doit commencer par https:// pour que les "
        "avis partent. Demandez à la personne qui a installé Plirec de régler PUBLIC_URL."
    ),
    LOCAL: N_(
        "L’adresse publique de Plirec (%(address)s) n’existe que sur cette machine : les "
        "destinataires ne pourraient pas l’ouvrir. Demandez à la personne qui a installé "
        "Plirec de régler PUBLIC_URL."
    ),
    OTHER_KEY: N_("La clé keys/recipients n’est plus celle d’origine : restaurez la sauvegarde."),
}
"""By the code that an addressee's row keeps, with the public address after it where it is named."""

OF_THE_SERVER = (SETTINGS, "name", "connect", "tls", "login", "sender")
"""Stages at which a message stops whoever it is for."""

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

    :param problem: as an addressee's row keeps it, `stage: words`; the post's own words for paper.
    """
    stage, _separator, words = problem.partition(": ")
    code, _space, address = words.partition(" ")
    if stage == SETTINGS and code == LIMIT:
        when = near(datetime.fromisoformat(address))
        return str(_("La limite d’envoi est atteinte jusque vers %(when)s.", when=when))
    if stage == SETTINGS and code in OBSTACLES:
        return str(_(OBSTACLES[code]) % {"address": address})
    if stage not in STAGES:
        return problem
    return str(
        _(
            "L’avis s’est arrêté ici : %(stage)s (détail technique : %(words)s).",
            stage=STAGES[stage],
            words=words,
        )
    )


def stopped(problem: DeliveryProblem) -> str:
    """Say at which stage a message stopped, with the server's own words after it."""
    if problem.stage == SETTINGS:
        return told(str(problem))
    return str(
        _(
            "Le message n’est pas parti. Il s’est arrêté ici : %(stage)s (détail technique : "
            "%(words)s).",
            stage=STAGES.get(problem.stage, problem.stage),
            words=problem.words,
        )
    )
