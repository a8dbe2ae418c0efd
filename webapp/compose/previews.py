"""What a letter would look like if it left now: the notice, and the recipient's page.

The paper version is printed by `paper.printing.letter_pdf`, as a specimen.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _

from webapp.accounts.models import User
from webapp.contacts.rules import Recipient
from webapp.delivery import notice
from webapp.letters import term
from webapp.letters.attachments import AttachedFile
from webapp.letters.models import Addressee, Attachment, Letter

_INVENTED = ("LOUISE EXEMPLE", "12 RUE DES LILAS", "01000 BOURG EN BRESSE")


@dataclass(frozen=True)
class NoticePreview:
    """The notice as it would be written now."""

    subject: str
    text: str


def letter_preview(
    user: User,
    subject: str,
    message: str,
    recipient: Recipient | None,
    files: Sequence[AttachedFile],
    now: datetime,
    *,
    names_sender: bool,
    is_trial: bool,
) -> Addressee:
    """Make the letter that would leave now, and its first addressee, for pages to show.

    Both are loose objects that no session holds: nothing of them is ever written.

    :param recipient: None while nobody is chosen; somebody is invented.
    """
    organisation = user.organisation
    letter = Letter(
        number=_("donné à l’envoi"),
        subject=subject or _("Sans objet"),
        message=message,
        sender_name=organisation.name,
        sender_email=organisation.email,
        sender_address=organisation.postal_address,
        names_sender=names_sender,
        is_trial=is_trial,
        submitted_at=now,
    )
    letter.attachments = [
        Attachment(position=position, **asdict(file))
        for position, file in enumerate(files, start=1)
    ]
    return Addressee(
        letter=letter,
        number=_("donné à l’envoi"),
        name=recipient.name if recipient else _("Louise Exemple"),
        email=recipient.email if recipient else "louise@courriel.example",
        postal_address="\n".join(
            recipient.postal_lines if recipient and recipient.postal_lines else _INVENTED
        ),
        notified_at=now,
        expires_at=term.ends_at(now),
        answered_at=now + timedelta(minutes=5),
    )


def notice_preview(addressee: Addressee, public_address: str, now: datetime) -> NoticePreview:
    """Write the notice by the very text that leaves."""
    address = f"{public_address}/r/{_('adresse-secrete-du-destinataire')}"
    text = notice.plain_text(addressee, address, public_address, now)
    return NoticePreview(notice.subject(addressee.letter), text)
