"""The notice: a registered letter waits, and may be accepted or refused for fifteen days."""

from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime, formataddr
from typing import Any

from flask_babel import gettext as _

from webapp.accounts import mail_problems
from webapp.accounts.tokens import hashed
from webapp.delivery.moulds import Written, check_header, rendered
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


def said(
    addressee: Addressee, address: str, public_address: str, now: datetime
) -> tuple[dict[str, Any], dict[str, str]]:
    """Gather what the notice says: what all of a letter on a day say alike, and what this one does.

    :param address: where the recipient answers.
    :param now: the moment (aware) that it bears, from which its last day is counted.
    """
    letter = addressee.letter
    shared = {
        "sender": letter.sender_name if letter.names_sender else None,
        "last_day": term.last_day(term.ends_at(now)),
        "is_trial": letter.is_trial,
        "public_address": public_address,
    }
    return shared, {"name": addressee.name, "link": address, "number": addressee.number}


def plain_text(addressee: Addressee, address: str, public_address: str, now: datetime) -> str:
    """Write the notice as a mailbox without pictures shows it; see `said`."""
    return rendered("delivery/notice.txt", *said(addressee, address, public_address, now))


def compose(service: Service, addressee: Addressee, now: datetime) -> Written:
    """Write the notice in the language that is spoken (`languages.of_notices`).

    Unless the letter names him, nothing in it tells the sender (CPCE R53-3).

    :param now: the moment (aware) that the notice bears, from which its last day is counted.
    :raises Refused: the address cannot stand in a message.
    """
    _require_address(addressee)
    words = said(addressee, link(service, addressee), service.public_address, now)
    bodies = rendered("delivery/notice.txt", *words), rendered("delivery/notice.html", *words)
    own = {"To": addressee.email, "Message-ID": addressee.message_id}
    return Written(_headers(service, subject(addressee.letter), now), own, *bodies)


def remind(service: Service, addressee: Addressee, message_id: str, now: datetime) -> Written:
    """Write a reminder in the language that is spoken; it hides the sender as the notice does.

    :param message_id: its own, the same at each try.
    :raises Refused: the address cannot stand in a message.
    """
    _require_address(addressee)
    address = link(service, addressee)
    shared, own = said(addressee, address, service.public_address, addressee.notified_at or now)
    words = shared, {**own, "stop_link": f"{address}/rappels"}
    bodies = rendered("delivery/reminder.txt", *words), rendered("delivery/reminder.html", *words)
    headers = {
        "To": addressee.email,
        "Message-ID": message_id,
        "References": addressee.message_id,
    }
    ends_at = addressee.expires_at or term.ends_at(now)
    title = _reminder_subject(addressee.letter, ends_at)
    return Written(_headers(service, title, now), headers, *bodies)


def _reminder_subject(letter: Letter, ends_at: datetime) -> str:
    """Say before which day the letter is to be opened: the one that begins when time is over."""
    text = _(
        "Rappel : un courrier recommandé électronique vous attend, à ouvrir avant le %(day)s",
        day=plain_day(ends_at),
    )
    return str(_("[ESSAI] %(subject)s", subject=text)) if letter.is_trial else str(text)


def _headers(service: Service, title: str, now: datetime) -> dict[str, str]:
    """Give the headers that the notices of a moment have alike."""
    return {
        "From": formataddr((_("Courrier recommandé"), service.mail_from)),
        "Subject": title,
        "Date": format_datetime(now),
        # RFC 3834: holiday answers to a machine are not wanted.
        "Auto-Submitted": "auto-generated",
        "Content-Language": spoken(),
    }


def _require_address(addressee: Addressee) -> None:
    try:
        check_header("To", addressee.email)
    except ValueError as error:
        raise Refused("recipient", str(error)) from error
