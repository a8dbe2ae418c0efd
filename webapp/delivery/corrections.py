"""An address that failed is corrected, and the notice goes there; or the letter goes on paper."""

from collections.abc import Sequence
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from config import Config
from webapp import keys
from webapp.accounts.models import User
from webapp.contacts import consents
from webapp.contacts.messages import describe
from webapp.contacts.rules import INDIVIDUAL, Checked, Finding, check
from webapp.database import AnySession
from webapp.letters import mending
from webapp.letters.models import Addressee, Letter
from webapp.letters.steps import State
from webapp.web.paging import Page, page_of

PDF = "application/pdf"
_NAME_LENGTH = 120


class NotCorrected(Exception):
    """What stands in the way: of which field, and what to do about it."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


def failed_page(session: AnySession, letter: Letter, number: int) -> Page[Addressee]:
    """Give a page of those whose notice failed, in the order in which they were written."""
    rows = select(Addressee).where(
        Addressee.letter_id == letter.id, Addressee.state == State.FAILED
    )
    return page_of(session, rows.order_by(Addressee.position), number)


def correct(
    session: AnySession,
    config: Config,
    user: User,
    addressee: Addressee,
    email: str,
    means: str,
    now: datetime,
) -> None:
    """Send the notice to another address, or to the same once more; the caller commits.

    :param means: how and when an individual agreed to this very address, where that is not known.
    :raises NotCorrected: the address is none, or the individual has not agreed to it.
    :raises webapp.letters.steps.IllegalStep: somebody has already done something about it.
    """
    address = _checked(addressee, email)
    consent = ""
    if addressee.status == INDIVIDUAL:
        consent = _consent(session, user, address, means, now)
    token_key = keys.secret(config.keys_directory, "recipients")
    mending.correct(session, addressee, address, consent, user.name, token_key, now)


def doubt(addressee: Addressee, email: str) -> str:
    """Say what is odd about an address that can be used all the same; empty where nothing is."""
    checked = _check(addressee, email)
    odd = [finding for finding in checked.findings if finding.field == "email"]
    return describe(odd[0], _) if checked.recipient and odd else ""


def postal_address(
    addressee: Addressee, texts: dict[str, str]
) -> tuple[Sequence[str], Sequence[Finding]]:
    """Hold a typed postal address against the rules; give its printed lines, else what is wrong."""
    person = {"last_name": addressee.name[:_NAME_LENGTH], "status": addressee.status}
    checked = check({**texts, **person, "email": ""})
    lines = checked.recipient.postal_lines if checked.recipient else ()
    return lines, [one for one in checked.findings if one.field not in ("company", "last_name")]


def fits_paper(letter: Letter) -> bool:
    """Say whether all the files of the letter can be printed with it."""
    return all(file.media_type == PDF for file in letter.attachments)


def _checked(addressee: Addressee, email: str) -> str:
    if not email:
        raise NotCorrected("email", _("Écrivez l’adresse e-mail."))
    checked = _check(addressee, email)
    if checked.recipient is None:
        raise NotCorrected("email", describe(checked.findings[0], _))
    return checked.recipient.email


def _check(addressee: Addressee, email: str) -> Checked:
    """Hold the address alone against the rules; the name met them before."""
    return check({"email": email, "last_name": "Nom", "status": addressee.status})


def _consent(session: AnySession, user: User, email: str, means: str, now: datetime) -> str:
    """Give how the individual agreed to this very address, declared now or before (CPCE L100)."""
    organisation_id = user.organisation_id
    if email.casefold() in consents.standings(session, organisation_id, [email]).withdrawn:
        raise NotCorrected(
            "email",
            _("L’accord pour cette adresse a été retiré : écrivez à cette personne sur papier."),
        )
    if not consents.consented(session, organisation_id, [email]):
        if not means:
            raise NotCorrected(
                "means",
                _(
                    "Écrivez comment et quand ce particulier a accepté de recevoir des "
                    "recommandés à cette adresse, ou écrivez-lui sur papier."
                ),
            )
        consents.declare(session, organisation_id, [email], means, user.id, now)
    return consents.means_of(session, organisation_id, [email])[email.casefold()]
