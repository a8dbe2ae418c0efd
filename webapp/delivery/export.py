"""The states of a letter's recipients, as a table for a spreadsheet."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from flask_babel import format_date, format_datetime
from flask_babel import gettext as _

from webapp.database import AnySession
from webapp.delivery.reasons import told
from webapp.letters.labels import CHANNELS, LABELS, STATUSES
from webapp.letters.models import Addressee, Channel, Letter
from webapp.letters.queries import addressees_in_order
from webapp.letters.term import last_day
from webapp.sheets import tables


def as_workbook(session: AnySession, letter: Letter) -> bytes:
    """Give the states as an xlsx workbook whose cells are all texts."""
    return tables.as_workbook(_("Destinataires"), _rows(session, letter))


def as_csv(session: AnySession, letter: Letter) -> bytes:
    """Give the states as CSV, in UTF-8."""
    return tables.as_csv(_rows(session, letter)).encode()


def _rows(session: AnySession, letter: Letter) -> Iterator[Sequence[str]]:
    yield (
        _("Numéro"),
        _("Destinataire"),
        _("Statut"),
        _("Mode d’envoi"),
        _("E-mail"),
        _("Adresse postale"),
        _("État"),
        _("Déposé"),
        _("Avis envoyé"),
        _("Dernier jour pour répondre"),
        _("Réponse"),
        _("Difficulté"),
    )
    for addressee in addressees_in_order(session, letter):
        yield _row(letter, addressee)


def _row(letter: Letter, addressee: Addressee) -> Sequence[str]:
    return (
        addressee.number,
        addressee.name or _("effacé"),
        str(STATUSES[addressee.status]),
        str(CHANNELS[addressee.channel]),
        addressee.email,
        addressee.postal_address.replace("\n", ", "),
        str(LABELS[addressee.state]),
        _moment(letter.submitted_at),
        _moment(addressee.notified_at),
        _day(last_day(addressee.expires_at)) if addressee.expires_at else "",
        _answered(addressee),
        told(addressee.problem) if addressee.problem else "",
    )


def _answered(addressee: Addressee) -> str:
    """Write when a recipient answered; of a paper letter, the day on the post's own paper."""
    if addressee.answered_at and addressee.channel == Channel.PAPER:
        return _day(addressee.answered_at)
    return _moment(addressee.answered_at)


def _day(at: datetime) -> str:
    return str(format_date(at, "yyyy-MM-dd"))


def _moment(at: datetime | None) -> str:
    """Write a moment (aware) in Europe/Paris so that it sorts, and Excel takes it for a date."""
    return str(format_datetime(at, "yyyy-MM-dd HH:mm")) if at else ""
