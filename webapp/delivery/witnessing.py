"""The work of the outside witness: the root of the day, its stamp, and the mail of it."""

import hashlib
import logging
from email.message import EmailMessage

from flask import Flask, render_template
from flask_babel import force_locale
from flask_babel import gettext as _

from webapp.accounts import messages
from webapp.accounts.addresses import host
from webapp.accounts.messages import Post
from webapp.accounts.paced_mail import PacedMail
from webapp.clock import Clock, machine_clock
from webapp.evidence import errands, stamping, witness
from webapp.evidence.witness_models import DailyRoot, WitnessErrand
from webapp.evidence.witness_setting import mails
from webapp.extensions import db
from webapp.jobs import is_stopping, register
from webapp.mail import DeliveryProblem, Refused, automatic
from webapp.web.settings import current
from webapp.web.templating import NAMES, plain_day

log = logging.getLogger(__name__)
NO_WITNESS = "settings: no witness any more"


def init_app(app: Flask) -> None:
    """Register the three works apart: what fails in one holds up no other."""
    register(app, "roots", make_root)
    register(app, "stamps", stamp_roots)
    register(app, "witnesses", mail_roots)


def make_root(clock: Clock = machine_clock) -> None:
    """Make the root of the day where it is missing."""
    witness.make_due(db.session, current(), clock)


def stamp_roots(clock: Clock = machine_clock) -> None:
    """Ask for the stamps that are missing, where an authority is set."""
    stamping.stamp_due(db.session, current(), clock)


def mail_roots(clock: Clock = machine_clock) -> None:
    """Mail each root once to each witness; while no mail can leave, it waits.

    That it left is written after the mail was taken: a crash between the two sends it again, with
    the same Message-ID.
    """
    post = messages.post(db.session, current())
    db.session.rollback()
    if not post.is_open:
        return
    with PacedMail(db.session, post.config, is_awaited=False, clock=clock) as channel:
        while not is_stopping():
            errand = errands.take_mail(db.session, clock())
            if errand is None or not _mail(post, errand, channel, clock):
                return


def _mail(post: Post, errand: WitnessErrand, channel: PacedMail, clock: Clock) -> bool:
    """Mail one root to one witness, and say whether there is a point in going on to the next."""
    number = errand.number
    if errand.address not in mails(db.session, current()):
        errands.give_up(db.session, errand, NO_WITNESS)
        return True
    root = db.session.get_one(DailyRoot, number)
    try:
        message = compose(post, root, errand.address)
        db.session.rollback()
        channel.send(message)
    except DeliveryProblem as problem:
        db.session.rollback()
        log.warning("root %s could not be mailed to a witness, at %s", number, problem.stage)
        keep = errands.give_up if isinstance(problem, Refused) else errands.note_failure
        keep(db.session, errand, str(problem)[:600])
        return problem.is_about_the_message
    errands.note_done(db.session, errand, clock())
    return True


def compose(post: Post, root: DailyRoot, address: str) -> EmailMessage:
    """Write the mail of a root, in each language one after the other; it names nobody.

    :raises Refused: the address cannot stand in a message.
    """
    with force_locale("fr"):
        subject = _("Empreinte du %(day)s, à garder", day=plain_day(root.day))
    print_of_it = hashlib.sha256(f"{root.root} {address}".encode()).hexdigest()[:32]
    message_id = f"<root.{root.number}.{print_of_it}@{host(post.address)}>"
    sender = ("Plirec", post.config.mail_from)
    message = automatic(sender, address, subject, message_id, root.made_at)
    texts = []
    for language in NAMES:
        with force_locale(language):
            shown = {"root": root, "public_address": post.address}
            texts.append(render_template("delivery/witness.txt", **shown))
    message.set_content("\n\n* * *\n\n".join(texts))
    return message
