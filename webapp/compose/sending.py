"""Pressing "Envoyer": everything is checked again, then one transaction hands the letter over."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from config import Config
from webapp import keys
from webapp.accounts.addresses import host, mail_obstacle, public_address
from webapp.accounts.models import User
from webapp.accounts.team import whom_to_ask
from webapp.compose import drafts
from webapp.compose.files import PDF
from webapp.compose.resolution import Candidate, Resolution, resolve
from webapp.compose.rows import Row
from webapp.contacts import consents
from webapp.contacts.queries import contacts_of_groups
from webapp.contacts.rules import INDIVIDUAL
from webapp.database import AnySession
from webapp.letters.attachments import AttachedFile
from webapp.letters.models import Letter
from webapp.letters.submission import FrozenRecipient, Submission, submit


class NotSendable(Exception):
    """A letter that cannot leave as it is: the field to look at, and what to do about it."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


@dataclass(frozen=True)
class Written:
    """A letter as the form has it, when its own fields are in order.

    :param key: the form's own.
    :param shown: the digest of the list of recipients that the page showed.
    :param shown_files: the digest of the files that it showed.
    """

    key: str
    subject: str
    message: str
    consent_stated: bool
    consent_means: str
    shown: str
    own_reference: str = ""
    shown_files: str = ""


def resolution_for(
    session: AnySession,
    user: User,
    group_ids: Sequence[int],
    rows: Sequence[Row],
    taken_out: Sequence[str],
) -> Resolution:
    """Resolve the recipients that this account named; only accounts that have groups reach any."""
    contacts = (
        contacts_of_groups(session, user.organisation_id, group_ids)
        if user.may_send_to_many
        else []
    )
    typed = [row.checked.recipient for row in rows if row.checked and row.checked.recipient]
    emails = {contact.email for contact in contacts} | {recipient.email for recipient in typed}
    consented = consents.consented(session, user.organisation_id, emails)
    return resolve(contacts, rows, taken_out, consented)


def send(
    session: AnySession,
    config: Config,
    user: User,
    written: Written,
    resolution: Resolution,
    now: datetime,
) -> Letter:
    """Record stated consents and hand the letter over; the caller commits once.

    :raises NotSendable: something must be put right first; nothing was written.
    """
    files = drafts.attached(drafts.draft_of(session, user, written.key))
    require_sendable(session, config, user, written, resolution)
    require_same_files(files, written, resolution)
    consents.declare(
        session,
        user.organisation_id,
        [person.recipient.email for person in resolution.without_consent],
        written.consent_means,
        user.id,
        now,
    )
    recorded = consents.means_of(
        session, user.organisation_id, [person.recipient.email for person in resolution.receiving]
    )
    submission = Submission(
        organisation=user.organisation,
        author=user,
        subject=written.subject,
        message=written.message,
        is_trial=not config.smtp_host,
        recipients=[_frozen(person, recorded) for person in resolution.receiving],
        key=drafts.submission_key(user, written.key),
        token_key=keys.secret(config.keys_directory, "recipients"),
        host=host(public_address(session, config)),
        own_reference=written.own_reference,
        attachments=files,
    )
    letter = submit(session, submission, now)
    drafts.discard(session, user, written.key)
    return letter


def require_same_files(
    files: Sequence[AttachedFile], written: Written, resolution: Resolution
) -> None:
    """Check that the letter leaves with the files that the page showed, and that all can be sent.

    :raises NotSendable: another window has changed them, or a paper letter cannot hold one.
    """
    if drafts.files_digest(files) != written.shown_files:
        raise NotSendable(
            "files",
            _(
                "Relisez les pièces jointes : elles ont changé, sans doute dans une autre fenêtre. "
                "Si elles sont justes, appuyez de nouveau sur « Envoyer »."
            ),
        )
    if resolution.on_paper and any(file.media_type != PDF for file in files):
        raise NotSendable(
            "files",
            _(
                "Un courrier sur papier n’a que des pièces jointes en PDF : remplacez les autres "
                "par des PDF, ou retirez-les."
            ),
        )


def require_sendable(
    session: AnySession, config: Config, user: User, written: Written, resolution: Resolution
) -> None:
    """Check what makes a letter leave, on the server, whatever the page showed.

    :raises NotSendable: the first thing that stands in the way.
    """
    if config.smtp_host and (obstacle := mail_obstacle(session, config)):
        raise NotSendable("recap", obstacle)
    if resolution.wrong_rows:
        raise NotSendable(
            f"{resolution.wrong_rows[0].prefix}row",
            _("Corrigez les destinataires signalés, ou retirez-les."),
        )
    if not resolution.receiving:
        raise NotSendable("recipients", _("Choisissez au moins un destinataire qui a un e-mail."))
    if written.shown != resolution.digest:
        raise NotSendable(
            "recap",
            _(
                "Relisez le récapitulatif : il vient d’être mis à jour. S’il est juste, appuyez de "
                "nouveau sur « Envoyer »."
            ),
        )
    if len(resolution.receiving) > 1 and not user.may_send_to_many:
        raise NotSendable(
            "recipients",
            _(
                "Votre compte envoie à un seul destinataire à la fois : gardez-en un, ou "
                "demandez à %(names)s de changer votre compte.",
                names=whom_to_ask(session, user.organisation_id),
            ),
        )
    if resolution.without_consent and not written.consent_stated:
        raise NotSendable(
            "consent_stated",
            _(
                "Des particuliers n’ont pas d’accord enregistré : déclarez leur accord, ou "
                "retirez-les de cet envoi."
            ),
        )
    if resolution.without_consent and not written.consent_means:
        raise NotSendable(
            "consent_means", _("Écrivez comment et quand ces particuliers ont donné leur accord.")
        )


def _frozen(person: Candidate, recorded: dict[str, str]) -> FrozenRecipient:
    recipient = person.recipient
    return FrozenRecipient(
        name=recipient.name,
        email=recipient.email,
        status=recipient.status,
        postal_address="\n".join(recipient.postal_lines),
        consent=recorded.get(recipient.email.casefold(), "")
        if recipient.status == INDIVIDUAL
        else "",
    )
