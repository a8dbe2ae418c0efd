"""The notice: a registered letter waits, and may be accepted or refused for fifteen days."""

from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from typing import Any

from flask import render_template
from flask_babel import gettext as _

from webapp.accounts import mail_problems
from webapp.accounts.tokens import hashed
from webapp.letters import term
from webapp.letters.models import Addressee, Letter
from webapp.letters.numbers import token
from webapp.mail import Refused, Unavailable
from webapp.web.language import spoken
from webapp.web.templating import plain_day


@dataclass(frozen=True)
class Service:
    """Who carries the notices: the address in front of them, and where their links lead."""

    mail_from: str
    public_address: str
    token_key: bytes


def link(service: Service, addressee: Addressee) -> str:
    """Give the recipient's own secret address.

    :raises Unavailable: the installation's secret is no longer the one that made it.
    """
    secret = token(service.token_key, addressee.number, addressee.token_generation)
    if hashed(secret) != addressee.token_hash:
        raise Unavailable(mail_problems.SETTINGS, mail_problems.OTHER_KEY)
    return f"{service.public_address}/r/{secret}"


def subject(letter: Letter) -> str:
    """Give what the notice is called in a mailbox; it tells nothing of the letter's own subject."""
    text: str = _("Un courrier recommandé électronique vous attend")
    return str(_("[ESSAI] %(subject)s", subject=text)) if letter.is_trial else text


def said(addressee: Addressee, address: str, public_address: str, now: datetime) -> dict[str, Any]:
    """Gather what the notice says.

    :param address: where the recipient answers.
    :param now: the moment (aware) that it bears, from which its last day is counted.
    """
    letter = addressee.letter
    return {
        "name": addressee.name,
        "sender": letter.sender_name if letter.names_sender else None,
        "link": address,
        "number": addressee.number,
        "last_day": term.last_day(term.ends_at(now)),
        "is_trial": letter.is_trial,
        "public_address": public_address,
    }


def plain_text(context: dict[str, Any]) -> str:
    """Write the notice as a mailbox without pictures shows it."""
    return render_template("delivery/notice.txt", **context)


def compose(service: Service, addressee: Addressee, now: datetime) -> EmailMessage:
    """Write the notice in the language that is spoken (`languages.of_notices`).

    Unless the letter names him, nothing in it tells the sender (CPCE R53-3).

    :param now: the moment (aware) that the notice bears, from which its last day is counted.
    :raises Refused: the address cannot stand in a message.
    """
    context = said(addressee, link(service, addressee), service.public_address, now)
    about = (subject(addressee.letter), addressee.message_id)
    html = render_template("delivery/notice.html", **context)
    return _message(service, addressee, about, (plain_text(context), html), now)


def remind(service: Service, addressee: Addressee, message_id: str, now: datetime) -> EmailMessage:
    """Write a reminder in the language that is spoken; it hides the sender as the notice does.

    :param message_id: its own, the same at each try.
    :raises Refused: the address cannot stand in a message.
    """
    address = link(service, addressee)
    context = said(addressee, address, service.public_address, addressee.notified_at or now)
    context["stop_link"] = f"{address}/rappels"
    ends_at = addressee.expires_at or term.ends_at(now)
    about = (_reminder_subject(addressee.letter, ends_at), message_id)
    text = render_template("delivery/reminder.txt", **context)
    html = render_template("delivery/reminder.html", **context)
    message = _message(service, addressee, about, (text, html), now)
    message["References"] = addressee.message_id
    return message


def _reminder_subject(letter: Letter, ends_at: datetime) -> str:
    """Say before which day the letter is to be opened: the one that begins when time is over."""
    text = _(
        "Rappel : un courrier recommandé électronique vous attend, à ouvrir avant le %(day)s",
        day=plain_day(ends_at),
    )
    return str(_("[ESSAI] %(subject)s", subject=text)) if letter.is_trial else str(text)


def _message(
    service: Service,
    addressee: Addressee,
    about: tuple[str, str],
    bodies: tuple[str, str],
    now: datetime,
) -> EmailMessage:
    """Write a message: its subject and its Message-ID, its plain text and its HTML."""
    message = EmailMessage(policy=SMTP)
    message["From"] = formataddr((_("Courrier recommandé"), service.mail_from))
    try:
        message["To"] = addressee.email
    except ValueError as error:
        raise Refused("recipient", str(error)) from error
    message["Subject"], message["Message-ID"] = about
    message["Date"] = format_datetime(now)
    # RFC 3834: holiday answers to a machine are not wanted.
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(bodies[0])
    message.add_alternative(bodies[1], subtype="html")
    message["Content-Language"] = spoken()
    return message
