"""The mail that asks an individual for a consent: who asks, what it means, until when."""

from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import formataddr

from flask import render_template
from flask_babel import force_locale
from flask_babel import gettext as _

from webapp.accounts import mail_problems
from webapp.accounts.tokens import hashed
from webapp.contacts import asking
from webapp.contacts.consent_models import ConsentRequest
from webapp.mail import Unavailable, automatic
from webapp.web.language import spoken


@dataclass(frozen=True)
class Service:
    """Who carries the mails, and where their links lead."""

    mail_from: str
    public_address: str
    key: bytes


def link(service: Service, request: ConsentRequest) -> str:
    """Give the secret address at which the request is answered.

    :raises Unavailable: the installation's secret is no longer the one that made it.
    """
    secret = asking.token(service.key, request.number, request.generation)
    if hashed(secret) != request.token_hash:
        raise Unavailable(mail_problems.SETTINGS, mail_problems.OTHER_KEY)
    return f"{service.public_address}/accord/{secret}"


def compose(
    service: Service, request: ConsentRequest, language: str, now: datetime
) -> EmailMessage:
    """Write the mail; the sender is named, for it is to him that the consent is given.

    :param now: the moment (aware) that it bears, from which its last day is counted.
    :raises Refused: the address cannot stand in a message.
    """
    with force_locale(language):
        return _compose(service, request, now)


def _compose(service: Service, request: ConsentRequest, now: datetime) -> EmailMessage:
    sender, carrier = request.organisation, (_("Courrier recommandé"), service.mail_from)
    title = " ".join(_("%(sender)s demande votre accord", sender=sender.name).split())
    message = automatic(carrier, request.email, title, request.message_id, now)
    # Who is asked may want to ask back: that answer is for the sender, not for this service.
    message["Reply-To"] = formataddr((" ".join(sender.name.split()), sender.email))
    message["Content-Language"] = spoken()
    text = render_template(
        "delivery/consent_request.txt",
        sender=sender,
        email=request.email,
        link=link(service, request),
        ends_at=asking.ends_at(now, request.days),
        public_address=service.public_address,
    )
    message.set_content(text)
    return message
