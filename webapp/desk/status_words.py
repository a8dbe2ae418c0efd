"""What the state of the service is called, and what to do about what is not well."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _

from webapp.desk import witness_words
from webapp.desk.status import Status
from webapp.web.templating import file_size, moment, number


@dataclass(frozen=True)
class StatusLine:
    """A figure in words; `advice` says what to do about it, and is empty while it is well."""

    label: str
    value: str
    advice: str = ""


def lines(status: Status) -> Iterator[StatusLine]:
    """Tell everything, in the order in which to look at it."""
    for name, label in _checks().items():
        is_well = status.checks[name]
        value = _("en ordre") if is_well else _("à regarder")
        yield StatusLine(label, value, _advice(status, name))
    yield from _queue(status)
    yield from _sent(status)
    yield from _witness(status)
    yield StatusLine(
        _("Place libre sur le disque"), file_size(status.disk_free), _advice(status, "disk_free")
    )


def _checks() -> dict[str, str]:
    return {
        "database": _("La base de données répond"),
        "migration": _("La base de données est à jour"),
        "files": _("Le dossier des fichiers peut être écrit"),
        "worker": _("L’envoi automatique (« plirec worker ») tourne"),
    }


def _queue(status: Status) -> Iterator[StatusLine]:
    yield StatusLine(_("Envoi vu pour la dernière fois"), _at(status.worker_seen, _("jamais")))
    yield StatusLine(_("À faire maintenant (avis, délais finis)"), number(status.due))
    yield StatusLine(
        _("Le plus ancien attend depuis"), _at(status.oldest_due, "–"), _advice(status, "due")
    )
    yield StatusLine(
        _("Laissés par un arrêt brutal, bientôt repris"), number(status.leases_expired)
    )
    yield _pause(status)
    yield StatusLine(_("Avis que la messagerie n’a pas encore pris"), number(status.retrying))
    yield from _seals(status)
    yield StatusLine(
        _("Listes à lire"), number(status.imports_waiting), _advice(status, "imports_waiting")
    )


def _seals(status: Status) -> Iterator[StatusLine]:
    """Say how many proofs wait for their seal, since when, and why."""
    count = number(status.proofs_due)
    if status.oldest_proof_due:
        since = moment(status.oldest_proof_due)
        count = _("%(count)s, la plus ancienne depuis le %(moment)s", count=count, moment=since)
    yield StatusLine(_("Preuves en attente de sceau"), count, _advice(status, "proofs_due"))
    if status.stamp_missing:
        why = witness_words.stopped(status.stamp_problem)
        value = _(
            "rien depuis le %(moment)s : %(why)s", moment=moment(status.stamp_missing), why=why
        )
        yield StatusLine(_("Horodatage des sceaux"), value, _advice(status, "stamp_missing"))
    if status.proof_failing:
        value = _(
            "depuis le %(moment)s, à l’écriture %(problem)s",
            moment=moment(status.proof_failing),
            problem=status.proof_problem,
        )
        yield StatusLine(_("Preuve qui ne se fait pas"), value, _advice(status, "proof_failing"))


def _pause(status: Status) -> StatusLine:
    label, advice = _("En pause, jusqu’à ce que quelqu’un reprenne"), ""
    value = number(status.paused)
    if status.all_paused_at:
        value = _(
            "tous les avis, depuis le %(moment)s (%(count)s à faire)",
            moment=moment(status.all_paused_at),
            count=value,
        )
        advice = _("Quand vous voudrez : « Laisser repartir les avis », sur la page Messagerie.")
    elif status.paused:
        advice = _("Quand vous voudrez : « Reprendre l’envoi des avis », sur la page du courrier.")
    return StatusLine(label, value, advice)


def _sent(status: Status) -> Iterator[StatusLine]:
    yield StatusLine(_("Avis partis dans l’heure"), number(status.sent_last_hour))
    yield StatusLine(_("Avis partis en un jour"), number(status.sent_last_day))
    yield StatusLine(_("Avis refusés dans l’heure"), number(status.failed_last_hour))
    yield StatusLine(_("Avis refusés en un jour"), number(status.failed_last_day))


def _witness(status: Status) -> Iterator[StatusLine]:
    drift = status.clock_drift
    said = witness_words.drift(timedelta(seconds=drift)) if drift is not None else _("inconnue")
    yield StatusLine(_("Dernière racine du journal"), _at(status.root_made, _("aucune")))
    yield StatusLine(_("Horloge, au dernier horodatage"), said, _advice(status, "clock_drift"))


def _at(at: datetime | None, none: str) -> str:
    return moment(at) if at else none


def _advice(status: Status, name: str) -> str:
    return _advices()[name] if name in status.problems else ""


def _advices() -> dict[str, str]:
    return {
        "database": _("Regardez si elle tourne, et si DATABASE_URL la désigne."),
        "migration": _("Arrêtez Plirec, lancez « plirec database upgrade », puis relancez."),
        "files": _("Rendez le dossier « files » des données au compte qui lance Plirec."),
        "worker": _(
            "Rien ne part. Relancez Plirec, ou « plirec worker » ; avec cron, regardez si sa ligne "
            "est toujours là."
        ),
        "due": _(
            "Si l’envoi tourne, la messagerie ne prend pas les avis : la page du courrier montre "
            "sa réponse, et « Messagerie » permet un essai."
        ),
        "proofs_due": _(
            "Après un gros envoi, attendez. Sinon le journal du service dit pourquoi une preuve ne "
            "se fait pas."
        ),
        "stamp_missing": _(
            "Les preuves attendent six heures au plus, puis sont scellées sans cet horodatage. "
            "Regardez l’adresse de l’autorité, sur la page Témoin extérieur."
        ),
        "proof_failing": _(
            "Elle est essayée de nouveau toutes les dix minutes. Le journal du service dit "
            "pourquoi elle ne se fait pas : souvent un disque plein, ou un dossier « keys » qui "
            "manque."
        ),
        "imports_waiting": _("Relancez « plirec worker » : c’est lui qui lit les grosses listes."),
        "clock_drift": _(
            "Laissez le système régler l’heure : les dates des preuves en dépendent. L’écart est "
            "mesuré de nouveau au prochain horodatage."
        ),
        "disk_free": _("Faites de la place, ou agrandissez le disque, avant qu’il soit plein."),
    }
