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
from webapp.compose.choices import Choices
from webapp.compose.copies import names_the_same, remember
from webapp.compose.files import PDF
from webapp.compose.resolution import Candidate, Fate, Resolution, resolve
from webapp.compose.rows import Row
from webapp.compose.saving import GroupGone, Saving, save_recipients
from webapp.contacts import asking, consents, failing
from webapp.contacts.book import GroupNameProblem
from webapp.contacts.consent_models import USUAL
from webapp.contacts.forms import explained
from webapp.contacts.reach import reached
from webapp.contacts.rules import FIELDS, INDIVIDUAL
from webapp.database import AnySession
from webapp.letters.attachments import AttachedFile
from webapp.letters.models import Channel, Letter
from webapp.letters.submission import AwaitedConsent, FrozenRecipient, Submission, submit

_EMAIL, _STATUS = FIELDS.index("email"), FIELDS.index("status")


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
    :param saving: where the typed recipients are kept, if anywhere.
    :param filled: the form's names and texts, out of which the letter can be written again.
    :param leaves_at: when its notices leave (aware); None: at once.
    :param names_sender: whether the notice names the sender.
    :param consent_days: how long those who are asked for their consent first have to answer.
    """

    key: str
    subject: str
    message: str
    shown: str
    own_reference: str = ""
    shown_files: str = ""
    saving: Saving | None = None
    filled: Sequence[tuple[str, str]] = ()
    leaves_at: datetime | None = None
    names_sender: bool = False
    consent_days: int = USUAL


def resolution_for(
    session: AnySession,
    user: User,
    group_ids: Sequence[int],
    contact_ids: Sequence[int],
    rows: Sequence[Row],
    choices: Choices,
) -> Resolution:
    """Resolve the recipients that this account named; only accounts that have groups reach any."""
    organisation_id = user.organisation_id
    contacts = (
        reached(session, organisation_id, group_ids, contact_ids) if user.may_send_to_many else []
    )
    typed = [row.checked.recipient for row in rows if row.checked and row.checked.recipient]
    emails = {contact.texts[_EMAIL] for contact in contacts if contact.texts[_STATUS] == INDIVIDUAL}
    emails.update(recipient.email for recipient in typed)
    given, withdrawn = consents.standings(session, organisation_id, emails - {""})
    failures = failing.all_of(session, organisation_id)
    return resolve(contacts, rows, choices, given, withdrawn, failures)


def send(
    session: AnySession,
    config: Config,
    user: User,
    written: Written,
    resolution: Resolution,
    now: datetime,
) -> Letter:
    """Record stated consents, keep typed recipients, hand the letter over; the caller commits once.

    :raises NotSendable: something must be put right first; nothing was written.
    """
    files = drafts.attached(drafts.draft_of(session, user, written.key))
    require_sendable(session, config, user, written, resolution)
    require_same_files(files, written, resolution)
    if written.saving:
        _save(session, user, written.saving, now)
    for means, emails in stated(resolution).items():
        consents.declare(session, user.organisation_id, emails, means, user.id, now)
    individuals = [person.email for person in resolution.by_email if person.is_individual]
    recorded = consents.means_of(session, user.organisation_id, individuals)
    awaited = _ask(session, config, user, written, resolution, now)
    submission = Submission(
        organisation=user.organisation,
        author=user,
        subject=written.subject,
        message=written.message,
        is_trial=not config.smtp_host,
        recipients=[_frozen(person, recorded, awaited) for person in resolution.receiving],
        key=drafts.submission_key(user, written.key),
        token_key=keys.secret(config.keys_directory, "recipients"),
        host=host(public_address(session, config)),
        own_reference=written.own_reference,
        attachments=files,
        leaves_at=written.leaves_at,
        names_sender=written.names_sender,
    )
    letter = submit(session, submission, now)
    remember(session, letter, written.filled)
    drafts.discard(session, user, written.key)
    return letter


def has_made(session: AnySession, letter: Letter, written: Written) -> bool:
    """Say whether a form that is pressed once more still tells the letter that it has made."""
    made = (letter.subject, letter.message, letter.own_reference)
    return (
        made == (written.subject, written.message, written.own_reference)
        and (letter.leaves_at, letter.names_sender) == (written.leaves_at, written.names_sender)
        and drafts.files_digest(letter.attachments) == written.shown_files
        and names_the_same(session, letter, written.filled)
    )


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
    by_mail = config.smtp_host and resolution.by_email
    if by_mail and (obstacle := mail_obstacle(session, config)):
        raise NotSendable("recap", obstacle)
    if resolution.wrong_rows:
        raise NotSendable(
            f"{resolution.wrong_rows[0].prefix}row",
            _("Corrigez les destinataires signalés, ou retirez-les."),
        )
    if not resolution.receiving:
        raise NotSendable("recipients", _("Choisissez au moins un destinataire."))
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
    _require_consent(config, resolution)


def _require_consent(config: Config, resolution: Resolution) -> None:
    """Hold the letter while an individual would be written to without consent (CPCE art. L100)."""
    withdrawn = [person for person in resolution.unsettled if person.has_withdrawn]
    if withdrawn:
        raise NotSendable(
            "recap",
            _(
                "%(name)s a retiré son accord : écrivez-lui sur papier, ou retirez cette personne "
                "de l’envoi. Si elle l’a donné de nouveau, notez-le d’abord dans son groupe.",
                name=withdrawn[0].recipient.name,
            ),
        )
    if resolution.asked and not config.smtp_host:
        raise NotSendable(
            "without_agreement",
            _(
                "Aucun serveur de messagerie n’est réglé : personne ne peut être interrogé. "
                "Choisissez autre chose pour les particuliers sans accord."
            ),
        )
    if resolution.unsettled:
        raise NotSendable(
            "consent_stated",
            _(
                "Des particuliers n’ont pas d’accord enregistré : déclarez leur accord, écrivez-"
                "leur sur papier, ou retirez-les de cet envoi."
            ),
        )
    for person in resolution.by_email:
        if person.statement and not person.statement.means:
            raise NotSendable(
                person.statement.field,
                _("Écrivez comment et quand ces particuliers ont donné leur accord."),
            )


def stated(resolution: Resolution) -> dict[str, list[str]]:
    """Give, by what the sender says of how and when, the addresses for which he says it."""
    emails: dict[str, list[str]] = {}
    for person in resolution.by_email:
        if person.statement:
            emails.setdefault(person.statement.means, []).append(person.email)
    return emails


def _save(session: AnySession, user: User, saving: Saving, now: datetime) -> None:
    try:
        save_recipients(session, user.organisation_id, saving, now)
    except GroupNameProblem as problem:
        raise NotSendable("save_group_name", explained(problem)) from problem
    except GroupGone as gone:
        raise NotSendable(
            "save_group", _("Ce groupe n’existe plus : choisissez-en un autre.")
        ) from gone


def _ask(
    session: AnySession,
    config: Config,
    user: User,
    written: Written,
    resolution: Resolution,
    now: datetime,
) -> dict[str, AwaitedConsent]:
    """Ask whom the sender wants to ask first; give what each notice then waits for, by address."""
    if not resolution.asked:
        return {}
    who = asking.asking(session, config, user.organisation_id, user.id, written.consent_days)
    requests = asking.ask(session, who, [person.email for person in resolution.asked], now)
    return {email: AwaitedConsent(one.id, one.number) for email, one in requests.items()}


def _frozen(
    person: Candidate, recorded: dict[str, str], awaited: dict[str, AwaitedConsent]
) -> FrozenRecipient:
    recipient, email = person.recipient, person.email.casefold()
    by_email = person.fate is Fate.EMAIL
    return FrozenRecipient(
        name=recipient.name,
        email=recipient.email,
        status=recipient.status,
        postal_address="\n".join(recipient.postal_lines),
        consent=recorded.get(email, "") if by_email and person.is_individual else "",
        channel=Channel.EMAIL if by_email else Channel.PAPER,
        awaits=awaited.get(email) if person.is_asked else None,
    )
