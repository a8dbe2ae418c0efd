"""The mail that brings a code: at once, ahead of the notices that wait for their turn."""

import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from email.message import EmailMessage
from email.utils import make_msgid

from flask import render_template
from flask_babel import gettext as _

from config import Config
from webapp.accounts import messages
from webapp.accounts.addresses import host
from webapp.database import AnySession, hold_row
from webapp.delivery.channels.trial import TrialBox
from webapp.delivery.outgoing import TRIAL_SENDER
from webapp.letters import identity
from webapp.letters.models import Addressee
from webapp.mail import DeliveryProblem, automatic
from webapp.reception import codes
from webapp.web.language import spoken

log = logging.getLogger(__name__)


class NotSent(Exception):
    """The code did not leave; another may be asked for later."""


def send(
    session: AnySession,
    config: Config,
    addressee: Addressee,
    client: Mapping[str, str],
    now: datetime,
) -> None:
    """Send the addressee a code that he can type on his page, and record it; commits.

    Nothing tells the sender in it (CPCE R53-3). A letter that is a trial has its codes in the trial
    box, as its notices.

    :param client: `ip` and `user_agent` of the browser that asks.
    :raises webapp.accounts.attempts.Paused: too many were asked for; nothing was sent.
    :raises NotSent: the mail server did not take it; no code serves.
    """
    code = codes.prepare(session, addressee, client["ip"], now)
    if code is None:
        return
    try:
        message, answer = _handed_over(session, config, addressee, code, now)
    except DeliveryProblem as problem:
        log.warning("the code of addressee %s stopped at %s", addressee.id, problem.stage)
        session.rollback()
        codes.forget(session, addressee, code)
        raise NotSent from problem
    hold_row(session, addressee)
    sent = {"message_id": str(message["Message-ID"]), "server": answer}
    identity.record_code_sent(session, addressee, sent, client, now)
    session.commit()


def _handed_over(
    session: AnySession, config: Config, addressee: Addressee, code: str, now: datetime
) -> tuple[EmailMessage, str]:
    """Write the message, and hand it over while no transaction is open."""
    post = messages.post(session, config)
    if addressee.letter.is_trial:
        service = replace(post.config, mail_from=TRIAL_SENDER)
        message = _message(replace(post, config=service), addressee, code, now)
        return message, TrialBox(now, addressee.id).send(message)
    if not post.is_open:
        raise DeliveryProblem("settings", post.obstacle or "no server")
    message = _message(post, addressee, code, now)
    session.rollback()
    return message, messages.send_now(session, post, message)


def _message(post: messages.Post, addressee: Addressee, code: str, now: datetime) -> EmailMessage:
    subject = str(_("Votre code pour répondre à un courrier recommandé"))
    if addressee.letter.is_trial:
        subject = str(_("[ESSAI] %(subject)s", subject=subject))
    sender = (_("Courrier recommandé"), post.config.mail_from)
    message_id = make_msgid(domain=host(post.address))
    message = automatic(sender, addressee.email, subject, message_id, now)
    said = {
        "subject": subject,
        "code": f"{code[:3]} {code[3:]}",
        "number": addressee.number,
        "is_trial": addressee.letter.is_trial,
        "public_address": post.address,
    }
    message.set_content(render_template("reception/code.txt", **said))
    message.add_alternative(render_template("reception/code.html", **said), subtype="html")
    message["Content-Language"] = spoken()
    return message
