"""Why a notice failed, in words that say what to do: by the status code, else by the server's."""

import re
from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from webapp.accounts import mail_problems
from webapp.evidence.kinds import NO_ANSWER, EventKind
from webapp.letters.mending import RETURNED
from webapp.mail import ABOUT_THE_MESSAGE

UNKNOWN_ADDRESS, UNKNOWN_DOMAIN = "unknown_address", "unknown_domain"
REASONS: Mapping[str, str] = {
    UNKNOWN_ADDRESS: _l("adresse inconnue"),
    UNKNOWN_DOMAIN: _l("domaine inconnu : ce qui suit le @ n’existe pas"),
    "mailbox_full": _l("boîte pleine"),
    "mailbox_closed": _l("boîte fermée ou désactivée"),
    "refused_as_spam": _l("refusé comme indésirable"),
    "too_large": _l("message trop volumineux"),
    "unreachable": _l("serveur du destinataire injoignable"),
}

_BY_STATUS = {
    "5.1.2": UNKNOWN_DOMAIN,
    "5.4.4": UNKNOWN_DOMAIN,
    "5.4.310": UNKNOWN_DOMAIN,
    "5.4.1": UNKNOWN_ADDRESS,  # so Microsoft says that a recipient is not found
    "5.2.0": "mailbox_closed",
    "5.2.1": "mailbox_closed",
    "5.2.2": "mailbox_full",
    "4.2.2": "mailbox_full",
    "5.2.3": "too_large",
    "5.3.4": "too_large",
    "4.4.1": "unreachable",
    "4.4.2": "unreachable",
    "4.4.7": "unreachable",
}
_BY_BEGINNING = {"5.1.": UNKNOWN_ADDRESS, "5.7.": "refused_as_spam", "4.4.": "unreachable"}
_BY_WORDS = (
    (
        UNKNOWN_DOMAIN,
        r"(host|domain)( or domain)?( name)? not found|no such domain|domaine inconnu|nxdomain",
    ),
    ("mailbox_full", r"quota|mailbox.{0,20}full|bo[iî]te.{0,20}pleine|insufficient.{0,20}storage"),
    ("too_large", r"too (large|big)|size limit|trop (volumineux|gros)"),
    ("mailbox_closed", r"disabled|inactive|suspended|d[eé]sactiv"),
    ("refused_as_spam", r"spam|blacklist|block ?list|blocked|reputation|ind[eé]sirable"),
    (
        UNKNOWN_ADDRESS,
        r"unknown|no such|not exist|not found|unavailable|invalid|inconnu|introuvable|no mailbox",
    ),
)
_STATUS = re.compile(r"(?<![\d.])([45]\.\d{1,3}\.\d{1,3})(?![\d.])")


def reason(problem: str) -> str:
    """Name why a notice failed, by a key of `REASONS`; empty where nothing says it.

    :param problem: as an addressee's row keeps it, `stage: words` or `returned: status words`.
    """
    found = _STATUS.search(problem)
    status = found[1] if found else ""
    by_status = _BY_STATUS.get(status) or _BY_BEGINNING.get(status[:4])
    if by_status:
        return by_status
    words = problem.lower()
    return next((name for name, pattern in _BY_WORDS if re.search(pattern, words)), "")


ASKED, NOT_GIVEN = str(EventKind.CONSENT_REQUESTED), str(EventKind.CONSENT_REFUSED)
_WITHOUT_CONSENT = {
    ASKED: _l("La demande d’accord n’a pas pu être remise : rien n’est parti."),
    NOT_GIVEN: _l("L’accord a été refusé : rien n’est parti. Le papier reste possible."),
}


_ASK_AGAIN = _l(
    "Corrigez l’adresse du contact, et redemandez l’accord pour la nouvelle, ou écrivez sur papier."
)


def told_of_request(problem: str) -> str:
    """Say in words why a request for consent did not arrive, with the server's own after it."""
    stage, _separator, words = problem.partition(": ")
    name = reason(problem)
    why = str(REASONS[name]) if name else _("le serveur ne dit pas clairement pourquoi")
    if stage == RETURNED:
        return str(
            _("Elle est revenue : %(why)s (mots du serveur : %(words)s).", why=why, words=words)
        )
    said = mail_problems.told(problem)
    if name and stage in ABOUT_THE_MESSAGE:
        return str(_("Elle a été refusée : %(why)s. %(said)s", why=why, said=said))
    return said


def _refused(words: str) -> str:
    if words != NO_ANSWER:
        return str(_WITHOUT_CONSENT[NOT_GIVEN])
    return str(
        _(
            "Pas de réponse à la demande d’accord dans le délai, ce qui est un refus : rien n’est "
            "parti. Le papier reste possible."
        )
    )


def told(problem: str) -> str:
    """Say in words why a notice did not arrive, with the server's own after it if it said any."""
    if problem == EventKind.CONSENT_WITHDRAWN:
        return str(
            _("L’accord pour cette adresse a été retiré avant le départ : rien n’est parti.")
        )
    if problem == EventKind.CONSENT_REQUEST_TAKEN_BACK:
        return str(
            _(
                "Votre association a retiré sa demande d’accord : rien n’est parti. Corrigez "
                "l’adresse, avec l’accord de la personne, ou envoyez sur papier."
            )
        )
    stage, _separator, words = problem.partition(": ")
    if stage == ASKED:
        return f"{_WITHOUT_CONSENT[ASKED]} {told_of_request(words)} {_ASK_AGAIN}"
    if stage == NOT_GIVEN:
        return _refused(words)
    if stage not in (RETURNED, *ABOUT_THE_MESSAGE):
        return mail_problems.told(problem)
    name = reason(problem)
    why = str(REASONS[name]) if name else _("le serveur ne dit pas clairement pourquoi")
    if stage == RETURNED:
        return str(
            _("L’avis est revenu : %(why)s (mots du serveur : %(words)s).", why=why, words=words)
        )
    if not name:
        return mail_problems.told(problem)
    said = mail_problems.told(problem)
    return str(_("Avis refusé : %(why)s. %(said)s", why=why, said=said))
